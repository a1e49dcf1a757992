import SymbiontCore
import SymbiontLanguage
import SymbiontRuntime
import SymbiontSandbox
import SymbiontScheduling
import Testing

@Suite("the lifecycle controller")
struct DefaultLifecycleControllerTests {
  static let program = "agent worker(x: int) -> int { x * 2 }"

  static func config(
    _ source: String = program, name: String = "worker", mode: ExecutionMode = .persistent
  ) -> AgentConfig {
    AgentConfig(id: AgentID(), name: name, dslSource: source, executionMode: mode)
  }

  @Test("an agent goes from Created to Terminated, stays listed, and goes when it is removed")
  func wholeLife() async throws {
    try await RuntimeFixture().with { runtime in
      let lifecycle = runtime.lifecycle
      let agent = try await lifecycle.createAgent(Self.config())
      #expect(agent.state == .created)
      try await lifecycle.initializeAgent(agent.id)
      #expect(try await lifecycle.getAgentState(agent.id) == .ready)
      try await lifecycle.startAgent(agent.id)
      #expect(try await lifecycle.getAgentState(agent.id) == .running)
      let execution = try await runtime.execute(agent.id, input: 21)
      #expect(try await runtime.outcome(of: execution) == .completed(42))
      try await lifecycle.suspendAgent(agent.id)
      #expect(try await lifecycle.getAgentState(agent.id) == .suspended)
      try await lifecycle.resumeAgent(agent.id)
      try await lifecycle.stopAgent(agent.id)
      #expect(try await lifecycle.getAgentState(agent.id) == .ready)
      try await lifecycle.restartAgent(agent.id)
      try await lifecycle.terminateAgent(agent.id)
      let listed = try #require(await lifecycle.listAgents().first)
      #expect(listed.state == .terminated)
      #expect(listed.executionCount == 1 && listed.restartCount == 1 && listed.errorCount == 0)
      #expect(listed.config.dslSource == Self.program)
      try await lifecycle.removeAgent(agent.id)
      #expect(await lifecycle.listAgents().isEmpty)
    }
  }

  @Test("what an agent's state does not allow is refused and changes nothing")
  func illegalOperations() async throws {
    try await RuntimeFixture().with { runtime in
      let lifecycle = runtime.lifecycle
      let agent = try await lifecycle.createAgent(Self.config())
      await #expect(throws: LifecycleError.invalidStateTransition(from: .created, to: .running)) {
        try await lifecycle.startAgent(agent.id)
      }
      await #expect(throws: LifecycleError.invalidStateTransition(from: .created, to: .suspended)) {
        try await lifecycle.suspendAgent(agent.id)
      }
      await #expect(throws: LifecycleError.invalidStateTransition(from: .created, to: .running)) {
        try await lifecycle.resumeAgent(agent.id)
      }
      await #expect(throws: LifecycleError.invalidStateTransition(from: .created, to: .ready)) {
        try await lifecycle.stopAgent(agent.id)
      }
      await #expect(throws: LifecycleError.invalidStateTransition(from: .created, to: .running)) {
        try await lifecycle.restartAgent(agent.id)
      }
      await #expect(throws: LifecycleError.invalidStateTransition(from: .created, to: .terminated)) {
        try await lifecycle.removeAgent(agent.id)
      }
      #expect(try await lifecycle.getAgentState(agent.id) == .created)
      let unknown = AgentID()
      await #expect(throws: LifecycleError.agentNotFound(agentID: unknown)) {
        try await lifecycle.initializeAgent(unknown)
      }
    }
  }

  @Test("a program that does not compile fails the initialization with its diagnostics")
  func diagnostics() async throws {
    try await RuntimeFixture().with { runtime in
      let agent = try await runtime.lifecycle.createAgent(Self.config("agent worker { remembr(\"a\", 1) }"))
      do throws(LifecycleError) {
        try await runtime.lifecycle.initializeAgent(agent.id)
        Issue.record("the initialization succeeded")
      } catch {
        guard case .initializationFailed(let id, let reason) = error else { throw error }
        #expect(id == agent.id)
        #expect(reason.contains("worker.symbi:1:16"))
        #expect(reason.contains("did you mean `remember`"))
      }
      let failed = try await runtime.lifecycle.getAgent(agent.id)
      #expect(failed.state == .failed && failed.errorCount == 1)
    }
  }

  @Test("no more agents than `max_agents` live at the same time")
  func agentLimit() async throws {
    let fixture = RuntimeFixture(change: { $0.lifecycle.maxAgents = 2 })
    try await fixture.with { runtime in
      let first = try await runtime.lifecycle.createAgent(Self.config())
      _ = try await runtime.lifecycle.createAgent(Self.config())
      await #expect(throws: LifecycleError.limitReached(maxAgents: 2)) {
        try await runtime.lifecycle.createAgent(Self.config())
      }
      try await runtime.lifecycle.terminateAgent(first.id)
      _ = try await runtime.lifecycle.createAgent(Self.config())
    }
  }

  @Test("an agent that is launched is what one is that took the three steps")
  func launch() async throws {
    try await RuntimeFixture().with { runtime in
      let lifecycle = runtime.lifecycle
      var config = Self.config()
      config.metadata = ["team": "a"]
      config.resourceLimits.memoryMegabytes = 64
      let launched = try await lifecycle.launchAgent(config)
      config.id = AgentID()
      try await lifecycle.createAgent(config)
      try await lifecycle.initializeAgent(config.id)
      try await lifecycle.startAgent(config.id)
      let (one, other) = (try await lifecycle.getAgent(launched.id), try await lifecycle.getAgent(config.id))
      #expect(one.state == .running && other.state == .running)
      var expected = other.config
      expected.id = launched.id
      #expect(one.config == expected && launched.config == expected)
      for id in [one.id, other.id] {
        #expect(try await runtime.outcome(of: runtime.execute(id, input: 4)) == .completed(8))
      }
      let ephemeral = try await lifecycle.launchAgent(Self.config("agent worker { 1 }", mode: .ephemeral))
      while try await lifecycle.getAgentState(ephemeral.id) != .completed { await Task.yield() }
      let scheduled = try await lifecycle.launchAgent(
        Self.config("agent worker { 1 }", mode: .scheduled(interval: .seconds(60))))
      #expect(await runtime.scheduler?.schedules().map(\.schedule.agentID) == [scheduled.id])
    }
  }

  @Test("an agent that cannot be launched is not there")
  func launchRefused() async throws {
    let sandbox = FakeSandbox(
      attesting: { (_, _) throws(SandboxError) in throw .limitUnenforceable(limit: "pids", reason: "test") },
      { (_) throws(SandboxError) in CommandResult(exitCode: 0) })
    let fixture = RuntimeFixture(sandbox: sandbox, change: { $0.lifecycle.maxAgents = 1 })
    try await fixture.with { runtime in
      let lifecycle = runtime.lifecycle
      await #expect(throws: LifecycleError.self) {
        try await lifecycle.launchAgent(Self.config("agent worker { totl }"))
      }
      let running = Self.config("agent worker { policy p { allow: [exec] } exec(\"true\") }")
      await #expect(throws: LifecycleError.limitUnenforceable(agentID: running.id, limit: "pids", reason: "test")) {
        try await lifecycle.launchAgent(running)
      }
      #expect(await lifecycle.listAgents().isEmpty)
      let first = try await lifecycle.launchAgent(Self.config())
      await #expect(throws: LifecycleError.agentAlreadyExists(agentID: first.id)) {
        try await lifecycle.launchAgent(first.config)
      }
      await #expect(throws: LifecycleError.limitReached(maxAgents: 1)) {
        try await lifecycle.launchAgent(Self.config())
      }
    }
  }

  @Test("an ephemeral agent is called once, at its start when it takes no input")
  func ephemeral() async throws {
    try await RuntimeFixture().with { runtime in
      let agent = try await runtime.lifecycle.createAgent(
        Self.config("agent worker { remember(\"n\", recall(\"n\", 0) + 1); recall(\"n\", 0) }", mode: .ephemeral))
      try await runtime.lifecycle.initializeAgent(agent.id)
      try await runtime.lifecycle.startAgent(agent.id)
      while try await runtime.lifecycle.getAgentState(agent.id) == .running { await Task.yield() }
      #expect(try await runtime.lifecycle.getAgentState(agent.id) == .completed)
      #expect(try await runtime.lifecycle.getAgent(agent.id).executionCount == 1)
      await #expect(throws: ExecutionError.self) { try await runtime.execute(agent.id, input: .null) }
    }
  }

  @Test("state, counters and memory survive a restart of the runtime")
  func durable() async throws {
    try await RuntimeFixture.withDirectory { directory in
      let fixture = RuntimeFixture(directory: directory)
      let source = "agent worker { remember(\"n\", recall(\"n\", 0) + 1); recall(\"n\", 0) }"
      let first = try await fixture.outcome(source)
      let second = try await fixture.outcome(source)
      #expect(first == .completed(1))
      #expect(second == .completed(2))
      try await fixture.with { runtime in
        let agent = try #require(await runtime.lifecycle.listAgents().first)
        #expect(await runtime.lifecycle.listAgents().count == 1)
        #expect(agent.state == .running && agent.executionCount == 2)
      }
    }
  }

  @Test("a configuration that grants less than the program needs is refused")
  func capabilities() async throws {
    try await RuntimeFixture().with { runtime in
      let agent = try await runtime.lifecycle.createAgent(
        Self.config("agent worker { capabilities = [\"FileSystem\"] 1 }"))
      await #expect(throws: LifecycleError.self) { try await runtime.lifecycle.initializeAgent(agent.id) }
    }
  }

  @Test("terminating an agent cancels what it waits for")
  func terminateWaiting() async throws {
    try await RuntimeFixture().with { runtime in
      let id = try await runtime.call("agent worker { receive() }")
      try await runtime.waitUntilWaiting(id)
      let agent = try #require(try await runtime.execution(id)?.agentID)
      #expect(try await runtime.lifecycle.getAgentState(agent) == .waiting)
      #expect(await runtime.lifecycle.getSystemStatus().agentCounts == [.waiting: 1])
      try await runtime.lifecycle.terminateAgent(agent)
      #expect(try await runtime.outcome(of: id) == .cancelled)
    }
  }
}
