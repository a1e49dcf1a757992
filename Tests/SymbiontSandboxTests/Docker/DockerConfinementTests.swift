import Foundation
import Glibc
import SymbiontCore
import SymbiontResources
import Testing

@testable import SymbiontSandbox

extension DockerSuites {
  /// What the first process itself, which has more rights than any command, can see and do.
  @Suite("as a cage")
  struct ConfinementTests {
    @Test("gives its first process three capabilities, no new ones, and a filter for system calls")
    func rights() async throws {
      let status = try await DockerFixture.output(of: "cat /proc/self/status")
      // CAP_KILL, CAP_SETGID and CAP_SETUID are the bits 5, 6 and 7.
      for name in ["CapPrm", "CapEff", "CapBnd"] { #expect(status.contains("\(name):\t00000000000000e0")) }
      for name in ["CapInh", "CapAmb"] { #expect(status.contains("\(name):\t0000000000000000")) }
      #expect(status.contains("NoNewPrivs:\t1"))
      #expect(status.contains("Seccomp:\t2"))
    }

    @Test("lets nothing be written but the workspace and the temporary directories")
    func readOnly() async throws {
      let script = """
        for place in / /usr /etc /bin /.symbiont /proc/sys/kernel/hostname /sys; do
          if [ -d $place ]; then touch $place/x 2>/dev/null && echo "wrote to $place"
          else echo x 2>/dev/null > $place && echo "wrote to $place"; fi
        done
        for place in /tmp /dev/shm; do touch $place/x && echo "$place is fine"; done
        true
        """
      #expect(try await DockerFixture.output(of: script) == "/tmp is fine\n/dev/shm is fine\n")
    }

    @Test("shows no network, no devices of the machine and no kernel interfaces")
    func views() async throws {
      let script =
        "sed 1,2d /proc/net/dev | cut -d: -f1 | tr -d ' '; ls /sys; ls /dev | grep -E 'vd|sd|loop|kvm|mem'; id -u"
      #expect(try await DockerFixture.output(of: script) == "lo\n0\n")
    }

    @Test("limits the temporary directory")
    func temporaryDirectory() async throws {
      let script = "head -c 20000000 /dev/zero > /tmp/big 2>/dev/null || stat -c %s /tmp/big"
      #expect(try await DockerFixture.output(of: script) == "\(16 << 20)\n")
    }

    @Test("limits the number of processes")
    func processes() async throws {
      try await DockerFixture.run(guest: "for i in $(seq 100); do sleep 1000 & done; cat") { fixture in
        try await fixture.withSandbox(fixture.launch(processes: 16)) { sandbox in
          // The shell ends at the first fork that is refused.
          let reason = await sandbox.waitForEnd().reason
          #expect(reason.contains("fork"), "\(reason)")
        }
      }
    }

    @Test("refuses namespaces, mounts and tracing, whatever the user")
    func systemCalls() async throws {
      let script = """
        unshare -U true 2>/dev/null && echo "made a user namespace"
        unshare -m true 2>/dev/null && echo "made a mount namespace"
        mount -t tmpfs none /tmp 2>/dev/null && echo "mounted"
        mknod /tmp/disk b 254 0 2>/dev/null && echo "made a device"
        chroot / true 2>/dev/null && echo "changed the root"
        echo end
        """
      #expect(try await DockerFixture.output(of: script) == "end\n")
    }

    @Test("shows an image instead of the machine, and keeps its writes on the volume", arguments: [false, true])
    func images(isWritable: Bool) async throws {
      let script = """
        echo mark; cat /etc/mark; ls /usr 2>/dev/null
        touch /srv/written 2>/dev/null && echo "wrote"; cat /etc/hosts >/dev/null && echo "hosts"
        """
      try await DockerFixture.run(guest: script) { fixture in
        let image = "\(fixture.directory)/image"
        let volume = "\(fixture.directory)/volume"
        for path in [
          "\(image)/bin", "\(image)/etc", "\(image)/srv", "\(volume)/workspace", "\(volume)/upper", "\(volume)/work",
        ] {
          try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        let candidates = (RequiredEngine.directories + ["/bin"]).map { directory -> String in "\(directory)/busybox" }
        let busybox = try #require(candidates.first { access($0, X_OK) == 0 })
        try FileManager.default.copyItem(atPath: busybox, toPath: "\(image)/bin/busybox")
        for name in ["sh", "cat", "ls", "touch"] {
          try #require(symlink("busybox", "\(image)/bin/\(name)") == 0)
        }
        try #require(symlink("bin", "\(image)/sbin") == 0)
        try Data("image\n".utf8).write(to: URL(fileURLWithPath: "\(image)/etc/mark"))
        var launch = fixture.launch()
        launch.root = .image(directory: image, isWritable: isWritable)
        launch.volume = .image(path: "\(fixture.directory)/volume.img", mountedAt: volume)
        try await fixture.withSandbox(launch) { sandbox in
          let output = String(decoding: try await sandbox.channel.readToEnd(), as: UTF8.self)
          #expect(output == "mark\nimage\n\(isWritable ? "wrote\n" : "")hosts\n")
        }
        #expect(access("\(volume)/upper/srv/written", F_OK) == (isWritable ? 0 : -1))
        #expect(access("\(image)/srv/written", F_OK) == -1)
        let abandoned = try await fixture.driver.launch(launch)
        #expect(try await fixture.successor.reap([launch.sandboxID])[launch.sandboxID]?.count == 2)
        withExtendedLifetime(abandoned) {}
      }
    }
  }

  @Suite("with gVisor", .needsGVisor)
  struct GVisorTests {
    @Test("starts the guest on another kernel, with its streams and its limits")
    func launching() async throws {
      try await DockerFixture.run(guest: "cat /proc/version; exec cat", usesGVisor: true) { fixture in
        #expect(await fixture.driver.examine().failure == nil)
        try await fixture.withSandbox(fixture.launch(memoryMegabytes: 256)) { sandbox in
          let group = try #require(sandbox.group)
          #expect(try group.counters().memoryLimitBytes == 256 << 20)
          try await sandbox.channel.write(Array("through\n".utf8))
          sandbox.channel.finishWriting()
          let output = String(decoding: try await sandbox.channel.readToEnd(), as: UTF8.self)
          #expect(output.hasSuffix("through\n"))
          let machine = try String(contentsOfFile: "/proc/version", encoding: .utf8)
          #expect(!output.contains(machine.prefix(20)))
        }
      }
    }

    @Test("pauses, goes on and is reaped")
    func pausing() async throws {
      try await DockerFixture.run(guest: "exec cat", usesGVisor: true) { fixture in
        let launch = fixture.launch(memoryMegabytes: 256)
        let sandbox = try await fixture.driver.launch(launch)
        try await sandbox.pause()
        try await sandbox.channel.write([3])
        try await sandbox.resume()
        #expect(try await sandbox.channel.read(1) == [3])
        #expect(try await fixture.successor.reap([launch.sandboxID]).count == 1)
      }
    }
  }
}
