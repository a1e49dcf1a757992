import Foundation
import SymbiontCore

extension SandboxAttack {
  /// Every attack that needs nothing around the sandbox.
  public static let all: [SandboxAttack] = exhaustion + escapes + files

  private static let short: Duration = .seconds(60)
  private static let bytesPerMegabyte = 1_048_576

  /// Attacks that use more than their share.
  private static let exhaustion: [SandboxAttack] = [
    SandboxAttack("a fork bomb is held at the limit, and the sandbox still answers") { sandbox in
      let result = try await sandbox.attack("processes", "10000")
      try require(result.text.hasPrefix("refused processes "), result)
      let made = Int(result.text.split(separator: " ")[2]) ?? .max
      try require(made <= sandbox.limits.processes, result)
      _ = try? await sandbox.run(["sh", "-c", "b() { b | b & }; b; sleep 1"], input: [], timeout: .seconds(10))
      try await sandbox.requireAnswer()
    },
    SandboxAttack("a memory bomb is killed, and the sandbox still answers") { sandbox in
      let result = try await sandbox.attack("memory", "4096")
      try require(result.signal == SIGKILL || result.text.hasPrefix("refused memory"), result)
      try await sandbox.requireAnswer()
    },
    SandboxAttack("a memory file system does not grow past the limit") { sandbox in
      let result = try await sandbox.script(
        "for d in /tmp /dev/shm; do dd if=/dev/zero of=$d/fill bs=1M count=4096; done")
      try require(!result.isSuccess, result)
      _ = try await sandbox.script("rm -f /tmp/fill /dev/shm/fill")
      try await sandbox.requireAnswer()
    },
    SandboxAttack("a disk filler is stopped at the size of the workspace") { sandbox in
      let megabytes = sandbox.limits.workspaceMegabytes
      let result = try await sandbox.script("dd if=/dev/zero of=/workspace/fill bs=1M count=\(megabytes * 4)")
      try require(!result.isSuccess, result)
      let size = try await sandbox.script("wc -c < /workspace/fill; rm -f /workspace/fill")
      let bytes = Int(size.text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? .max
      try require(bytes <= megabytes * bytesPerMegabyte, size)
      try await sandbox.requireAnswer()
    },
    SandboxAttack("a flood of output ends at the limit, and the sandbox still answers") { sandbox in
      do {
        let result = try await sandbox.run(["sh", "-c", "while :; do echo flood; done"], input: [], timeout: short)
        throw SandboxAttackSucceeded("an endless output ended with \(result.exitCode)")
      } catch SandboxError.outputTooLarge {
        try await sandbox.requireAnswer()
      }
    },
    SandboxAttack("a spin gets no more processor time than its share") { sandbox in
      let (start, before) = (ContinuousClock.now, try sandbox.processorTime())
      let result = try await sandbox.attack("processor", "4")
      let share = (try sandbox.processorTime() - before) / (ContinuousClock.now - start)
      print("\(sandbox.limits.cpuCores) cores were allowed, \(share) were used")
      // The kernel gives out time in periods, of which a measurement may cover one more than it should.
      let tolerance = 1.25
      guard result.isSuccess, share <= sandbox.limits.cpuCores * tolerance else {
        throw SandboxAttackSucceeded("it used \(share) cores of \(sandbox.limits.cpuCores)")
      }
    },
  ]

  /// Attacks that reach for what is outside.
  private static let escapes: [SandboxAttack] = [
    SandboxAttack("ptrace, mount, unshare, bpf, keyctl and their like are refused") { sandbox in
      let result = try await sandbox.attack("calls")
      try require(result.isSuccess && result.text.contains("refused mount "), result)
      try require(!result.text.contains("ALLOWED"), result)
    },
    SandboxAttack("the first process cannot be killed") { sandbox in
      _ = try? await sandbox.script("kill -9 1; kill -9 -1")
      try await sandbox.requireAnswer()
    },
    SandboxAttack("what ignores SIGTERM ends at its timeout") { sandbox in
      let result = try await sandbox.run(
        ["sh", "-c", "trap '' TERM INT HUP; while :; do sleep 1; done"], input: [], timeout: .seconds(2))
      try require(result.timedOut, result)
    },
    SandboxAttack("a daemon that detached itself twice ends with its command") { sandbox in
      _ = try await sandbox.attack("daemon", "/workspace/alive")
      let sizes = try await sandbox.script(
        "wc -c < /workspace/alive; sleep 1; wc -c < /workspace/alive; rm -f /workspace/alive")
      let lines = sizes.text.split(separator: "\n")
      try require(lines.isEmpty || lines.first == lines.last, sizes)
    },
    SandboxAttack("nothing of the machine's secrets is seen") { sandbox in
      let environment = try await sandbox.script("env; cat /proc/1/environ 2>/dev/null; cat /proc/1/cmdline")
      try require(!environment.text.contains(SandboxAttack.secret), environment)
      for path in ["/etc/shadow", "/root/.ssh/id_ed25519", "/run/symbiont", "/var/lib/symbiont"] {
        let result = try await sandbox.attack("read", path)
        try require(result.text.hasPrefix("refused"), result)
      }
    },
    SandboxAttack("without a network there is only a loopback device of its own") { sandbox in
      let result = try await sandbox.script("cat /proc/net/dev /proc/net/route")
      let devices = result.text.split(separator: "\n").filter { $0.contains(":") }
      try require(devices.allSatisfy { $0.contains("lo:") }, result)
      for address in ["127.0.0.1", "169.254.169.254", "10.0.0.1"] {
        let connection = try await sandbox.attack("connect", address, "80")
        try require(connection.text.hasPrefix("refused"), connection)
      }
    },
  ]

  /// A text that the tests put into the environment of the runtime, to look for it inside.
  public static let secret = "symbiont-secret-of-the-runtime"

  static func require(_ holds: Bool, _ result: CommandResult) throws {
    guard holds else {
      throw SandboxAttackSucceeded(
        "exit code \(result.exitCode), output `\(result.text)`, errors `\(String(decoding: result.standardError, as: UTF8.self))`"
      )
    }
  }
}

extension SandboxUnderAttack {
  func attack(_ arguments: String...) async throws -> CommandResult {
    try await run([attackerPath] + arguments, input: [], timeout: .seconds(60))
  }

  func script(_ text: String) async throws -> CommandResult {
    try await run(["sh", "-c", text], input: [], timeout: .seconds(60))
  }

  /// That a new command runs as if nothing had happened.
  func requireAnswer() async throws {
    let result = try await run(["cat"], input: Array("still here".utf8), timeout: .seconds(60))
    try SandboxAttack.require(result.isSuccess && result.text == "still here", result)
  }
}

extension CommandResult {
  var text: String { String(decoding: standardOutput, as: UTF8.self) }
}
