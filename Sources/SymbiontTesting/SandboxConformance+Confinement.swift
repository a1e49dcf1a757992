import SymbiontCore
import SymbiontSandbox

extension SandboxConformance {
  /// What a command of a confined sandbox cannot do.
  package static let confinement: [Check] = [
    Check("a command is nobody special") { subject in
      try require(try await subject.text("id -u") != "0", "it runs as root")
      let status = try await subject.text("cat /proc/self/status")
      for line in status.split(separator: "\n") where line.hasPrefix("Cap") && !line.hasPrefix("CapBnd") {
        let set = line.split(separator: ":").last.map { $0.filter(\.isHexDigit) } ?? ""
        try require(set.allSatisfy { $0 == "0" }, "it has capabilities: \(line)")
      }
    },
    Check("a command cannot end the sandbox's first process") { subject in
      _ = try await subject.shell("kill -9 1; kill -TERM 1; kill -STOP 1; kill -9 -1")
      try require(try await subject.text("echo alive"), is: "alive", "the answer")
    },
    Check("the root is read-only, and so are the kernel's settings") { subject in
      let places = ["/", "/usr/", "/etc/", "/bin/", "/proc/sys/kernel/", "/sys/"]
      for place in places {
        let result = try await subject.shell("echo x > \(place)symbiont-probe")
        try require(result.exitCode != 0, "`\(place)` can be written to")
      }
      let setting = try await subject.shell("echo probe > /proc/sys/kernel/hostname")
      try require(setting.exitCode != 0, "the hostname can be changed")
    },
    Check("the workspace and the temporary directory can be written to") { subject in
      _ = try await subject.text("echo x > probe && rm probe && echo x > /tmp/probe && rm /tmp/probe")
    },
    Check("a command cannot mount or see other processes") { subject in
      let mounted = try await subject.shell("mount -t tmpfs none /tmp")
      try require(mounted.exitCode != 0, "it could mount")
      let count = try await subject.countProcesses()
      try require(count < 100, "it sees \(count) processes")
    },
  ]

  /// What is not asked of gVisor: its kernel goes as a whole when memory is out, and counts what it killed for a while; the
  /// attacks show that both stay inside.
  package static let outliving: [Check] = [
    Check("a fork bomb is bounded, and dies as a whole") { subject in
      // A virtual machine has processes of its kernel besides.
      let before = try await subject.countProcesses()
      let result = try await subject.shell("f() { f | f & }; f; sleep 600", timeout: .seconds(5))
      try require(result.timedOut || result.exitCode != 0, "it ended by itself")
      // A kernel takes its time to let go of what was killed.
      let most = before + 20
      let left =
        Int(
          try await subject.text(
            "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do set -- /proc/[0-9]*; test $# -lt \(most) && break; sleep 0.5; done; echo $#"
          )) ?? .max
      try require(left < most, "\(left) processes are left")
    },
    Check("a memory bomb is killed, and the sandbox lives on") { subject in
      let result = try await subject.run(["tail", "/dev/zero"])
      try require(result.exitCode != 0, "it ended well")
      try require(try await subject.text("echo alive"), is: "alive", "the answer")
    },
  ]

  /// What only a sandbox without a network has to do.
  package static let withoutNetwork: [Check] = [
    Check("there is no way out") { subject in
      let devices = try await subject.text("cat /proc/net/dev")
      for line in devices.split(separator: "\n").dropFirst(2) {
        let name = line.split(separator: ":").first.map { $0.filter { !$0.isWhitespace } } ?? ""
        let isHarmless = ["lo", "tunl0", "sit0", "ip6tnl0", "gre0", "gretap0", "erspan0"].contains(name)
        try require(isHarmless, "there is a device `\(name)`")
      }
    }
  ]
}
