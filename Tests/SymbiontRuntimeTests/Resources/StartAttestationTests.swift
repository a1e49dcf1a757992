import SymbiontCore
import SymbiontLanguage
import SymbiontRuntime
import SymbiontSandbox
import Testing

@Suite("The attestation before the start of an agent")
struct StartAttestationTests {
  private static func config(_ name: String, _ source: String, limits: ResourceLimits = ResourceLimits()) -> AgentConfig
  {
    AgentConfig(id: AgentID(), name: name, dslSource: source, executionMode: .persistent, resourceLimits: limits)
  }

  private static func ready(_ config: AgentConfig, in runtime: Runtime) async throws -> AgentID {
    let agent = try await runtime.lifecycle.createAgent(config)
    try await runtime.lifecycle.initializeAgent(agent.id)
    return agent.id
  }

  @Test("what cannot be enforced is a refusal that names it, and the agent does not count as started")
  func refusal() async throws {
    let sandbox = FakeSandbox(attesting: { (_, _) throws(SandboxError) in
      throw .limitUnenforceable(limit: "cpu_cores", reason: "no controller is mounted")
    }) { _ in CommandResult(exitCode: 0) }
    try await RuntimeFixture(sandbox: sandbox).with { runtime in
      let id = try await Self.ready(Self.config("a", "agent a { exec(\"x\") }"), in: runtime)
      await #expect(
        throws: LifecycleError.limitUnenforceable(
          agentID: id, limit: "cpu_cores", reason: "no controller is mounted")
      ) { try await runtime.lifecycle.startAgent(id) }
      #expect(try await runtime.lifecycle.getAgentState(id) == .ready)
      #expect(sandbox.commands.isEmpty)
    }
  }

  @Test("a missing tier is a refusal too")
  func missingTier() async throws {
    let sandbox = FakeSandbox(attesting: { (tier, _) throws(SandboxError) in
      throw .tierUnavailable(tier: tier, reason: "nothing is installed")
    }) { _ in CommandResult(exitCode: 0) }
    try await RuntimeFixture(sandbox: sandbox).with { runtime in
      let id = try await Self.ready(Self.config("a", "agent a { exec(\"x\") }"), in: runtime)
      await #expect(throws: LifecycleError.self) { try await runtime.lifecycle.startAgent(id) }
      #expect(try await runtime.lifecycle.getAgentState(id) == .ready)
    }
  }

  @Test(
    "an agent that runs no command needs no sandbox",
    arguments: [
      "agent a { 1 }", "agent a { write_file(\"f\", \"x\"); read_file(\"f\") }",
      "function unused() { exec(\"x\") } agent a { remember(\"k\", 1) }",
      "agent a { call(\"b\") } agent b { exec(\"x\") }",
    ])
  func notNeeded(source: String) async throws {
    let fixture = RuntimeFixture()
    try await fixture.with { runtime in
      let id = try await Self.ready(Self.config("a", source), in: runtime)
      try await runtime.lifecycle.startAgent(id)
      #expect(fixture.sandbox.attestations.isEmpty)
    }
  }

  @Test(
    "an agent that can run a command is found, however it comes to it",
    arguments: [
      "agent a { if recall(\"k\") == 1 { exec(\"x\") } }", "function run() { exec(\"x\") } agent a { run() }",
      "agent a { let f = () => exec(\"x\"); f() }", "tool t { command [\"x\"] output String } agent a { t() }",
      "function one() { two() } function two() { if true { exec(\"x\") } else { one() } } agent a { map([1], n => one()) }",
    ])
  func needed(source: String) async throws {
    let fixture = RuntimeFixture()
    try await fixture.with { runtime in
      let id = try await Self.ready(Self.config("a", source), in: runtime)
      try await runtime.lifecycle.startAgent(id)
      #expect(fixture.sandbox.attestations == [.tier1])
    }
  }

  @Test("each tier with its limits is shown once, also when many agents start at the same time")
  func once() async throws {
    let fixture = RuntimeFixture()
    try await fixture.with { runtime in
      var ids: [AgentID] = []
      for index in 0..<8 {
        let limits = ResourceLimits(memoryMegabytes: index.isMultiple(of: 2) ? 64 : 128)
        let tier = index < 4 ? "" : "with sandbox = \"tier2\" "
        ids.append(
          try await Self.ready(
            Self.config("a\(index)", "agent a\(index) { \(tier){ exec(\"x\") } }", limits: limits), in: runtime))
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for id in ids { group.addTask { try await runtime.lifecycle.startAgent(id) } }
        try await group.waitForAll()
      }
      #expect(fixture.sandbox.attestations.sorted() == [.tier1, .tier1, .tier2, .tier2])
    }
  }

  @Test("what failed is tried anew at the next start")
  func again() async throws {
    let sandbox = FakeSandbox(attesting: { (_, limits) throws(SandboxError) in
      guard limits.memoryMegabytes > 100 else { throw .startFailed(reason: "out of luck") }
    }) { _ in CommandResult(exitCode: 0) }
    try await RuntimeFixture(sandbox: sandbox).with { runtime in
      var config = Self.config("a", "agent a { exec(\"x\") }", limits: ResourceLimits(memoryMegabytes: 50))
      let id = try await Self.ready(config, in: runtime)
      for _ in 0..<2 { await #expect(throws: LifecycleError.self) { try await runtime.lifecycle.startAgent(id) } }
      #expect(sandbox.attestations.count == 2)
      config.resourceLimits.memoryMegabytes = 200
      try await runtime.lifecycle.updateAgentConfig(id, config: config)
      try await runtime.lifecycle.startAgent(id)
    }
  }
}
