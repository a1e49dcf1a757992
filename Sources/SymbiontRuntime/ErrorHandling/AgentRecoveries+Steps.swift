internal import FoundationEssentials
internal import Logging
internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontMessaging
internal import SymbiontRecovery
internal import SymbiontScheduling
internal import SymbiontStore

extension AgentRecoveries: RecoveryPerformer {
  func repeatOperation(_ operation: OperationName, of agentID: AgentID, attempt: Int) async throws(RuntimeError) {
    // An effect is performed again where it failed.
    guard operation == .agent else { return }
    guard case .failed(let failure) = try await attached().repeatCalls(of: agentID) else { return }
    throw .errorHandler(
      .recoveryFailed(agentID: agentID, reason: "a call failed again: \(failure.kind): \(failure.message)"))
  }

  func isRepeating(_ operation: OperationName, of agentID: AgentID) async -> Bool {
    guard operation == .agent, let runtime = try? attached() else { return false }
    return
      (try? await runtime.store.read { store in
        let calls = try store.recoveryCalls(of: agentID)
        // A repetition that succeeded took the last one with it; one that was cancelled takes the recovery, too.
        return try calls.isEmpty
          || calls.contains { call in
            try call.repeatID.flatMap { try store.execution($0) }.map { !$0.status.isFinished } ?? false
          }
      }) ?? false
  }

  /// Ends what the agent does; one that a person suspended, or that is not running, stays as it is.
  func stop(_ agentID: AgentID, by plan: RecoveryPlan) async throws(RuntimeError) {
    let runtime = try attached()
    let former = setStopped(agentID, by: plan)
    let isPlanned = try await Self.lifecycle { () throws(LifecycleError) in
      try await runtime.lifecycle.stopToRecover(agentID, by: plan)
    }
    if !isPlanned { setNotStopped(agentID, by: plan, former: former) }
  }

  func start(_ agentID: AgentID, preservingState: Bool, by plan: RecoveryPlan) async throws(RuntimeError) {
    try await start(agentID, preservingState: preservingState, by: plan, isUnderWay: true)
  }

  /// The same, also for a recovery that is not under way any more.
  func start(
    _ agentID: AgentID, preservingState: Bool, by plan: RecoveryPlan, isUnderWay: Bool
  ) async throws(RuntimeError) {
    let runtime = try attached()
    let isStarted = try await Self.lifecycle { () throws(LifecycleError) in
      try await runtime.lifecycle.recoverAgent(
        agentID, preservingState: preservingState, by: plan, isUnderWay: isUnderWay)
    }
    // One that is not is left to what follows on the recovery.
    if isStarted { forgetStop(of: agentID) }
  }

  /// Suspends an agent that runs; one that does not run stays as it is.
  ///
  /// Its calls that failed are repeated when a person resumes it.
  func suspend(_ agentID: AgentID, reason: String) async throws(RuntimeError) {
    let runtime = try attached()
    try await Self.lifecycle { () throws(LifecycleError) in
      switch try await runtime.lifecycle.getAgentState(agentID) {
      case .running, .waiting: try await runtime.lifecycle.suspendAgent(agentID)
      default: break
      }
    }
  }

  func terminate(_ agentID: AgentID, cleanup: Bool) async throws(RuntimeError) {
    let runtime = try attached()
    try await Self.lifecycle { () throws(LifecycleError) in
      do throws(LifecycleError) {
        if try await runtime.lifecycle.getAgentState(agentID) != .terminated {
          try await runtime.lifecycle.terminateToRecover(agentID)
        }
        guard cleanup else { return }
        // Its record goes last: with it goes the recovery, which is to be done again until then.
        await runtime.services.workspaces.remove(of: agentID, logger: runtime.services.logger)
        try await runtime.lifecycle.removeAgent(agentID)
      } catch .agentNotFound {
        return
      } catch .invalidStateTransition(from: .terminating, _) {
        // A person ends it at this moment.
        return
      }
    }
  }

  func backup(for agentID: AgentID, named: AgentID?) async throws(RuntimeError) -> AgentID {
    if let named {
      try await check(named, for: agentID)
      return named
    }
    let runtime = try attached()
    let found = try await Self.lifecycle { () throws(LifecycleError) in
      try await runtime.store.read(throwing: LifecycleError.self) { store in try store.backup(for: agentID) }
    }
    guard let found else {
      throw .errorHandler(
        .recoveryFailed(agentID: agentID, reason: "no other agent of the same program runs that could take over"))
    }
    return found
  }

  func moveInbox(from agentID: AgentID, to backup: AgentID) async throws(RuntimeError) {
    let runtime = try attached()
    try await check(backup, for: agentID)
    do throws(CommunicationError) {
      let messages = try runtime.services.messages.get()
      guard messages.bus.isRegistered(agentID) else { return }
      try await messages.open(backup)
      try await messages.bus.moveMessages(from: agentID, to: backup)
    } catch { throw .communication(error) }
    runtime.engine.lookForMessages(of: backup)
  }

  func moveTasks(from agentID: AgentID, to backup: AgentID) async throws(RuntimeError) {
    let scheduler = try attached().scheduler
    try await check(backup, for: agentID)
    do throws(SchedulerError) { try await scheduler?.reassignTasks(from: agentID, to: backup) } catch {
      throw .scheduler(error)
    }
  }

  /// Refuses a backup that does not run: what it took over would wait with it.
  private func check(_ backup: AgentID, for agentID: AgentID) async throws(RuntimeError) {
    let runtime = try attached()
    let state = try await Self.lifecycle { () throws(LifecycleError) in
      try await runtime.store.read(throwing: LifecycleError.self) { store in try store.agentStanding(backup)?.state }
    }
    let problem: String
    switch state {
    case .running where backup == agentID: problem = "is the agent itself"
    case .running: return
    case let state?: problem = "does not run: it is \(state.rawValue)"
    case nil: problem = "does not exist"
    }
    throw .errorHandler(.recoveryFailed(agentID: agentID, reason: "its backup agent `\(backup)` \(problem)"))
  }

  private static func lifecycle<T>(_ body: () async throws(LifecycleError) -> T) async throws(RuntimeError) -> T {
    do throws(LifecycleError) { return try await body() } catch { throw .lifecycle(error) }
  }
}

extension StoreTransaction {
  /// The running agent of the same program that has the least to do; nil when there is none.
  func backup(for agentID: AgentID) throws -> AgentID? {
    guard let failed = try agent(agentID) else { return nil }
    return try runningAgents(of: failed.program, entry: failed.entry)
      .filter { $0 != agentID }
      .map { (id: $0, load: try countUnfinished(of: $0)) }
      .min { ($0.load, $0.id) < ($1.load, $1.id) }?.id
  }
}
