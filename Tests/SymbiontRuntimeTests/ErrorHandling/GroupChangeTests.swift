import SymbiontCore
import SymbiontLanguage
import SymbiontRecovery
import SymbiontRuntime
import Testing

@Suite("Recovery of groups that change, or whose members a person stops, meanwhile")
struct GroupChangeTests {
  /// A group of two whose recovery has stopped both and waits, because a command of the first does not stop when it is
  /// told to, until it is released.
  private struct Held: Sendable {
    let runtime: Runtime
    let handler: DefaultErrorHandler
    let worker: AgentID
    let other: AgentID
    let release: @Sendable () -> Void
  }

  private func withHeldRecovery(_ body: @Sendable (Held, RecoveryFixture) async throws -> Void) async throws {
    let command = StubbornCommand()
    let fixture = RecoveryFixture(sandbox: command.sandbox)
    try await fixture.with { runtime in
      let handler = try #require(runtime.errorHandler)
      try await handler.registerStrategy(.validationError, strategy: .restart(preserveState: true))
      let worker = try await runtime.start("worker", StubbornCommand.program("worker"))
      let other = try await runtime.start("other", GroupRecoveryTests.counter)
      try await handler.supervise(
        SupervisionGroup(name: "g", strategy: .oneForAll, members: [.init(worker), .init(other)]))
      _ = try await runtime.execute(worker, input: ["commands": 1])
      await command.started()
      #expect(try await runtime.failure(of: worker, ["commands": 0]) == "Thrown")
      while try await runtime.lifecycle.getAgentState(worker) != .ready { await Task.yield() }
      #expect(try await runtime.lifecycle.getAgentState(other) == .ready)
      try await body(
        Held(
          runtime: runtime, handler: handler, worker: worker, other: other,
          release: { command.release() }), fixture)
    }
  }

  @Test("its agents are started although the group is removed, or formed anew without one", arguments: [true, false])
  func changed(isRemoved: Bool) async throws {
    try await withHeldRecovery { held, fixture in
      if isRemoved {
        try await held.handler.removeGroup(named: "g")
      } else {
        try await held.handler.supervise(SupervisionGroup(name: "g", members: [.init(held.worker)]))
      }
      held.release()
      #expect(await fixture.events.next() == .recovered(.restart(preserveState: true)))
      for agent in [held.worker, held.other] {
        let found = try await held.runtime.lifecycle.getAgent(agent)
        #expect(found.state == .running && found.restartCount == 1)
      }
      #expect(try await held.handler.pendingRecoveries().isEmpty)
    }
  }

  @Test("what a person stops stays stopped although the group is removed")
  func stoppedWithoutGroup() async throws {
    try await withHeldRecovery { held, fixture in
      try await held.handler.removeGroup(named: "g")
      try await held.runtime.lifecycle.stopAgent(held.other)
      held.release()
      #expect(await fixture.events.next() == .recovered(.restart(preserveState: true)))
      #expect(try await held.runtime.lifecycle.getAgentState(held.worker) == .running)
      #expect(try await held.runtime.lifecycle.getAgentState(held.other) == .ready)
    }
  }

  @Test(
    "the others are started by the next runtime when a person stops, or ends, the one that failed",
    arguments: [false, true])
  func ownerBeforeCrash(isEnd: Bool) async throws {
    try await RuntimeFixture.withDirectory { directory in
      let agents = try await RecoveryFixture(directory).with { runtime in
        let handler = try #require(runtime.errorHandler)
        let agents = [
          try await runtime.start("owner", GroupRecoveryTests.counter),
          try await runtime.start("other", GroupRecoveryTests.counter),
        ]
        try await handler.supervise(
          SupervisionGroup(name: "g", strategy: .oneForAll, members: agents.map { .init($0) }))
        // As far as the recovery comes when the process is killed after it stopped both.
        let plan = try await RestartTests.beginRestart(of: agents[0], handler)
        for agent in agents.reversed() { try await runtime.lifecycle.stopToRecover(agent, by: plan) }
        if isEnd {
          try await runtime.lifecycle.terminateAgent(agents[0])
        } else {
          try await runtime.lifecycle.stopAgent(agents[0])
        }
        return agents
      }
      try await RecoveryFixture(directory).with { runtime in
        let handler = try #require(runtime.errorHandler)
        #expect(try await runtime.lifecycle.getAgentState(agents[0]) == (isEnd ? .terminated : .ready))
        #expect(try await runtime.lifecycle.getAgentState(agents[1]) == .running)
        #expect(try await handler.pendingRecoveries().isEmpty)
      }
    }
  }

  @Test("a member that a person stops, and starts again, before the recovery comes to it is left as it is")
  func decidedBefore() async throws {
    let fixture = RecoveryFixture()
    try await fixture.with { runtime in
      let handler = try #require(runtime.errorHandler)
      var agents: [AgentID] = []
      for name in ["owner", "stopped", "started", "suspended"] {
        agents.append(try await runtime.start(name, GroupRecoveryTests.counter))
      }
      try await handler.supervise(
        SupervisionGroup(name: "g", strategy: .oneForAll, members: agents.map { .init($0) }))
      let plan = try await RestartTests.beginRestart(of: agents[0], handler)
      try await runtime.lifecycle.suspendAgent(agents[3])
      for agent in agents[1...] { try await runtime.lifecycle.stopAgent(agent) }
      try await runtime.lifecycle.startAgent(agents[2])
      // The steps as they were decided, which is what somebody has who carries them out already.
      for case .stop(let agent) in plan.steps { try await runtime.lifecycle.stopToRecover(agent, by: plan) }
      for case .start(let agent, _) in plan.steps {
        try await runtime.lifecycle.recoverAgent(agent, preservingState: true, by: plan)
      }
      let states: [AgentState] = [.running, .ready, .running, .ready]
      for (agent, (state, count)) in zip(agents, zip(states, [1, 0, 0, 0])) {
        let found = try await runtime.lifecycle.getAgent(agent)
        #expect(found.state == state && found.restartCount == count)
      }
    }
  }

  @Test("an ephemeral member that fails as soon as it is started has failed once more, and is no part of that start")
  func failsAtOnce() async throws {
    let fixture = RecoveryFixture()
    try await fixture.with { runtime in
      let handler = try #require(runtime.errorHandler)
      // Nothing is done about its first failure.
      let agent = try await runtime.start("once", "agent once { throw \"never\" }", mode: .ephemeral)
      while try await runtime.lifecycle.getAgentState(agent) != .failed { await Task.yield() }
      try await handler.registerStrategy(.validationError, strategy: .restart(preserveState: true))
      try await handler.supervise(SupervisionGroup(name: "g", intensity: 1, members: [.init(agent)]))
      let plan = try await RestartTests.beginRestart(of: agent, handler)
      // Nobody records that it was started but the start itself.
      try await runtime.lifecycle.recoverAgent(
        agent, preservingState: true, by: plan.standing(at: .init(attempt: 1, doneSteps: 1)))
      #expect(await fixture.events.next() == .terminated)
      #expect(try await runtime.lifecycle.getAgent(agent).executionCount == 2)
    }
  }
}
