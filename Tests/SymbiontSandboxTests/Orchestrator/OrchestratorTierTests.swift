import Foundation
import SymbiontCore
import SymbiontResources
import Synchronization
import Testing

@testable import SymbiontSandbox

@Suite("The orchestrator on every tier", .serialized, .timeLimit(.minutes(10)))
struct OrchestratorTierTests {
  @Test("starts a sandbox with default limits, and proves each of them", arguments: OrchestratorFixture.engines)
  func attestation(engine: SandboxEngine) async throws {
    try await OrchestratorFixture.run(engine) { fixture in
      let orchestrator = fixture.orchestrator
      let sandboxID = try await orchestrator.createSandbox(
        SandboxConfig(agentID: AgentID(), securityTier: engine.tier))
      try await orchestrator.startSandbox(sandboxID)
      let description = try orchestrator.describe(sandboxID)
      #expect(description.engine == engine && description.unenforcedLimits == [])
      let findings = try #require(description.attestation).findings
      #expect(findings.filter { !$0.holds } == [])
      #expect(
        findings.map(\.limit) == [
          "memory_mb", "cpu_cores", "pids", "disk_io_mbps", "workspace_mb", "execution_timeout", "privileges",
          "read_only_root", "network_config",
        ])
    }
  }

  @Test("changes what can be changed while it runs, and refuses the rest", arguments: OrchestratorFixture.engines)
  func update(engine: SandboxEngine) async throws {
    try await OrchestratorFixture.run(engine) { fixture in
      let sandboxID = try await fixture.start { $0.securityTier = engine.tier }
      var limits = fixture.config.resourceLimits
      (limits.cpuCores, limits.diskMegabytesPerSecond) = (0.5, 7)
      try await fixture.orchestrator.updateLimits(sandboxID, limits)
      let running = try #require(try fixture.orchestrator.entry(sandboxID).state.withLock { $0.running })
      let group = ControlGroupSettings(
        ControlGroup(path: try #require(running.launched.controlGroupPath), hierarchy: .machine))
      #expect(group.cpuCores == 0.5)
      let diskRate = try await running.launched.engineDiskRate()
      #expect((diskRate ?? group.diskBytesPerSecond) == 7 << 20)
      limits.memoryMegabytes /= 2
      guard engine == .qemu else { return try await fixture.orchestrator.updateLimits(sandboxID, limits) }
      await #expect(throws: SandboxError.self) { try await fixture.orchestrator.updateLimits(sandboxID, limits) }
    }
  }

  @Test("carries files, saves and copies sandboxes, and holds them still", arguments: OrchestratorFixture.engines)
  func life(engine: SandboxEngine) async throws {
    try await OrchestratorFixture.run(engine) { fixture in
      let orchestrator = fixture.orchestrator
      let sandboxID = try await fixture.start { $0.securityTier = engine.tier }
      let (source, target) = ("\(fixture.home)/source", "\(fixture.home)/target")
      let bytes = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try Data(bytes).write(to: URL(fileURLWithPath: source))
      try await orchestrator.uploadFile(sandboxID, localPath: source, remotePath: "note")
      let copies = try await orchestrator.fork(sandboxID, count: 2)
      #expect(try await fixture.shell(copies[0], "echo changed > note; cat note").output == "changed\n")
      for id in [sandboxID, copies[1]] {
        try await orchestrator.downloadFile(id, remotePath: "note", localPath: target)
        #expect(try Data(contentsOf: URL(fileURLWithPath: target)) == Data(bytes))
      }
      let snapshot = try await orchestrator.snapshot(sandboxID, name: "by hand")
      try await orchestrator.pause(sandboxID)
      await #expect(throws: SandboxError.invalidState(sandboxID: sandboxID, status: .paused)) {
        try await fixture.shell(sandboxID, "true")
      }
      try await orchestrator.resume(sandboxID)
      #expect(try await fixture.shell(sandboxID, "echo on").output == "on\n")
      try await orchestrator.destroySandbox(sandboxID)
      let restored = try await orchestrator.restore(snapshot)
      #expect(try await fixture.shell(restored, "wc -c < note").output.contains("700000"))
      try await orchestrator.removeSnapshot(snapshot)
    }
  }

  @Test(
    "names the limit at which a command was stopped, and counts what is used", arguments: OrchestratorFixture.engines)
  func violations(engine: SandboxEngine) async throws {
    try await OrchestratorFixture.run(engine) { fixture in
      let sandboxID = try await fixture.start(SandboxOptions(processes: 16)) { config in
        config.securityTier = engine.tier
        config.resourceLimits.memoryMegabytes = 64
      }
      let usage = try await fixture.orchestrator.usage(sandboxID)
      #expect(usage.memoryLimitBytes == 64 << 20 && usage.processLimit == 16)
      #expect((0...16).contains(try #require(usage.processes)))
      let script = "i=0; while [ $i -lt 40 ]; do echo $i; sleep 60 & i=$((i+1)); done"
      let crowd = try await fixture.shell(sandboxID, script)
      let made = try #require(crowd.output.split(separator: "\n").last.flatMap { Int($0) })
      #expect(crowd.exitCode != 0 && made <= 16, "\(made) processes were made")
      #expect(engine == .runsc || crowd.violations.contains(.processes))
      guard engine == .runsc else {
        let hungry = try await fixture.shell(sandboxID, "head -c 120000000 /dev/zero | tail | wc -c")
        #expect(hungry.violations.contains(.memory), "\(hungry.violations)")
        return
      }
      // gVisor's kernel shares the memory of its sandbox, and ends with it.
      let error = await #expect(throws: SandboxError.self) {
        try await fixture.orchestrator.executeCommand(sandboxID, command: "tail", arguments: ["/dev/zero"])
      }
      #expect(error?.message.contains("killed because memory was out") == true, "\(error?.message ?? "")")
    }
  }

  @Test("keeps sandboxes waiting, each with a workspace of its own size", arguments: OrchestratorFixture.engines)
  func pooling(engine: SandboxEngine) async throws {
    try await OrchestratorFixture.run(engine) { fixture in
      var config = fixture.config
      config.securityTier = engine.tier
      try fixture.orchestrator.keepWarm(1, of: config)
      await fixture.untilWarm(1, config)
      let sandboxID = try await fixture.orchestrator.claimSandbox(config)
      let findings = try #require(try fixture.orchestrator.describe(sandboxID).attestation).findings
      #expect(findings.contains { $0.limit == "workspace_mb" && $0.holds })
      #expect(try await fixture.shell(sandboxID, "head -c 64000000 /dev/zero > fill").exitCode != 0)
    }
  }
}

extension OrchestratorFixture {
  /// Waits for what is made in the background until so many sandboxes wait.
  func untilWarm(_ count: Int, _ config: SandboxConfig) async {
    while orchestrator.warmCount(of: config) < count {
      guard let task = orchestrator.backgroundWork.withLock({ $0.values.first }) else { return }
      await task.value
    }
  }
}
