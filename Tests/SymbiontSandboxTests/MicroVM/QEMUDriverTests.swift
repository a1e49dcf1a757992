import Foundation
import Glibc
import SymbiontCore
import SymbiontResources
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

@Suite("Virtual machines of QEMU", .serialized, .needsMachines, .timeLimit(.minutes(30)))
struct QEMUDriverTests {
  @Test("a machine runs commands as a user without rights, on a read-only root")
  func confinement() async throws {
    try await MachineFixture.run { fixture in
      let machine = try await fixture.start(try await fixture.launch())
      #expect(try await machine.text("id -u; id -g") == "1000\n1000")
      #expect(try await machine.text("grep CapEff /proc/self/status | cut -f2") == "0000000000000000")
      #expect(try await machine.run("touch /file").exitCode != 0)
      #expect(try await machine.run("touch /etc/file /bin/file /lib/file").exitCode != 0)
      #expect(try await machine.run("echo 1 > /proc/sys/kernel/panic").exitCode != 0)
      #expect(try await machine.run("mount -t tmpfs none /tmp").exitCode != 0)
      #expect(try await machine.run("unshare -U true").exitCode != 0)
      #expect(try await machine.run("echo 0 > /sys/fs/cgroup/cgroup.procs").exitCode != 0)
      #expect(try await machine.run("kill -9 1; kill -9 -1; true").exitCode != 0 || machine.guest.isOpen)
      #expect(try await machine.text("echo kept > /workspace/file; cat /workspace/file") == "kept")
      // Only the loopback device is there, and it leads nowhere.
      #expect(try await machine.text("tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '") == "lo")
      try await machine.sandbox.destroy()
      try await machine.sandbox.destroy()
    }
  }

  @Test("memory, processes and the workspace are bounded, and the machine survives what exceeds them")
  func limits() async throws {
    try await MachineFixture.run { fixture in
      let machine = try await fixture.start(try await fixture.launch(memory: 96, processes: 40))
      // The memory bomb is killed alone.
      let bomb = try await machine.run("x=a; while :; do x=$x$x; done")
      #expect(bomb.exitCode == 137)
      #expect(try await machine.text("grep '^oom_kill ' /sys/fs/cgroup/commands/memory.events | cut -d' ' -f2") != "0")
      // The fork bomb meets the limit and goes with its command.
      let fork = try await machine.run("b() { b | b & b; }; b; sleep 3", timeout: .seconds(20))
      #expect(fork.exitCode != 0 || fork.timedOut || !fork.standardError.isEmpty)
      let refusals = try await machine.text("grep max /sys/fs/cgroup/commands/pids.events | cut -d' ' -f2")
      #expect((Int(refusals) ?? 0) > 0)
      // The disk filler meets the end of the volume.
      let filler = try await machine.run("dd if=/dev/zero of=/workspace/fill bs=1M count=1000; rm /workspace/fill")
      #expect(filler.errors.contains("No space left on device"))
      #expect(try await machine.text("echo alive") == "alive")
      try await machine.sandbox.destroy()
    }
  }

  @Test("a restore takes at most half as long as a start, and forks share one memory but no identity")
  func forks() async throws {
    try await MachineFixture.run(sharesTemplates: false) { fixture in
      let clock = ContinuousClock()
      let cold = try await clock.measure {
        try await fixture.start(try await fixture.launch()).sandbox.destroy()
      }
      var origin: MachineFixture.Machine?
      let volume = try await fixture.volume()
      let warm = try await clock.measure {
        origin = try await fixture.start(try await fixture.launch(volume: volume))
      }
      print("microVM: first start \(cold), start from its state \(warm)")
      #expect(warm * 2 <= cold)
      let machine = try #require(origin)
      #expect(try await machine.text("echo old > /tmp/file; sync; cat /tmp/file") == "old")
      try await machine.sandbox.pause()
      let snapshot = "\(fixture.directory)/snapshot"
      let saving = try await clock.measure { try await machine.sandbox.saveMemory(to: snapshot) }
      try await machine.sandbox.destroy()
      var forks: [MachineFixture.Machine] = []
      for _ in 0..<8 {
        let copy = "\(fixture.directory)/copy-\(forks.count)"
        try FileManager.default.copyItem(atPath: volume, toPath: copy)
        forks.append(try await fixture.start(try await fixture.launch(volume: copy, snapshot: snapshot)))
      }
      try await check(forks, saving: saving)
      for fork in forks { try await fork.sandbox.destroy() }
    }
  }

  private func check(_ forks: [MachineFixture.Machine], saving: Duration) async throws {
    var random: Set<String> = []
    var names: Set<String> = []
    for fork in forks {
      #expect(try await fork.text("cat /tmp/file") == "old")
      random.insert(try await fork.text("head -c 16 /dev/urandom | od -An -tx1"))
      names.insert(try await fork.text("hostname"))
      let seconds = try #require(Int(try await fork.text("date +%s")))
      #expect(abs(seconds - time(nil)) < 120)
    }
    #expect(random.count == forks.count)
    #expect(names.count == forks.count)
    let mappings = forks.compactMap { MemoryMapping(processID: $0.sandbox.processID) }
    #expect(mappings.count == forks.count)
    #expect(Set(mappings.map(\.inode)).count == 1)
    let proportional = mappings.map(\.proportionalKilobytes).reduce(0, +)
    let resident = mappings.map(\.residentKilobytes).reduce(0, +)
    print("microVM: 8 forks, saved in \(saving): memory \(resident) KiB resident, \(proportional) KiB proportional")
    #expect(proportional < resident)
  }

  @Test("a killed QEMU fails what waits at once, with the reason")
  func killed() async throws {
    try await MachineFixture.run { fixture in
      let machine = try await fixture.start(try await fixture.launch())
      let process = try await machine.guest.execute(ExecutionRequest(arguments: ["sleep", "1000"]))
      kill(machine.sandbox.processID, SIGKILL)
      await #expect(throws: SandboxError.self) { _ = try await process.ending() }
      #expect(await machine.sandbox.waitForEnd().reason.contains("signal 9"))
      await #expect(throws: SandboxError.self) { try await machine.sandbox.pause() }
      try await machine.sandbox.destroy()
    }
  }

  @Test("what a dead runtime left is found and removed")
  func reaping() async throws {
    try await MachineFixture.run { fixture in
      let launch = try await fixture.launch()
      let machine = try await fixture.start(launch)
      #expect(try await fixture.driver.survivors().contains(launch.sandboxID))
      let other = QEMUDriver(fixture.driver.configuration)
      let reaped = try await other.reap([launch.sandboxID, SandboxID()])
      #expect(reaped.count == 1)
      #expect(reaped[launch.sandboxID]?.count == 3)
      _ = await machine.sandbox.waitForEnd()
      #expect(try await other.reap([launch.sandboxID]).isEmpty)
    }
  }

  @Test("a machine pauses, goes on, and takes new limits, but not of its memory")
  func pausing() async throws {
    try await MachineFixture.run { fixture in
      let launch = try await fixture.launch()
      let machine = try await fixture.start(launch)
      try await machine.sandbox.pause()
      try await machine.sandbox.resume()
      #expect(try await machine.text("echo again") == "again")
      var limits = launch.limits
      limits.resources.cpuCores = 0.5
      limits.resources.diskMegabytesPerSecond = 5
      try await machine.sandbox.update(limits)
      limits.resources.memoryMegabytes *= 2
      await #expect(throws: SandboxError.self) { try await machine.sandbox.update(limits) }
      try await machine.sandbox.destroy()
    }
  }

  @Test("a launch that cannot be is refused and leaves nothing")
  func refusals() async throws {
    try await MachineFixture.run { fixture in
      var launch = try await fixture.launch()
      launch.limits.resources.memoryMegabytes = 1_000_000
      await #expect(throws: SandboxError.self) { try await fixture.driver.launch(launch) }
      launch = try await fixture.launch()
      launch.volume = .directory("/tmp")
      await #expect(throws: SandboxError.self) { try await fixture.driver.launch(launch) }
      launch = try await fixture.launch(snapshot: "\(fixture.directory)/nothing")
      await #expect(throws: SandboxError.self) { try await fixture.driver.launch(launch) }
    }
  }
}

/// How the memory of a machine is mapped in its QEMU.
private struct MemoryMapping {
  var inode: String
  var residentKilobytes = 0
  var proportionalKilobytes = 0

  init?(processID: Int32) {
    let text = KernelFile.text("/proc/\(processID)/smaps")
    var inode: String?
    var isInside = false
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", omittingEmptySubsequences: true)
      if words.count >= 5, words[0].contains("-"), !words[0].hasSuffix(":") {
        isInside = line.contains("memfd:symbiont-memory")
        if isInside { inode = String(words[4]) }
      } else if isInside, words.count >= 2, let value = Int(words[1]) {
        if words[0] == "Rss:" { residentKilobytes += value }
        if words[0] == "Pss:" { proportionalKilobytes += value }
      }
    }
    guard let inode else { return nil }
    self.inode = inode
  }
}
