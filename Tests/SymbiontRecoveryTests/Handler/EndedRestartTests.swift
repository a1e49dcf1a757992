import FoundationEssentials
import SymbiontCore
import SymbiontRecovery
import SymbiontStore
import Testing

@Suite("Restarts that a person ends")
struct EndedRestartTests {
  @Test("start the others of a group without the agent, also when they go on after a crash", arguments: [false, true])
  func member(isRemoved: Bool) async throws {
    let agents = (0..<3).map { _ in AgentID() }
    let world = try TestWorld()
    let before = try await world.open()
    try await before.supervise(
      SupervisionGroup(name: "g", strategy: .oneForAll, members: agents.map { .init($0) }))
    #expect(try await before.handleError(agents[0], error: .system) == .restart)
    // Whatever becomes of the group meanwhile.
    if isRemoved { try await before.removeGroup(named: "g") }
    let plan = try #require(try await before.pendingRecoveries(ofGroup: "g").first)
    let wasToStart = try await world.store.write { store in
      [
        try DefaultErrorHandler.isPlanned(agents[1], by: plan, in: store),
        try DefaultErrorHandler.endRecoveries(of: agents[1], in: store),
        try DefaultErrorHandler.isPlanned(agents[1], by: plan, in: store),
        try DefaultErrorHandler.endRecoveries(of: agents[1], in: store),
        try DefaultErrorHandler.isPlanned(agents[2], by: plan, in: store),
      ]
    }
    #expect(wasToStart == [true, true, false, false, true])
    let after = try await world.open()
    let performer = FakePerformer()
    _ = try await after.resumeRecoveries(by: performer)
    #expect(
      performer.deeds == [
        .stopped(agents[2]), .stopped(agents[0]), .started(agents[0], preservingState: true),
        .started(agents[2], preservingState: true),
      ])
  }

  @Test("are read as they were stored before a step could be left out")
  func storedSteps() throws {
    let agent = AgentID()
    let stored = #"[{"stop":{"_0":"\#(agent)"}},{"start":{"_0":"\#(agent)","preservingState":true}}]"#
    let steps: [RecoveryStep] = [.stop(agent), .start(agent, preservingState: true)]
    #expect(try JSONDecoder().decode([RecoveryStep].self, from: Data(stored.utf8)) == steps)
    let left: [RecoveryStep] = [.leave(agent)]
    #expect(try JSONDecoder().decode([RecoveryStep].self, from: JSONEncoder().encode(left)) == left)
  }

  @Test("of the agent itself are over, and what is said of them afterwards is not taken")
  func own() async throws {
    let agent = AgentID()
    let world = try TestWorld()
    let handler = try await world.open()
    #expect(try await handler.handleError(agent, error: .system) == .restart)
    let plan = try #require(try await handler.pendingRecoveries().first)
    #expect(
      try await world.store.write { store in try DefaultErrorHandler.endRecoveries(of: agent, in: store) })
    #expect(try await handler.pendingRecoveries().isEmpty)
    #expect(
      try await world.store.read { store in try !DefaultErrorHandler.isPlanned(agent, by: plan, in: store) })
    #expect(try await !handler.recordSuccess(of: plan))
    #expect(try await handler.getErrorStats(agent).successfulRecoveries == 0)
  }

  @Test("of a group go on without the agent whose error they answer, until nobody is left", arguments: [false, true])
  func owner(isCrash: Bool) async throws {
    let agents = (0..<3).map { _ in AgentID() }
    let world = try TestWorld()
    let before = try await world.open()
    try await before.supervise(
      SupervisionGroup(name: "g", strategy: .oneForAll, members: agents.map { .init($0) }))
    #expect(try await before.handleError(agents[1], error: .system) == .restart)
    #expect(
      try await world.store.write { store in try DefaultErrorHandler.endRecoveries(of: agents[1], in: store) })
    let after = isCrash ? try await world.open() : before
    let performer = FakePerformer()
    #expect(
      try await after.resumeRecoveries(by: performer).map(\.outcome) == [.recovered(.restart(preserveState: true))])
    #expect(
      performer.deeds == [
        .stopped(agents[2]), .stopped(agents[0]), .started(agents[0], preservingState: true),
        .started(agents[2], preservingState: true),
      ])
    #expect(try await after.handleError(agents[1], error: .system) == .terminate)
    let plan = try #require(try await after.pendingRecoveries().first)
    #expect(try await world.store.write { store in try !DefaultErrorHandler.endRecoveries(of: agents[1], in: store) })
    let ending = FakePerformer()
    #expect(try await after.carryOut(plan, by: ending) == .terminated)
    #expect(ending.deeds == [.terminated(agents[2]), .terminated(agents[0])])
  }

  @Test(
    "answer no error of the agent that a retry is to answer once they are done with it, and go on beside that",
    arguments: [false, true])
  func doneWithAgent(isStarted: Bool) async throws {
    let agents = (0..<3).map { _ in AgentID() }
    let world = try TestWorld()
    let handler = try await world.open()
    try await handler.supervise(
      SupervisionGroup(name: "g", strategy: .oneForAll, members: agents.map { .init($0) }))
    #expect(try await handler.handleError(agents[0], error: .system) == .restart)
    let plan = try #require(try await handler.pendingRecoveries().first)
    let http = OperationName("http")
    #expect(try await handler.handleError(agents[0], error: .network, operation: http) == .restart)
    try await world.store.write { store in
      if isStarted {
        // The three stops and the start of the agent are done.
        try DefaultErrorHandler.finishStep(of: plan.standing(at: .init(attempt: 1, doneSteps: 3)), in: store)
      } else {
        _ = try DefaultErrorHandler.endRecoveries(of: agents[0], in: store)
      }
    }
    let retry = ErrorAction.retry(maxAttempts: 3, backoff: .seconds(1))
    #expect(try await handler.handleError(agents[0], error: .network, operation: http) == retry)
    #expect(try await handler.handleError(agents[0], error: .network) == retry)
    #expect(try await handler.pendingRecoveries(of: agents[0]).map(\.operation) == [.agent, http])
    let kept = try #require(try await handler.pendingRecoveries(ofGroup: "g").first)
    let performer = FakePerformer()
    #expect(try await handler.carryOut(kept, by: performer) == .recovered(.restart(preserveState: true)))
    #expect(performer.deeds.suffix(2) == agents[1...].map { .started($0, preservingState: true) })
    #expect(!performer.deeds.contains(.started(agents[0], preservingState: true)))
  }

  @Test("stay when the history of the agent is cleared, which ends other recoveries", arguments: [false, true])
  func cleared(isGroup: Bool) async throws {
    let agents = (0..<2).map { _ in AgentID() }
    let handler = try await TestWorld().open()
    if isGroup {
      try await handler.supervise(
        SupervisionGroup(name: "g", strategy: .oneForAll, members: agents.map { .init($0) }))
    }
    _ = try await handler.handleError(agents[0], error: .network, operation: OperationName("http"))
    _ = try await handler.handleError(agents[1], error: .system)
    for agent in agents { try await handler.clearErrorHistory(agent) }
    let plan = try #require(try await handler.pendingRecoveries().first)
    #expect(try await handler.pendingRecoveries().count == 1 && plan.agentID == agents[1])
    let performer = FakePerformer()
    #expect(try await handler.carryOut(plan, by: performer) == .recovered(.restart(preserveState: true)))
    #expect(performer.deeds.last == .started(agents[1], preservingState: true))
    let system = await handler.getSystemErrorStats()
    #expect(system.totalErrors == 0 && system.recoveryAttempts == 1 && system.successfulRecoveries == 1)
  }

  @Test("whose last step was recorded with what it did succeed after a crash, and do nothing again")
  func lastStepDone() async throws {
    let agent = AgentID()
    let world = try TestWorld()
    let before = try await world.open()
    #expect(try await before.handleError(agent, error: .system) == .restart)
    let begun = try #require(try await before.pendingRecoveries().first)
    let plan = begun.standing(at: .init(attempt: 1, doneSteps: 1))
    try await world.store.write { store in try DefaultErrorHandler.finishStep(of: plan, in: store) }
    let after = try await world.open()
    let performer = FakePerformer()
    #expect(
      try await after.resumeRecoveries(by: performer).map(\.outcome) == [.recovered(.restart(preserveState: true))])
    #expect(performer.deeds.isEmpty)
    #expect(try await after.pendingRecoveries().isEmpty)
  }
}
