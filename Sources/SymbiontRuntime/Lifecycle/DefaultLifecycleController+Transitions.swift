public import SymbiontCore
internal import SymbiontLanguage
package import SymbiontRecovery
internal import SymbiontStore

extension DefaultLifecycleController {
  /// Lets an agent work: it takes tasks and messages.
  ///
  /// Of an agent that can run commands it is first shown, by a probe in a sandbox, that its limits are in force;
  /// ``LifecycleError/limitUnenforceable(agentID:limit:reason:)`` names one that is not, and the agent stays as it was.
  /// An ephemeral agent without parameters is called at once.
  public func startAgent(_ agentID: AgentID) async throws(LifecycleError) {
    try await start(agentID)
  }

  /// The same.
  ///
  /// - Parameter prepare: What else is done in the transaction that has it run; false when it is not to run any more.
  /// - Returns: What that gave.
  @discardableResult
  func start(
    _ agentID: AgentID,
    preparing prepare: @escaping @Sendable (borrowing StoreTransaction) throws -> Bool = { _ in true }
  ) async throws(LifecycleError) -> Bool {
    try admit()
    let program = try await programOf(agentID)
    try await attest(agentID, program)
    let hasBlocks = program?.program.declarations.schedules.isEmpty == false
    if hasBlocks { try await checkSchedules(agentID) }
    let initial = records()
    let canSchedule = agentSchedules != nil
    let begun = try await store.write(isolated: true, throwing: LifecycleError.self) {
      store -> (consequences: Consequences, isScheduled: Bool)? in
      var records = initial
      guard let agent = try store.agent(agentID) else { throw LifecycleError.agentNotFound(agentID: agentID) }
      let isScheduled = hasBlocks || agent.mode == .scheduled
      guard !isScheduled || canSchedule else {
        throw LifecycleError.startFailed(agentID: agentID, reason: Self.noScheduler)
      }
      guard try prepare(store) else { return nil }
      try Self.transition(agentID, to: .running, at: records.now, in: store)
      if agent.mode == .ephemeral, let parameters = program?.agent(named: agent.entry)?.parameters, parameters.isEmpty {
        try records.start(ExecutionRow(calling: agent, input: .null, at: records.now), in: store)
      }
      // What a stop or a suspension left unfinished goes on.
      records.consequences.ready += try store.unfinishedExecutions(.ready, of: agentID)
      return (records.consequences, isScheduled)
    }
    guard let (consequences, isScheduled) = begun else { return false }
    executions.apply(consequences)
    executions.lookForMessages(of: agentID)
    if agentSchedules?.isHeld(agentID) ?? false { await holdTasks(of: agentID) }
    if isScheduled { try await startSchedules(agentID) }
    return true
  }

  /// Ends what an agent does; its executions are cancelled, and it is `Ready` to be started again.
  ///
  /// One that a recovery stopped and was to start stays as it is.
  public func stopAgent(_ agentID: AgentID) async throws(LifecycleError) {
    try admit()
    try await end(agentID, as: .ready)
  }

  /// The same for a recovery: an agent that does not run, or about which a person decided, stays as it is.
  ///
  /// - Returns: False when a person did, or the recovery is over.
  @discardableResult
  package func stopToRecover(_ agentID: AgentID, by plan: RecoveryPlan) async throws(LifecycleError) -> Bool {
    try admit()
    return try await end(agentID, as: .ready, by: .stop(plan))
  }

  /// Lets an agent pause at its next effects.
  ///
  /// Everything it was doing stays and goes on with ``resumeAgent(_:)``.
  public func suspendAgent(_ agentID: AgentID) async throws(LifecycleError) {
    try admit()
    let now = time.now()
    // Before it is suspended, so that none slips through meanwhile.
    executions.hold(agentID)
    do throws(LifecycleError) {
      let ready = try await store.write(isolated: true, throwing: LifecycleError.self) { store in
        try Self.transition(agentID, to: .suspended, at: now, in: store)
        return try store.unfinishedExecutions(.ready, of: agentID)
      }
      executions.pause(ready)
      await holdTasks(of: agentID)
      await endSchedules(agentID)
    } catch {
      if case .invalidStateTransition(from: .suspended, _) = error { throw error }
      executions.release(agentID)
      throw error
    }
  }

  /// Lets a suspended agent go on.
  public func resumeAgent(_ agentID: AgentID) async throws(LifecycleError) {
    try admit()
    let now = time.now()
    let ready = try await store.write(isolated: true, throwing: LifecycleError.self) { store in
      guard let agent = try store.agentStanding(agentID) else { throw LifecycleError.agentNotFound(agentID: agentID) }
      guard agent.state == .suspended else {
        throw LifecycleError.invalidStateTransition(from: agent.state, to: .running)
      }
      try store.setAgentState(agentID, to: .running, at: now)
      return try store.unfinishedExecutions(.ready, of: agentID)
    }
    executions.release(agentID)
    executions.enqueue(ready)
    executions.lookForMessages(of: agentID)
    executions.repeatCalls(of: agentID)
    await holdTasks(of: agentID)
    try await startSchedules(agentID)
  }

  /// Ends an agent for good: its executions are cancelled, and it stays listed as `Terminated` until it is removed.
  public func terminateAgent(_ agentID: AgentID) async throws(LifecycleError) {
    try await terminate(agentID, by: .person)
  }

  /// The same for a recovery, which stays under way until all of it is done.
  package func terminateToRecover(_ agentID: AgentID) async throws(LifecycleError) {
    try await terminate(agentID, by: .termination)
  }

  private func terminate(_ agentID: AgentID, by ender: Ender) async throws(LifecycleError) {
    var failure: LifecycleError?
    do throws(LifecycleError) { _ = try await end(agentID, as: .terminating, by: ender) } catch {
      // What goes on for longer than it may has no right to, and does not keep the agent from its end.
      guard case .terminationFailed = error else { throw error }
      failure = error
    }
    try await transition(agentID, to: .terminated)
    await executions.closeMailbox(of: agentID)
    if let failure { throw failure }
  }

  /// Checks the program anew and starts the agent again.
  ///
  /// What it was doing is cancelled, and what recoveries were to do about it is done with; its restart counter grows.
  public func restartAgent(_ agentID: AgentID) async throws(LifecycleError) {
    try admit()
    let state = try await getAgentState(agentID)
    switch state {
    case .running, .waiting, .suspended: try await end(agentID, as: .ready)
    case .ready, .completed, .failed: break
    case .created, .initializing, .terminating, .terminated:
      throw .invalidStateTransition(from: state, to: .running)
    }
    let now = time.now()
    try await store.write(throwing: LifecycleError.self) { store in
      try store.countAgent(agentID, restarts: 1, at: now)
      try store.setRecoveries(0, of: agentID)
      _ = try DefaultErrorHandler.endRecoveries(of: agentID, in: store)
      try store.removeRecoveryCalls(of: agentID)
    }
    try await initialize(agentID, from: nil)
    try await startAgent(agentID)
  }

  /// Who ends what an agent does.
  private enum Ender: Sendable {
    /// What recoveries were to do about the agent is done with, too.
    case person
    /// A recovery stops only what runs, and may start it again.
    case stop(RecoveryPlan)
    /// A recovery ends it for good: no other one has anything left to do.
    case termination
  }

  /// What a transaction made of the end of an agent.
  private enum End: Sendable {
    case done(running: [ExecutionID], Consequences)
    /// It did not run.
    case nothing
    /// It is not for this recovery to decide any more.
    case refused
  }

  /// Changes the state and cancels every unfinished execution in one transaction, then waits for what still runs; false when
  /// it was refused.
  @discardableResult
  private func end(
    _ agentID: AgentID, as state: AgentState, by ender: Ender = .person
  ) async throws(LifecycleError) -> Bool {
    let initial = records()
    let isStop = state != .terminating
    let ended = try await store.write(isolated: true, throwing: LifecycleError.self) { store -> End in
      var records = initial
      var isDone = false
      var isRecovery = false
      switch ender {
      case .person:
        let wasToStart = try DefaultErrorHandler.endRecoveries(of: agentID, in: store)
        isDone = try isStop && wasToStart && Self.stands(agentID, in: store)
      case .stop(let plan):
        guard try DefaultErrorHandler.isPlanned(agentID, by: plan, in: store) else { return .refused }
        guard try store.agentStanding(agentID)?.state == .running else { return .nothing }
        try DefaultErrorHandler.removeRetries(of: agentID, in: store)
        isRecovery = true
      case .termination: try DefaultErrorHandler.removeRecoveries(ofEnded: agentID, in: store)
      }
      try store.removeRecoveryCalls(of: agentID)
      if isDone { return .done(running: [], records.consequences) }
      try Self.transition(agentID, to: state, at: records.now, in: store)
      let ready = try store.unfinishedExecutions(.ready, of: agentID)
      for id in try ready + store.unfinishedExecutions(.waiting, of: agentID) {
        _ = try records.cancel(id, as: isRecovery ? OutcomeCodec.stoppedToRecover : nil, in: store)
      }
      return .done(running: ready, records.consequences)
    }
    guard case .done(let running, let consequences) = ended else {
      if case .refused = ended { return false }
      return true
    }
    if case .person = ender { executions.leaveStopped(agentID) }
    executions.release(agentID)
    executions.apply(consequences)
    await holdTasks(of: agentID)
    await endSchedules(agentID)
    guard await executions.waitUntilInactive(running, timeout: configuration.terminationTimeout) else {
      throw .terminationFailed(
        agentID: agentID,
        reason: "an effect did not end within \(configuration.terminationTimeout); it has no right to go on")
    }
    return true
  }

  /// Whether an agent does nothing until it is started.
  private static func stands(_ agentID: AgentID, in store: borrowing StoreTransaction) throws -> Bool {
    switch try store.agentStanding(agentID)?.state {
    case .ready, .failed, .initializing: true
    default: false
    }
  }

  /// Shows that what the agent's commands are promised holds; nothing for an agent that runs none.
  func attest(_ agentID: AgentID) async throws(LifecycleError) {
    try await attest(agentID, try await programOf(agentID))
  }

  private func attest(_ agentID: AgentID, _ program: LoadedProgram?) async throws(LifecycleError) {
    let found = try await store.read(throwing: LifecycleError.self) { store in try store.agent(agentID) }
    guard let found else { throw .agentNotFound(agentID: agentID) }
    guard let agent = program?.agent(named: found.entry), program?.program.canRunCommands(agent) == true else { return }
    let confinement = AgentConfiguration.confinement(found)
    try await attest(agentID, max(confinement.tier, agent.tier), confinement.limits)
  }

  func attest(_ agentID: AgentID, _ tier: SecurityTier, _ limits: ResourceLimits) async throws(LifecycleError) {
    do throws(SandboxError) { try await attestation.attest(tier, limits) } catch {
      if case .limitUnenforceable(let limit, let reason) = error {
        throw .limitUnenforceable(agentID: agentID, limit: limit, reason: reason)
      }
      throw .startFailed(agentID: agentID, reason: error.message)
    }
  }

  /// The program of an agent; nil when it does not compile.
  private func programOf(_ agentID: AgentID) async throws(LifecycleError) -> LoadedProgram? {
    guard let found = try await programs.load(agentID, from: store, throwing: LifecycleError.self) else {
      throw .agentNotFound(agentID: agentID)
    }
    return found.program
  }

  func transition(_ agentID: AgentID, to state: AgentState) async throws(LifecycleError) {
    let now = time.now()
    try await store.write(isolated: true, throwing: LifecycleError.self) { store in
      try Self.transition(agentID, to: state, at: now, in: store)
    }
  }

  /// The one place where an agent's state changes on request.
  static func transition(
    _ agentID: AgentID, to state: AgentState, at time: Timestamp, in store: borrowing StoreTransaction
  ) throws {
    guard let agent = try store.agentStanding(agentID) else { throw LifecycleError.agentNotFound(agentID: agentID) }
    try LifecycleMachine.check(from: agent.state, to: state)
    try store.setAgentState(agentID, to: state, at: time)
  }
}

extension ExecutionRow {
  /// A call of an agent that stands in the store.
  ///
  /// - Parameter latest: A time that the execution's own limit does not reach beyond.
  init(
    calling agent: AgentRow, input: Value, parent: Parent? = nil, noLaterThan latest: Timestamp? = nil,
    at time: Timestamp
  ) {
    self.init(
      id: ExecutionID(), agentID: agent.id, agentName: agent.entry, program: agent.program,
      input: ValueCodec.encode(input), deadline: [agent.timeLimit.map { time + $0 }, latest].compactMap { $0 }.min(),
      parent: parent, createdAt: time)
  }
}
