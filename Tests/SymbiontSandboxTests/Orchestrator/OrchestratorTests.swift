import Foundation
import Glibc
import SymbiontCore
import SymbiontStore
import SymbiontSystem
import Synchronization
import Testing

@testable import SymbiontSandbox

@Suite("The orchestrator with runc", .needsRunc, .serialized, .timeLimit(.minutes(10)))
struct OrchestratorTests {
  @Test("a sandbox is made, started, used, stopped, started again and destroyed")
  func life() async throws {
    try await OrchestratorFixture.run { fixture in
      let orchestrator = fixture.orchestrator
      let sandboxID = try await orchestrator.createSandbox(fixture.config)
      #expect(try await orchestrator.getSandboxStatus(sandboxID) == .created)
      #expect(try await fixture.store.read { store in try store.sandboxes() }.map(\.id) == [sandboxID])
      await #expect(throws: SandboxError.invalidState(sandboxID: sandboxID, status: .created)) {
        try await fixture.shell(sandboxID, "true")
      }
      try await orchestrator.startSandbox(sandboxID)
      #expect(try await orchestrator.getSandboxStatus(sandboxID) == .running)
      let result = try await fixture.shell(sandboxID, "id -u; pwd; echo kept > note; exit 3")
      #expect(result.exitCode == 3)
      #expect(result.output == "1000\n/workspace\n")
      await #expect(throws: SandboxError.invalidState(sandboxID: sandboxID, status: .running)) {
        try await orchestrator.startSandbox(sandboxID)
      }
      try await orchestrator.stopSandbox(sandboxID)
      #expect(try await orchestrator.getSandboxStatus(sandboxID) == .stopped)
      try await orchestrator.startSandbox(sandboxID)
      #expect(try await fixture.shell(sandboxID, "cat note").output == "kept\n")
      try await orchestrator.destroySandbox(sandboxID)
      #expect(try await orchestrator.getSandboxStatus(sandboxID) == .destroyed)
      await #expect(throws: SandboxError.invalidState(sandboxID: sandboxID, status: .destroyed)) {
        try await orchestrator.destroySandbox(sandboxID)
      }
      let other = SandboxID()
      await #expect(throws: SandboxError.sandboxNotFound(sandboxID: other)) {
        try await orchestrator.getSandboxStatus(other)
      }
    }
  }

  @Test("every limit is attested before it runs")
  func attestation() async throws {
    try await OrchestratorFixture.run { fixture in
      let sandboxID = try await fixture.start()
      let attestation = try #require(try fixture.orchestrator.describe(sandboxID).attestation)
      print("attestation: \(attestation.findings.map { "\($0.limit)=\($0.found)" })")
      #expect(attestation.broken == [])
      let names = Set(attestation.findings.map(\.limit))
      #expect(
        names.isSuperset(of: [
          "memory_mb", "cpu_cores", "pids", "disk_io_mbps", "workspace_mb", "read_only_root", "network_config",
          "execution_timeout", "privileges",
        ]))
    }
  }

  @Test("a limit that the probe finds missing is a refusal, and nothing stays")
  func brokenPromise() async throws {
    struct Doubter: SandboxAttesting {
      func attest(_ subject: AttestationSubject) async throws(SandboxError) -> [Attestation.Finding] {
        [Attestation.Finding(limit: "memory_mb", requested: "at most 1", found: "no limit", holds: false)]
      }
    }
    try await OrchestratorFixture.run(attestor: Doubter()) { fixture in
      let sandboxID = try await fixture.orchestrator.createSandbox(fixture.config)
      let reason = "`runc` was to enforce at most 1, a probe in the sandbox found no limit"
      await #expect(throws: SandboxError.limitUnenforceable(limit: "memory_mb", reason: reason)) {
        try await fixture.orchestrator.startSandbox(sandboxID)
      }
      guard case .failed = try await fixture.orchestrator.getSandboxStatus(sandboxID) else {
        Issue.record("it is not failed")
        return
      }
      let remains = try await fixture.remains()
      #expect(remains == ["row \(sandboxID)"])
      let weakened = try await fixture.start(SandboxOptions(allowsUnenforcedLimits: true))
      #expect(try await fixture.orchestrator.getSandboxStatus(weakened) == .running)
      #expect(try fixture.orchestrator.describe(weakened).unenforcedLimits == ["memory_mb"])
    }
  }

  @Test("files go up and down with their permissions, and never through links")
  func files() async throws {
    try await OrchestratorFixture.run { fixture in
      let sandboxID = try await fixture.start()
      let (source, target) = ("\(fixture.home)/source", "\(fixture.home)/target")
      let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try Data(bytes).write(to: URL(fileURLWithPath: source))
      try #require(chmod(source, 0o750) == 0)
      try await fixture.orchestrator.uploadFile(sandboxID, localPath: source, remotePath: "up")
      #expect(try await fixture.shell(sandboxID, "stat -c %a up; wc -c < up").output == "750\n300000\n")
      try await fixture.orchestrator.downloadFile(sandboxID, remotePath: "up", localPath: target)
      #expect(try Data(contentsOf: URL(fileURLWithPath: target)) == Data(bytes))
      try #require(symlink(source, "\(fixture.home)/link") == 0)
      let link = "\(fixture.home)/link"
      await #expect(throws: SandboxError.notAFile(path: link, found: "a link")) {
        try await fixture.orchestrator.uploadFile(sandboxID, localPath: link, remotePath: "up")
      }
      await #expect(throws: SandboxError.notAFile(path: link, found: "a link")) {
        try await fixture.orchestrator.downloadFile(sandboxID, remotePath: "up", localPath: link)
      }
      await #expect(throws: SandboxError.self) {
        try await fixture.orchestrator.downloadFile(sandboxID, remotePath: "../etc/passwd", localPath: target)
      }
      _ = try await fixture.shell(sandboxID, "ln -s /etc/passwd out")
      await #expect(throws: SandboxError.self) {
        try await fixture.orchestrator.downloadFile(sandboxID, remotePath: "out", localPath: target)
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: fixture.home)
      #expect(names.filter { $0.hasPrefix(".symbi-") } == [], "drafts are removed")
    }
  }

  @Test("a paused sandbox holds still and goes on, and its limits can be changed")
  func pausing() async throws {
    try await OrchestratorFixture.run { fixture in
      let sandboxID = try await fixture.start()
      try await fixture.orchestrator.pause(sandboxID)
      #expect(try await fixture.orchestrator.getSandboxStatus(sandboxID) == .paused)
      await #expect(throws: SandboxError.invalidState(sandboxID: sandboxID, status: .paused)) {
        try await fixture.shell(sandboxID, "true")
      }
      try await fixture.orchestrator.resume(sandboxID)
      #expect(try await fixture.shell(sandboxID, "echo on").output == "on\n")
      var limits = fixture.config.resourceLimits
      limits.memoryMegabytes = 64
      try await fixture.orchestrator.updateLimits(sandboxID, limits)
      let usage = try await fixture.orchestrator.usage(sandboxID)
      #expect(usage.memoryLimitBytes == 64 << 20)
      #expect((1..<16 << 20).contains(try #require(usage.workspaceTotalBytes)))
      let result = try await fixture.shell(sandboxID, "head -c 120m /dev/zero | tail | wc -c")
      #expect(!result.isSuccess || result.violations.contains(.memory))
      #expect(result.violations.contains(.memory))
    }
  }

  @Test("copies of a sandbox have its files and go their own ways")
  func forks() async throws {
    try await OrchestratorFixture.run { fixture in
      let sandboxID = try await fixture.start()
      _ = try await fixture.shell(sandboxID, "echo common > note")
      let copies = try await fixture.orchestrator.fork(sandboxID, count: 2)
      #expect(Set(copies).count == 2)
      _ = try await fixture.shell(copies[0], "echo changed > note")
      #expect(try await fixture.shell(copies[0], "cat note").output == "changed\n")
      #expect(try await fixture.shell(copies[1], "cat note").output == "common\n")
      #expect(try await fixture.shell(sandboxID, "cat note").output == "common\n")
      #expect(await fixture.orchestrator.listSnapshots() == [])
      let snapshot = try await fixture.orchestrator.snapshot(sandboxID, name: "by hand")
      try await fixture.orchestrator.destroySandbox(sandboxID)
      #expect(await fixture.orchestrator.listSnapshots().map(\.name) == ["by hand"])
      let restored = try await fixture.orchestrator.restore(snapshot)
      #expect(try await fixture.shell(restored, "cat note").output == "common\n")
      try await fixture.orchestrator.removeSnapshot(snapshot)
      await #expect(throws: SandboxError.self) { try await fixture.orchestrator.restore(snapshot) }
    }
  }

  @Test("a sandbox whose first process is killed is failed, and says so")
  func suddenEnd() async throws {
    try await OrchestratorFixture.run { fixture in
      let sandboxID = try await fixture.start()
      let running = try #require(try fixture.orchestrator.entry(sandboxID).state.withLock { $0.running })
      let process = try await fixture.orchestrator.open(
        sandboxID, ExecutionRequest(arguments: ["sleep", "1000"]))
      try await running.launched.destroy()
      await #expect(throws: SandboxError.self) { try await process.ending() }
      await running.watcher?.value
      guard case .failed = try await fixture.orchestrator.getSandboxStatus(sandboxID) else {
        Issue.record("it is not failed")
        return
      }
    }
  }

  @Test("what a dead runtime left is reaped by the next one, and reported")
  func reaping() async throws {
    try await OrchestratorFixture.run { fixture in
      let sandboxIDs = [try await fixture.start(), try await fixture.start()]
      // A second orchestrator on the same data knows nothing of the first.
      let successor = DefaultSandboxOrchestrator(
        fixture.configuration, store: fixture.store, drivers: [OrchestratorFixture.runc(fixture.configuration)])
      let report = await successor.reapAll()
      #expect(report.failures == [])
      #expect(Set(report.removed.keys) == Set(sandboxIDs))
      #expect(try await fixture.remains() == [])
      #expect(await successor.reapAll().isEmpty)
    }
  }

  @Test("a waiting sandbox is claimed in no time, with a workspace of its own, and only once")
  func pooling() async throws {
    try await OrchestratorFixture.run { fixture in
      let orchestrator = fixture.orchestrator
      try orchestrator.keepWarm(2, of: fixture.config)
      await fixture.untilWarm(2, fixture.config)
      #expect(orchestrator.warmCount(of: fixture.config) == 2)
      let clock = ContinuousClock()
      var first: SandboxID?
      let elapsed = try await clock.measure {
        first = try await orchestrator.claimSandbox(fixture.config)
        _ = try await fixture.shell(try #require(first), "true")
      }
      print("warm claim and exec: \(elapsed)")
      let second = try await orchestrator.claimSandbox(fixture.config)
      let one = try #require(first)
      #expect(one != second)
      _ = try await fixture.shell(one, "echo mine > note")
      #expect(try await fixture.shell(second, "ls").output == "")
      #expect(try await fixture.shell(one, "cat /workspace/note").output == "mine\n")
      #expect(try await fixture.shell(one, "head -c 64m /dev/zero > fill").exitCode != 0)
      try await orchestrator.destroySandbox(one)
      try await orchestrator.destroySandbox(second)
    }
  }
}
