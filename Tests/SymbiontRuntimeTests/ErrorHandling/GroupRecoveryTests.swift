import SymbiontCore
import SymbiontLanguage
import SymbiontRecovery
import SymbiontRuntime
import Testing

@Suite("Recovery of groups")
struct GroupRecoveryTests {
  static let counter = """
    agent worker(fails: int) {
        let n = recall("calls", 0) + 1;
        remember("calls", n);
        if n <= fails { throw "not yet" }
        n
    }
    """

  @Test("all agents of a group are restarted when one fails, and ended when there were too many", arguments: [0, 1])
  func group(lastToFail: Int) async throws {
    let fixture = RecoveryFixture()
    try await fixture.with { runtime in
      let handler = try #require(runtime.errorHandler)
      try await handler.registerStrategy(.validationError, strategy: .restart(preserveState: false))
      let agents = [
        try await runtime.start("first", Self.counter), try await runtime.start("second", Self.counter),
      ]
      try await handler.supervise(
        SupervisionGroup(name: "pair", strategy: .oneForAll, members: agents.map { .init($0) }))
      #expect(try await runtime.failure(of: agents[1], ["fails": 1]) == "Thrown")
      #expect(await fixture.events.next() == .recovered(.restart(preserveState: false)))
      for agent in agents {
        let found = try await runtime.lifecycle.getAgent(agent)
        #expect(found.state == .running && found.restartCount == 1)
      }
      // A second one within the period is more than the intensity allows.
      #expect(try await runtime.failure(of: agents[lastToFail], ["fails": 1]) == "Thrown")
      #expect(await fixture.events.next() == .terminated)
      for agent in agents { #expect(try await runtime.lifecycle.getAgentState(agent) == .terminated) }
    }
  }

  @Test("a member of a group that a person ended, or that never fails, does not bring the others down")
  func absentMember() async throws {
    let fixture = RecoveryFixture(change: { $0.lifecycle.maxRestartAttempts = 1 })
    try await fixture.with { runtime in
      let handler = try #require(runtime.errorHandler)
      try await handler.registerStrategy(.validationError, strategy: .restart(preserveState: true))
      var agents: [AgentID] = []
      for name in ["worker", "idle", "ended"] { agents.append(try await runtime.start(name, Self.counter)) }
      try await handler.supervise(
        SupervisionGroup(
          name: "g", strategy: .oneForAll, intensity: 1, period: .seconds(5), members: agents.map { .init($0) }))
      try await runtime.lifecycle.terminateAgent(agents[2])
      for count in 1...3 {
        fixture.clock.advance(by: .seconds(600))
        #expect(try await runtime.failure(of: agents[0], ["fails": 10]) == "Thrown")
        #expect(await fixture.events.next() == .recovered(.restart(preserveState: true)))
        #expect(try await runtime.lifecycle.getAgent(agents[1]).restartCount == count)
      }
      for agent in agents[..<2] { #expect(try await runtime.lifecycle.getAgentState(agent) == .running) }
    }
  }

  @Test("the others are started again when a person ends the one that failed while its group is restarted")
  func endedMeanwhile() async throws {
    let command = StubbornCommand()
    let fixture = RecoveryFixture(sandbox: command.sandbox)
    try await fixture.with { runtime in
      let handler = try #require(runtime.errorHandler)
      try await handler.registerStrategy(.validationError, strategy: .restart(preserveState: true))
      let worker = try await runtime.start("worker", StubbornCommand.program("worker"))
      let other = try await runtime.start("other", Self.counter)
      try await handler.supervise(
        SupervisionGroup(name: "g", strategy: .oneForAll, members: [.init(worker), .init(other)]))
      _ = try await runtime.execute(worker, input: ["commands": 1])
      await command.started()
      #expect(try await runtime.failure(of: worker, ["commands": 0]) == "Thrown")
      // The recovery has stopped the other, and waits for the command.
      while try await runtime.lifecycle.getAgentState(other) != .ready { await Task.yield() }
      while try await runtime.lifecycle.getAgentState(worker) != .ready { await Task.yield() }
      async let ended: Void = runtime.lifecycle.terminateAgent(worker)
      while try await runtime.lifecycle.getAgentState(worker) == .ready { await Task.yield() }
      command.release()
      try await ended
      while try await runtime.lifecycle.getAgentState(other) != .running { await Task.yield() }
      #expect(try await runtime.lifecycle.getAgentState(worker) == .terminated)
      #expect(await fixture.events.next() == .recovered(.restart(preserveState: true)))
      #expect(try await handler.pendingRecoveries().isEmpty)
    }
  }

  @Test("a permanent ephemeral member of a group is called again when it is done")
  func permanent() async throws {
    let fixture = RecoveryFixture()
    try await fixture.with { runtime in
      let handler = try #require(runtime.errorHandler)
      let agent = try await runtime.lifecycle.createAgent(
        AgentConfig(
          id: AgentID(), name: "once", dslSource: "agent once { remember(\"n\", recall(\"n\", 0) + 1) }",
          executionMode: .ephemeral))
      try await runtime.lifecycle.initializeAgent(agent.id)
      try await handler.supervise(SupervisionGroup(name: "g", intensity: 2, members: [.init(agent.id)]))
      try await runtime.lifecycle.startAgent(agent.id)
      for _ in 1...2 { #expect(await fixture.events.next() == .recovered(.restart(preserveState: true))) }
      #expect(await fixture.events.next() == .terminated)
      #expect(try await runtime.lifecycle.getAgent(agent.id).executionCount == 3)
    }
  }
}
