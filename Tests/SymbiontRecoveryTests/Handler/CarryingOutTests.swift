import SymbiontCore
import SymbiontRecovery
import SymbiontStore
import SymbiontTesting
import Testing

@Suite("Carrying out what is decided")
struct CarryingOutTests {
  private let agent = AgentID()
  private let http = OperationName("http")

  @Test("retries with the waits and the attempts that it said, and closes what the success shows")
  func retry() async throws {
    let world = try TestWorld()
    let handler = try await world.open()
    let performer = FakePerformer([.network, .network, nil])
    let outcome = try await handler.recover(agent, from: .network, operation: http, by: performer)
    #expect(outcome == .recovered(.retry(maxAttempts: 3, backoff: .seconds(1))))
    #expect(performer.deeds == (1...3).map { .repeated(http, attempt: $0) })
    #expect(world.waits == [.seconds(1), .seconds(2), .seconds(4)])
    let stats = try await handler.getErrorStats(agent)
    #expect(stats.totalErrors == 3)
    #expect(stats.recoveryAttempts == 1 && stats.successfulRecoveries == 1)
    #expect(stats.breaker == .closed)
    #expect(try await handler.pendingRecoveries().isEmpty)
  }

  @Test("goes on with the next stronger recovery when one fails, and suspends the agent when they are used up")
  func escalates() async throws {
    let handler = try await TestWorld().open(ErrorHandlerConfig(circuitBreakerThreshold: 100))
    let broken = RuntimeError.lifecycle(.startFailed(agentID: agent, reason: "r"))
    let performer = FakePerformer { deed in
      if case .suspended = deed { nil } else { broken }
    }
    let outcome = try await handler.recover(agent, from: .network, by: performer)
    guard case .suspended(let reason) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(reason.hasPrefix("3 recoveries in a row did not help"))
    #expect(
      performer.deeds == [
        .repeated(.agent, attempt: 1), .repeated(.agent, attempt: 2), .repeated(.agent, attempt: 3), .stopped(agent),
        .stopped(agent), .suspended(agent),
      ])
    #expect(try await handler.getErrorStats(agent).recoveryAttempts == 3)
    #expect(try await handler.getErrorStats(agent).successfulRecoveries == 0)
    // What is used up stays so, until it is cleared.
    await #expect(throws: ErrorHandlerError.recoveryExhausted(agentID: agent, attempts: 3)) {
      try await handler.handleError(agent, error: .network)
    }
    #expect(try await handler.recover(agent, from: .network, by: performer) == .joined(.manual(reason: reason)))
    let pending = try #require(try await handler.pendingRecoveries().first)
    #expect(try await handler.carryOut(pending, by: performer) == .suspended(reason: reason))
    #expect(try await handler.recover(agent, from: .network, by: performer) == .suspended(reason: reason))
    try await handler.clearErrorHistory(agent)
    _ = try await handler.handleError(agent, error: .network)
  }

  @Test("allows no recovery at all when none is allowed")
  func noRecoveries() async throws {
    let handler = try await TestWorld().open(ErrorHandlerConfig(maxRecoveryAttempts: 0))
    let performer = FakePerformer()
    guard case .suspended = try await handler.recover(agent, from: .network, by: performer) else {
      Issue.record("it was not suspended")
      return
    }
    #expect(performer.deeds == [.suspended(agent)])
  }

  @Test("suspends an agent whose recoveries are used up although the process ends before it does")
  func usedUpAtCrash() async throws {
    let world = try TestWorld()
    let configuration = ErrorHandlerConfig(maxRecoveryAttempts: 0)
    let before = try await world.open(configuration)
    await #expect(throws: ErrorHandlerError.recoveryExhausted(agentID: agent, attempts: 0)) {
      try await before.handleError(agent, error: .network)
    }
    let after = try await world.open(configuration)
    let performer = FakePerformer()
    let resumed = try await after.resumeRecoveries(by: performer)
    #expect(performer.deeds == [.suspended(agent)])
    #expect(resumed.count == 1)
    #expect(try await after.pendingRecoveries().isEmpty)
  }

  @Test("restarts with or without the state", arguments: [true, false])
  func restart(preserveState: Bool) async throws {
    let handler = try await TestWorld().open()
    try await handler.registerStrategy(.systemError, strategy: .restart(preserveState: preserveState))
    let performer = FakePerformer()
    _ = try await handler.recover(agent, from: .system, by: performer)
    #expect(performer.deeds == [.stopped(agent), .started(agent, preservingState: preserveState)])
  }

  @Test("lets a backup take over inbox and tasks, whether it is named or to be found")
  func failover() async throws {
    let handler = try await TestWorld().open()
    let named = AgentID()
    try await handler.registerStrategy(.systemError, strategy: .failover(backupAgent: named), for: agent)
    let performer = FakePerformer()
    _ = try await handler.recover(agent, from: .system, by: performer)
    #expect(
      performer.deeds == [
        .foundBackup(agent), .stopped(agent), .movedInbox(agent, named), .movedTasks(agent, named),
      ])
    let other = AgentID()
    try await handler.registerStrategy(.systemError, strategy: .failover(backupAgent: nil))
    let finding = FakePerformer()
    let found = finding.backupAgent
    _ = try await handler.recover(other, from: .system, by: finding)
    #expect(
      finding.deeds == [
        .foundBackup(other), .stopped(other), .movedInbox(other, found), .movedTasks(other, found),
      ])
  }

  @Test("fails over to no named backup that cannot take over, and leaves the agent to a person before it is stopped")
  func refusedBackup() async throws {
    let handler = try await TestWorld().open()
    try await handler.registerStrategy(.systemError, strategy: .failover(backupAgent: AgentID()))
    let refusal = RuntimeError.errorHandler(.recoveryFailed(agentID: agent, reason: "its backup agent does not run"))
    let performer = FakePerformer([refusal])
    guard case .suspended = try await handler.recover(agent, from: .system, by: performer) else {
      Issue.record("it was not suspended")
      return
    }
    #expect(performer.deeds == [.foundBackup(agent), .suspended(agent)])
    let stats = try await handler.getErrorStats(agent)
    #expect(stats.recoveryAttempts == 1 && stats.successfulRecoveries == 0)
    #expect(try await handler.errors(of: agent, limit: 1).map(\.message) == [refusal.message])
  }

  @Test("suspends when there is no backup, and ends what is to be ended")
  func lastResorts() async throws {
    let handler = try await TestWorld().open()
    try await handler.registerStrategy(.systemError, strategy: .failover(backupAgent: nil))
    try await handler.registerStrategy(.validationError, strategy: .terminate(cleanup: true))
    let alone = FakePerformer([.lifecycle(.agentNotFound(agentID: agent))])
    guard case .suspended = try await handler.recover(agent, from: .system, by: alone) else {
      Issue.record("it was not suspended")
      return
    }
    #expect(alone.deeds == [.foundBackup(agent), .suspended(agent)])
    let ending = FakePerformer()
    #expect(try await handler.recover(AgentID(), from: .sample(.validationError), by: ending) == .terminated)
  }

  @Test("does nothing about what is to be left alone, and says so")
  func leftAlone() async throws {
    let handler = try await TestWorld().open()
    let performer = FakePerformer()
    #expect(try await handler.recover(agent, from: .sample(.validationError), by: performer) == .nothingToDo)
    #expect(performer.deeds.isEmpty)
    #expect(try await handler.pendingRecoveries().isEmpty)
    #expect(try await handler.getErrorStats(agent).recoveryAttempts == 0)
  }

  @Test("reports the last error when nothing is left")
  func nothingLeft() async throws {
    let handler = try await TestWorld().open()
    let performer = FakePerformer { _ in .system }
    #expect(try await handler.recover(agent, from: .sample(.policyViolation), by: performer) == .failed(.system))
  }

  @Test("waits for the breaker before it tries again, and its attempt is the one that decides")
  func retryAgainstBreaker() async throws {
    let world = try TestWorld()
    let handler = try await world.open(ErrorHandlerConfig(circuitBreakerThreshold: 2))
    let performer = FakePerformer([.network, nil])
    _ = try await handler.recover(agent, from: .network, operation: http, by: performer)
    #expect(world.waits == [.seconds(1), .seconds(60)])
    #expect(handler.breaker(agent, operation: http) == .closed)
  }

  @Test("lets another call decide when the attempt that did came to no end")
  func abandonedTrial() async throws {
    let handler = try await TestWorld().open(ErrorHandlerConfig(circuitBreakerThreshold: 1))
    _ = try await handler.handleError(agent, error: .network, operation: http)
    let plan = try #require(try await handler.pendingRecoveries().first)
    // A task of its own, which is cancelled in the middle of its attempt.
    let performer = FakePerformer { _ in
      withUnsafeCurrentTask { $0?.cancel() }
      return .network
    }
    #expect(try await Task { try await handler.carryOut(plan, by: performer) }.value == .interrupted)
    #expect(performer.deeds == [.repeated(http, attempt: 1)])
    #expect(handler.breaker(agent, operation: http) == .halfOpen)
    try handler.admit(agent, operation: http)
    #expect(throws: ErrorHandlerError.self) { try handler.admit(agent, operation: http) }
  }

  @Test("lets one call decide after a restart, instead of waiting for the timeout of the breaker")
  func restartAllowsTrial() async throws {
    let handler = try await TestWorld().open(ErrorHandlerConfig(circuitBreakerThreshold: 1))
    #expect(
      try await handler.recover(agent, from: .system, by: FakePerformer()) == .recovered(.restart(preserveState: true)))
    #expect(handler.breaker(agent) == .halfOpen)
    try handler.admit(agent)
    #expect(throws: ErrorHandlerError.self) { try handler.admit(agent) }
  }

  @Test("carries one recovery of an operation out at a time; another error meanwhile joins")
  func joins() async throws {
    let handler = try await TestWorld().open()
    let retry = RecoveryStrategy.retry(maxAttempts: 3, backoff: .seconds(1))
    #expect(try await handler.handleError(agent, error: .network, operation: http) == retry.action)
    let performer = FakePerformer()
    #expect(try await handler.recover(agent, from: .network, operation: http, by: performer) == .joined(retry))
    #expect(performer.deeds.isEmpty)
    #expect(try await handler.pendingRecoveries().map(\.number) == [1])
    // A stronger recovery takes the place of a weaker one, whose end is not taken then.
    let weaker = try await handler.pendingRecoveries()
    #expect(
      try await handler.recover(agent, from: .system, operation: http, by: performer)
        == .recovered(.restart(preserveState: true)))
    #expect(try await handler.recordFailure(of: weaker[0], .network) == nil)
    #expect(try await handler.carryOut(weaker[0], by: FakePerformer()) == .superseded)
  }

  @Test("goes on after a crash where it stood, and counts an attempt that the crash ended", arguments: [false, true])
  func resumes(isPerforming: Bool) async throws {
    let world = try TestWorld()
    let before = try await world.open()
    try await before.registerStrategy(.systemError, strategy: .failover(backupAgent: nil))
    let other = AgentID()
    _ = try await before.handleError(agent, error: .network, operation: http)
    _ = try await before.handleError(other, error: .system)
    // A cancelled task is as far as a dead process comes: the wait or the step does not end.
    let crashing = FakePerformer { _ in
      withUnsafeCurrentTask { $0?.cancel() }
      return .network
    }
    let running = Task {
      if !isPerforming { withUnsafeCurrentTask { $0?.cancel() } }
      return try await before.resumeRecoveries(by: crashing).map(\.outcome)
    }
    let outcomes = try await running.value
    #expect(outcomes[0] == .interrupted)
    let after = try await world.open()
    #expect(try await after.pendingRecoveries().first?.progress.attempt == (isPerforming ? 1 : 0))
    let performer = FakePerformer()
    let resumed = try await after.resumeRecoveries(by: performer)
    #expect(resumed.map(\.outcome).contains(.recovered(.retry(maxAttempts: 3, backoff: .seconds(1)))))
    #expect(performer.deeds.contains(.repeated(http, attempt: isPerforming ? 2 : 1)))
    #expect(try await after.pendingRecoveries().isEmpty)
  }
}

@Suite("Carrying out the restarts of groups")
struct GroupRecoveryTests {
  private let agents = (0..<3).map { _ in AgentID() }

  private func handler(
    _ strategy: SupervisionGroup.Strategy, intensity: Int, restarts: SupervisionGroup.Restart = .permanent
  ) async throws -> DefaultErrorHandler {
    let handler = try await TestWorld().open(
      ErrorHandlerConfig(escalationThreshold: 1_000, circuitBreakerThreshold: 1_000))
    try await handler.supervise(
      SupervisionGroup(
        name: "g", strategy: strategy, intensity: intensity, members: agents.map { .init($0, restart: restarts) }))
    return handler
  }

  @Test("stops in the opposite order and starts in order")
  func restForOne() async throws {
    let handler = try await handler(.restForOne, intensity: 5)
    let performer = FakePerformer()
    #expect(
      try await handler.recover(agents[1], from: .system, by: performer) == .recovered(.restart(preserveState: true)))
    #expect(
      performer.deeds == [
        .stopped(agents[2]), .stopped(agents[1]), .started(agents[1], preservingState: true),
        .started(agents[2], preservingState: true),
      ])
  }

  @Test("ends the group in the opposite order when the intensity is reached, and restarts nothing then")
  func shutDown() async throws {
    let handler = try await handler(.oneForOne, intensity: 1)
    #expect(try await handler.handleError(agents[0], error: .system) == .restart)
    let performer = FakePerformer()
    #expect(try await handler.recover(agents[1], from: .system, by: performer) == .terminated)
    #expect(performer.deeds == agents.reversed().map { .terminated($0) })
    #expect(try await handler.group(named: "g")?.isShutDown == true)
    #expect(try await handler.recover(agents[2], from: .system, by: performer) == .nothingToDo)
    #expect(try await handler.resetGroup(named: "g"))
    #expect(
      try await handler.recover(agents[2], from: .system, by: performer) == .recovered(.restart(preserveState: true)))
  }

  @Test("ends the others when one member of a group that is shut down does not end")
  func shutDownGoesOn() async throws {
    let handler = try await handler(.oneForOne, intensity: 0)
    let stuck = agents[2]
    let performer = FakePerformer { deed in
      deed == .terminated(stuck) ? .lifecycle(.terminationFailed(agentID: stuck, reason: "r")) : nil
    }
    #expect(try await handler.recover(agents[0], from: .system, by: performer) == .terminated)
    #expect(performer.deeds == agents.reversed().map { .terminated($0) })
    #expect(try await handler.pendingRecoveries().isEmpty)
  }

  @Test("restarts a group by its rules also when the retries of one of its members are used up")
  func retriesUsedUp() async throws {
    let handler = try await handler(.oneForAll, intensity: 1)
    let performer = FakePerformer { deed in
      if case .repeated = deed { .network } else { nil }
    }
    #expect(
      try await handler.recover(agents[1], from: .network, by: performer) == .recovered(.restart(preserveState: true)))
    let stopped: [FakePerformer.Deed] = agents.reversed().map { .stopped($0) }
    let started: [FakePerformer.Deed] = agents.map { .started($0, preservingState: true) }
    #expect(performer.deeds.suffix(6) == (stopped + started)[...])
    #expect(try await handler.handleError(agents[0], error: .system) == .terminate)
  }

  @Test("counts starts that fail, and tries them again within the intensity")
  func startFails() async throws {
    let handler = try await handler(.oneForOne, intensity: 3)
    let agent = agents[0]
    let performer = FakePerformer([nil, .system, nil, .system, nil, nil])
    #expect(
      try await handler.recover(agent, from: .system, by: performer) == .recovered(.restart(preserveState: true)))
    let once: [FakePerformer.Deed] = [.stopped(agent), .started(agent, preservingState: true)]
    #expect(performer.deeds == once + once + once)
    let hopeless = FakePerformer { deed in
      if case .started = deed { .system } else { nil }
    }
    #expect(try await handler.recover(agents[1], from: .system, by: hopeless) == .terminated)
  }

  @Test("restarts a permanent agent that ended normally, and no other")
  func normalEnd() async throws {
    let permanent = try await handler(.oneForOne, intensity: 1)
    let plan = try #require(try await permanent.agentEnded(agents[0]))
    let performer = FakePerformer()
    #expect(try await permanent.carryOut(plan, by: performer) == .recovered(.restart(preserveState: true)))
    #expect(try await permanent.agentEnded(AgentID()) == nil)
    let transient = try await handler(.oneForOne, intensity: 1, restarts: .transient)
    #expect(try await transient.agentEnded(agents[0]) == nil)
    #expect(try await transient.handleError(agents[0], error: .system) == .restart)
  }

  @Test("has each agent in one group at most, and lets go of those of a group that is removed")
  func membership() async throws {
    let handler = try await handler(.oneForOne, intensity: 0)
    let error = await #expect(throws: ErrorHandlerError.self) {
      try await handler.supervise(SupervisionGroup(name: "h", members: [.init(agents[0])]))
    }
    #expect(error?.message.contains("is in group `g` already") == true)
    #expect(try await handler.handleError(agents[0], error: .system) == .terminate)
    try await handler.removeGroup(named: "g")
    #expect(try await handler.group(named: "g") == nil)
    #expect(try await handler.handleError(agents[1], error: .system) == .restart)
  }

  @Test("takes the ends that a restart brings about for a part of it, and counts them only afterwards")
  func endsDuringRestart() async throws {
    let handler = try await handler(.oneForAll, intensity: 2)
    #expect(try await handler.handleError(agents[0], error: .system) == .restart)
    // The others are stopped by the restart, which they may report as an error or as an end.
    #expect(try await handler.handleError(agents[1], error: .system) == .restart)
    #expect(try await handler.agentEnded(agents[2]) == nil)
    let plans = try await handler.pendingRecoveries()
    #expect(plans.map(\.agentID) == [agents[0]])
    _ = try await handler.carryOut(plans[0], by: FakePerformer())
    #expect(try await handler.handleError(agents[1], error: .system) == .restart)
    _ = try await handler.resumeRecoveries(by: FakePerformer())
    #expect(try await handler.handleError(agents[2], error: .system) == .terminate)
  }
}
