import Foundation
import Glibc
import SymbiontCore
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

@Suite("The confinement of a command", .needsRunc)
struct ConfinementTests {
  @Test("the root directory holds the system and the workspace, and nothing of the machine's data")
  func visibleFiles() async throws {
    try await SandboxFixture.run { fixture in
      let result = try await fixture.run(
        "ls -A /; for d in /root /home /work /opt /srv /boot /sys /run /etc/shadow /var/lib; do ls $d 2>/dev/null && echo seen $d; done; true"
      )
      let allowed: Set<Substring> = [
        ".symbiont", "bin", "dev", "etc", "lib", "lib64", "proc", "sbin", "tmp", "usr", "var", "workspace",
      ]
      #expect(Set(result.output.split(separator: "\n")).subtracting(allowed) == [])
      #expect(result.output.contains("workspace"))
    }
  }

  @Test("nothing but the workspace and the temporary directories can be written")
  func readOnlyRoot() async throws {
    try await SandboxFixture.run { fixture in
      let result = try await fixture.run(
        """
        for d in / /etc /usr /usr/bin /usr/local /var /bin /lib /etc/alternatives /proc /proc/sys/kernel; do
          touch $d/mark 2>/dev/null && echo written $d
        done
        echo x 2>/dev/null > /proc/sys/kernel/hostname && echo written hostname
        echo x 2>/dev/null > /proc/sysrq-trigger && echo written sysrq
        for d in /workspace /tmp /var/tmp /dev/shm; do touch $d/mark || echo refused $d; done
        """)
      #expect(result.output == "")
      #expect(result.errors == "")
    }
  }

  @Test("the command is an ordinary user without capabilities, and cannot gain any")
  func unprivileged() async throws {
    try await SandboxFixture.run { fixture in
      let result = try await fixture.run(
        "id -u; id -g; grep -hE '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status | tr '\\t' ' '; cat /proc/self/uid_map | tr -s ' '"
      )
      #expect(
        result.output == """
          1000
          1000
          CapInh: 0000000000000000
          CapPrm: 0000000000000000
          CapEff: 0000000000000000
          CapBnd: 0000000000000000
          CapAmb: 0000000000000000
          NoNewPrivs: 1
          Seccomp: 2
           0 1900000000 65536

          """)
    }
  }

  @Test(
    "dangerous system calls are refused",
    arguments: [
      "unshare -U true", "unshare -n true", "mount -t tmpfs none /tmp", "chroot / true", "dmesg",
      "nsenter -t 1 -n true",
      "perl -e 'socket(S, 40, 1, 0) or exit 1'", "perl -e 'socket(S, 38, 5, 0) or exit 1'",
      "perl -e 'socket(S, 17, 3, 0) or exit 1'", "mknod /workspace/disk b 254 0", "hostname other",
      "perl -e '$> = 0; exit($> != 0)'", "date -s 2020-01-01", "setarch x86_64 -R true",
    ])
  func dangerousCalls(script: String) async throws {
    try await SandboxFixture.run { fixture in
      let result = try await fixture.run(script)
      #expect(result.exitCode != 0)
      #expect(result.exitCode != 127, "the program of this test is missing: \(result.errors)")
    }
  }

  @Test("only the command's own processes are seen")
  func processes() async throws {
    try await SandboxFixture.run { fixture in
      let result = try await fixture.run("ls /proc | grep '^[0-9]'; kill -9 2 100 2>/dev/null; echo $$")
      let numbers = result.output.split(separator: "\n").compactMap { Int($0) }
      #expect(numbers.first == 1)
      #expect(numbers.last == 1, "the shell is the first process")
      #expect(numbers.count <= 5 && numbers.allSatisfy { $0 < 10 })
    }
  }

  @Test("there is no network: only a loopback interface, no way out, and no service of the machine")
  func network() async throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(listener >= 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    try withUnsafeMutablePointer(to: &address) { pointer in
      try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        try #require(bind(listener, generic, length) == 0 && listen(listener, 1) == 0)
        try #require(getsockname(listener, generic, &length) == 0)
      }
    }
    let port = UInt16(bigEndian: address.sin_port)
    try await SandboxFixture.run { fixture in
      let result = try await fixture.run(
        """
        tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '; tail -n +2 /proc/net/route
        for to in 127.0.0.1:\(port) 1.1.1.1:53 169.254.169.254:80; do
          perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(PeerAddr => shift, Timeout => 5) ? "reached" : $!, "\\n"' $to
        done
        """)
      #expect(result.output == "lo\nConnection refused\nNetwork is unreachable\nNetwork is unreachable\n")
    }
  }

  @Test("files that a command makes belong to its user on the machine, and to nobody else")
  func ownership() async throws {
    try await SandboxFixture.run { fixture in
      _ = try await fixture.run("touch made; cp /bin/true program; chmod 4755 program")
      var status = stat()
      try #require(stat("\(fixture.workspace)/made", &status) == 0)
      #expect(status.st_uid == fixture.configuration.owner.userID)
      #expect(status.st_gid == fixture.configuration.owner.groupID)
    }
  }

  @Test("a workspace that is a link is refused")
  func linkedWorkspace() async throws {
    try await SandboxFixture.run { fixture in
      try #require(symlink("/etc", fixture.workspace) == 0)
      await #expect(throws: SandboxError.self) { try await fixture.run("true") }
      var status = stat()
      try #require(stat("/etc", &status) == 0)
      #expect(status.st_uid == 0)
    }
  }
}
