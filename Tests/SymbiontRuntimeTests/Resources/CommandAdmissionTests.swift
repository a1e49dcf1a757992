import SymbiontCore
import SymbiontLanguage
import SymbiontResources
import SymbiontRuntime
import SymbiontSandbox
import SymbiontTesting
import Synchronization
import Testing

@Suite("The admission of agents' commands")
struct CommandAdmissionTests {
  /// What runs at one moment, by agent.
  private final class Load: Sendable {
    private let state = Mutex<(running: [AgentID: Int], most: Int)>(([:], 0))

    var mostAgents: Int { state.withLock(\.most) }

    func change(_ agentID: AgentID?, by count: Int) {
      guard let agentID else { return }
      state.withLock { state in
        state.running[agentID, default: 0] += count
        if state.running[agentID] == 0 { state.running[agentID] = nil }
        state.most = max(state.most, state.running.count)
      }
    }
  }

  private static let policy = "policy everything { allow: all }"

  /// Room for two agents with the usual limits.
  private static let two = ResourceManagerConfig(totalMemoryBytes: 1_100 << 20, resourceReservationPercentage: 0)

  @Test("agents never hold more than there is, whatever they run at the same time, and all have their turn")
  func concurrency() async throws {
    let seed = SeededRandom.forTest()
    let load = Load()
    let sandbox = FakeSandbox { command in
      load.change(command.agentID, by: 1)
      var random = seed.branch(command.arguments.count)
      for _ in 0..<Int.random(in: 1..<50, using: &random) { await Task.yield() }
      load.change(command.agentID, by: -1)
      return CommandResult(exitCode: 0)
    }
    var fixture = RuntimeFixture(sandbox: sandbox)
    fixture.change = {
      $0.resources = Self.two
      // One core for each agent is more than some machines have.
      $0.resources.totalCPUCores = 4
    }
    let names = (0..<8).map { "w\($0)" }
    let workers = names.map { "agent \($0)() { parallel(map(range(0, 4), n => (() => exec(\"x\").exit_code))) }" }
    let branches = names.map { "{agent: \"\($0)\"}" }.joined(separator: ", ")
    let outcome = try await fixture.outcome(
      "\(Self.policy)\nagent main { len(parallel([\(branches)])) }\n" + workers.joined(separator: "\n"))
    #expect(outcome.value == 8, "\(outcome)")
    #expect(sandbox.commands.count == 32)
    #expect((1...2).contains(load.mostAgents), "\(load.mostAgents) agents had something, \(seed)")
  }

  @Test("an agent that waits for something else holds nothing, and nothing is left allocated")
  func holdsNothing() async throws {
    var fixture = RuntimeFixture()
    fixture.change = { $0.resources = Self.two }
    try await fixture.with { runtime in
      let id = try await runtime.call("\(Self.policy) agent a { exec(\"x\"); receive() }")
      try await runtime.waitUntilWaiting(id)
      let status = try #require(await runtime.resources?.getSystemResources())
      #expect(status.allocationCount == 0 && status.allocatedMemoryBytes == 0)
    }
  }

  @Test("what can never be had fails at once with a code, and the program can catch it")
  func neverFits() async throws {
    var fixture = RuntimeFixture()
    fixture.change = { $0.resources.totalMemoryBytes = 100 << 20 }
    let outcome = try await fixture.outcome(
      "\(Self.policy) agent a { try { exec(\"x\") } catch (ResourcesUnavailable e) { [e.data.code, e.message] } }")
    #expect(
      outcome.value == [
        "RESOURCE_INSUFFICIENT",
        """
        not enough resources for 512 MB of memory (100 MB are free), and no more can ever be: lower the limits, or try \
        again when other agents have ended
        """,
      ])
    #expect(fixture.sandbox.commands.isEmpty)
  }

  @Test("a command whose turn does not come within its timeout fails with the same code")
  func lateness() async throws {
    let (ran, running) = AsyncStream<Void>.makeStream()
    let (release, releasing) = AsyncStream<Void>.makeStream()
    let sandbox = FakeSandbox { _ in
      running.finish()
      for await _ in release {}
      return CommandResult(exitCode: 0)
    }
    var fixture = RuntimeFixture(sandbox: sandbox)
    fixture.change = { $0.resources.totalMemoryBytes = 600 << 20 }
    try await fixture.with { runtime in
      let agents = try await runtime.deploy(
        SourceText(
          name: "t.symbi",
          text: """
            \(Self.policy)
            agent first { exec("x").exit_code }
            agent second { try { exec("x", timeout: 20ms) } catch (e) { [e.kind, e.data.code] } }
            """))
      let first = try await runtime.execute(agents[0].id, input: .null)
      for await _ in ran {}
      let second = try await runtime.execute(agents[1].id, input: .null)
      #expect(try await runtime.outcome(of: second).value == ["ResourcesUnavailable", "RESOURCE_INSUFFICIENT"])
      releasing.finish()
      #expect(try await runtime.outcome(of: first).value == 0)
    }
  }

  @Test("what an embedder allocated decides about the limits of commands")
  func allocated() async throws {
    let fixture = RuntimeFixture()
    try await fixture.with { runtime in
      let agent = try #require(
        try await runtime.deploy(SourceText(name: "t.symbi", text: "\(Self.policy) agent a { exec(\"x\").exit_code }"))
          .first)
      let resources = try #require(runtime.resources)
      try await resources.allocateResources(agent.id, limits: ResourceLimits(memoryMegabytes: 77, cpuCores: 0.5))
      let id = try await runtime.execute(agent.id, input: .null)
      #expect(try await runtime.outcome(of: id).value == 0)
      #expect(fixture.sandbox.commands.map(\.limits.memoryMegabytes) == [77])
      #expect(try await resources.getResourceUsage(agent.id).memoryBytes == 0)
    }
  }

  @Test("limits that a command reached are in its journalled outcome, and are told as events")
  func violations() async throws {
    let sandbox = FakeSandbox { _ in CommandResult(exitCode: 137, signal: 9, violations: [.memory]) }
    let fixture = RuntimeFixture(sandbox: sandbox)
    try await fixture.with { runtime in
      var events = try #require(runtime.resources).events().makeAsyncIterator()
      let id = try await runtime.call(
        """
        \(Self.policy)
        tool bomb { command ["x"] output String }
        agent a { [exec("x").limits_reached, try { bomb() } catch (ToolFailed e) { [e.message, e.data.limits_reached] }] }
        """)
      #expect(
        try await runtime.outcome(of: id).value == [
          ["Memory"], ["tool `bomb` exited with 137, at its limit of Memory", ["Memory"]],
        ])
      let effects = try await runtime.journal.effects(of: id)
      #expect(effects.count == 2)
      guard case .violated(let violation) = await events.next() else {
        Issue.record("no event came")
        return
      }
      #expect(violation.resource == .memory && violation.severity == .exceeded)
    }
  }
}
