import Foundation
import Glibc
import SymbiontCore
import SymbiontResources
import SymbiontStore
import Testing

@testable import SymbiontSandbox

/// The orchestrator as that which keeps agents to their limits, with the real resource manager above it.
@Suite("Limits of running agents", .needsRunc, .serialized)
struct EnforcingTests {
  private static func manager(_ fixture: OrchestratorFixture) async throws -> DefaultResourceManager {
    let manager = try await DefaultResourceManager.open(
      ResourceManagerConfig(
        totalMemoryBytes: 1 << 40, totalCPUCores: 64, resourceReservationPercentage: 0,
        monitoringInterval: .milliseconds(100)), store: fixture.store)
    manager.enforcer = fixture.orchestrator
    return manager
  }

  /// Orders to run commands, with what they report going to a manager.
  private static func commands(_ fixture: OrchestratorFixture, _ manager: DefaultResourceManager)
    -> OrchestratedCommands
  {
    OrchestratedCommands(
      fixture.orchestrator,
      prober: RuncDriver(
        RuncConfiguration(
          instance: fixture.configuration.instance, stateDirectory: fixture.configuration.stateDirectory)),
      observer: { await manager.observe($0, evidence: $1) })
  }

  /// Runs a shell script as a command of an agent, with what the agent was given.
  private static func run(
    _ script: String, _ fixture: OrchestratorFixture, _ manager: DefaultResourceManager,
    limits: ResourceLimits = ResourceLimits(memoryMegabytes: 64), processes: Int = 32, agent: AgentID = AgentID(),
    tier: SecurityTier = .tier1
  ) async throws -> (result: CommandResult, events: [ResourceViolation]) {
    var events = manager.events().makeAsyncIterator()
    let grant = try await manager.begin(agent, limits: limits, within: .seconds(10))
    defer { manager.end(agent) }
    let result = try await commands(fixture, manager).run(
      SandboxCommand(
        agentID: agent, tier: tier, arguments: ["sh", "-c", script], timeout: .seconds(120),
        workspace: "\(fixture.home)/workspace",
        limits: grant.limits, processLimit: processes))
    manager.report(result.violations, of: agent, limits: limits, processes: processes, since: grant.grantedAt)
    var violations: [ResourceViolation] = []
    while violations.count < result.violations.count, let event = await events.next() {
      if case .violated(let violation) = event { violations.append(violation) }
    }
    return (result, violations)
  }

  @Test("a command sees the workspace itself, and what it writes is there")
  func workspace() async throws {
    try await OrchestratorFixture.run { fixture in
      let manager = try await Self.manager(fixture)
      let agent = AgentID()
      let workspace = WorkspaceFiles(directory: "\(fixture.home)/workspace")
      try await Self.commands(fixture, manager).prepareWorkspace(workspace.directory)
      try await workspace.write("given", Array("for you".utf8))
      let (result, events) = try await Self.run(
        "cat given; echo mine > made; echo $LANG $TMPDIR $HOME; id -u", fixture, manager, agent: agent)
      #expect(result.output == "for youC.UTF-8 /tmp /workspace\n1000\n")
      #expect(events.isEmpty && result.violations.isEmpty)
      #expect(try await workspace.read("made") == Array("mine\n".utf8))
      #expect(fixture.orchestrator.list() == [])
    }
  }

  @Test("a memory bomb is an event with what the kernel counted, and in the result")
  func memory() async throws {
    try await OrchestratorFixture.run { fixture in
      let manager = try await Self.manager(fixture)
      let (result, events) = try await Self.run(
        "head -c 200m /dev/zero | tail | wc -c", fixture, manager)
      #expect(result.violations.contains(.memory))
      let event = try #require(events.first { $0.resource == .memory })
      #expect(event.evidence?.counter == "oom_kill" && event.limit == Double(64 << 20))
      #expect((event.evidence?.after ?? 0) > (event.evidence?.before ?? 0))
    }
  }

  @Test("too many processes are an event with what the kernel counted, and in the result")
  func processes() async throws {
    try await OrchestratorFixture.run { fixture in
      let manager = try await Self.manager(fixture)
      let (result, events) = try await Self.run(
        "for n in $(seq 1 40); do sleep 1 & done; wait", fixture, manager, processes: 16)
      #expect(result.violations.contains(.processes))
      let event = try #require(events.first { $0.resource == .processes })
      #expect(event.evidence?.counter == "pids.events max")
    }
  }

  @Test("a command that is held back for its processor time is an event, and in the result")
  func throttling() async throws {
    try await OrchestratorFixture.run { fixture in
      let manager = try await Self.manager(fixture)
      let (result, events) = try await Self.run(
        "for n in 1 2 3 4; do timeout 3 sh -c 'while :; do :; done' & done; wait", fixture, manager,
        limits: ResourceLimits(memoryMegabytes: 64, cpuCores: 0.1))
      #expect(result.violations == [.cpu], "\(result)")
      #expect(events.map(\.resource) == [.cpu])
    }
  }

  @Test("a full workspace is in the result of the command that filled it, once")
  func fullWorkspace() async throws {
    try await OrchestratorFixture.run { fixture in
      let sandboxID = try await fixture.start()
      let filling = try await fixture.shell(sandboxID, "head -c 64m /dev/zero > fill")
      #expect(!filling.isSuccess && filling.violations == [.workspace])
      #expect(try await fixture.shell(sandboxID, "true").violations == [])
    }
  }

  @Test("limits that an agent gets while it runs hold in its sandboxes, and in no other")
  func update() async throws {
    try await OrchestratorFixture.run { fixture in
      let manager = try await Self.manager(fixture)
      let agent = AgentID()
      let own = try await fixture.start { $0.agentID = agent }
      let other = try await fixture.start()
      try await manager.allocateResources(agent, limits: fixture.config.resourceLimits)
      #expect(await fixture.orchestrator.activeAgents().contains(agent))
      #expect(await fixture.orchestrator.groups(of: agent).count == 1)
      #expect(await fixture.orchestrator.workspaces(of: agent).count == 1)
      #expect(await fixture.orchestrator.networkBytes(of: agent) == nil)
      var limits = fixture.config.resourceLimits
      limits.memoryMegabytes = 50
      try await manager.updateResourceLimits(agent, limits: limits)
      #expect(try await fixture.orchestrator.usage(own).memoryLimitBytes == 50 << 20)
      #expect(try await fixture.orchestrator.usage(other).memoryLimitBytes == 128 << 20)
      _ = try await fixture.shell(own, "head -c 4m /dev/zero > file")
      await manager.measure(agent)
      #expect(try await manager.getResourceUsage(agent).memoryBytes > 0)
    }
  }

  @Test("what an agent is to be started with is shown by a probe, and nothing is left of it")
  func attestation() async throws {
    try await OrchestratorFixture.run { fixture in
      let manager = try await Self.manager(fixture)
      let commands = Self.commands(fixture, manager)
      try await commands.attest(.tier1, limits: ResourceLimits(memoryMegabytes: 64, cpuCores: 0.5), processes: 32)
      #expect(fixture.orchestrator.list() == [])
      let probes = try FileManager.default.contentsOfDirectory(
        atPath: "\(fixture.configuration.stateDirectory)/attestations")
      #expect(probes == [])
      await #expect(throws: SandboxError.self) {
        try await commands.attest(.tier3, limits: ResourceLimits(), processes: 32)
      }
    }
  }

  @Test("a promise that does not hold is a refusal, unless it was given up by name")
  func brokenPromise() async throws {
    struct Doubter: SandboxAttesting {
      func attest(_ subject: AttestationSubject) async throws(SandboxError) -> [Attestation.Finding] {
        [Attestation.Finding(limit: "memory_mb", requested: "at most 1", found: "no limit", holds: false)]
      }
    }
    try await OrchestratorFixture.run(attestor: Doubter()) { fixture in
      let manager = try await Self.manager(fixture)
      let reason = "`runc` was to enforce at most 1, a probe in the sandbox found no limit"
      await #expect(throws: SandboxError.limitUnenforceable(limit: "memory_mb", reason: reason)) {
        try await Self.commands(fixture, manager).attest(.tier1, limits: ResourceLimits(), processes: 32)
      }
      let runc = RuncDriver(
        RuncConfiguration(
          instance: fixture.configuration.instance, stateDirectory: fixture.configuration.stateDirectory))
      let weakened = OrchestratedCommands(fixture.orchestrator, prober: runc, allowsUnenforcedLimits: true)
      try await weakened.attest(.tier1, limits: ResourceLimits(), processes: 32)
    }
  }

  @Test("a virtual machine gets the files and gives them back, and says what its kernel counted", .needsMachines)
  func virtualMachine() async throws {
    try await OrchestratorFixture.run(.qemu) { fixture in
      let manager = try await Self.manager(fixture)
      let workspace = WorkspaceFiles(directory: "\(fixture.home)/workspace")
      try await Self.commands(fixture, manager).prepareWorkspace(workspace.directory)
      try await workspace.write("dir/given", Array("for you".utf8))
      let (result, events) = try await Self.run(
        "cat dir/given; rm dir/given; echo mine > made; head -c 200m /dev/zero | tail | wc -c", fixture, manager,
        limits: ResourceLimits(memoryMegabytes: 64), tier: .tier3)
      #expect(result.output.hasPrefix("for you"))
      // A machine whose memory is out may have spent its share of the processor too.
      #expect(result.violations.contains(.memory))
      let evidence = try #require(events.first { $0.resource == .memory }?.evidence)
      #expect(evidence.counter == "oom_kill" && evidence.after > evidence.before)
      #expect(try await workspace.read("made") == Array("mine\n".utf8))
      #expect(try await workspace.list("dir") == [])
    }
  }
}
