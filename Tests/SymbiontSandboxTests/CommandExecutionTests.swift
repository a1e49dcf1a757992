import Foundation
import Glibc
import SymbiontCore
import SymbiontSystem
import SymbiontTesting
import Testing

@testable import SymbiontSandbox

@Suite("A command in a container", .needsRunc)
struct CommandExecutionTests {
  @Test("a command that needs a stronger tier is refused")
  func strongerTier() async throws {
    try await SandboxFixture.run { fixture in
      var command = fixture.script("echo > ran")
      command.tier = .tier2
      await #expect {
        try await fixture.driver.run(command)
      } throws: { error in
        (error as? SandboxError)?.kind == .tierUnavailable
      }
      #expect(access("\(fixture.workspace)/ran", F_OK) != 0)
    }
  }

  @Test("a missing program is an error that names it, whether it was looked for in PATH or given by its path")
  func missingProgram() async throws {
    try await SandboxFixture.run { fixture in
      for program in ["no-such-program", "/usr/bin/no-such-program", "./no-such-program", "/no/such/directory/program"]
      {
        await #expect(throws: SandboxError.commandNotFound(command: program)) {
          try await fixture.driver.run(SandboxCommand(arguments: [program], workspace: fixture.workspace))
        }
      }
    }
  }

  @Test("a file that is no program is refused as such")
  func notAProgram() async throws {
    try await SandboxFixture.run { fixture in
      await #expect(throws: SandboxError.commandInvalid(reason: "`/etc/passwd` is not an executable file")) {
        try await fixture.driver.run(SandboxCommand(arguments: ["/etc/passwd"], workspace: fixture.workspace))
      }
    }
  }

  @Test(
    "a program that the kernel cannot execute is a result with its reason",
    arguments: ["#!/no/such/interpreter\n", "\u{1}"])
  func unexecutable(content: String) async throws {
    try await SandboxFixture.run { fixture in
      try await fixture.driver.prepareWorkspace(fixture.workspace)
      try await WorkspaceFiles(directory: fixture.workspace).write("program", Array(content.utf8))
      try #require(chmod("\(fixture.workspace)/program", 0o755) == 0)
      let result = try await fixture.driver.run(SandboxCommand(arguments: ["./program"], workspace: fixture.workspace))
      #expect(result.exitCode != 0)
      #expect(result.errors.hasPrefix("exec ./program: "))
    }
  }

  @Test("a program's own exit code 127, and words like the engine's, are a result")
  func ownCode127() async throws {
    try await SandboxFixture.run { fixture in
      let result = try await fixture.run("echo 'exec: \"sh\": executable file not found in $PATH' >&2; exit 127")
      #expect(result.exitCode == 127)
      #expect(result.errors.contains("executable file not found"))
    }
  }

  @Test("exit codes come back unchanged")
  func exitCodes() async throws {
    var random = SeededRandom.forTest()
    let codes = [0, 1, 255] + (0..<3).map { _ in Int32.random(in: 2...254, using: &random) }
    try await SandboxFixture.run { fixture in
      for code in codes {
        let result = try await fixture.run("exit \(code)")
        #expect(result.exitCode == code, "\(random)")
        #expect(result.signal == nil)
        #expect(result.isSuccess == (code == 0))
      }
    }
  }

  @Test("a signal that ends the command is reported with its number")
  func signal() async throws {
    try await SandboxFixture.run { fixture in
      let result = try await fixture.driver.run(
        SandboxCommand(arguments: ["perl", "-e", "unpack 'p', pack 'L!', 1"], workspace: fixture.workspace))
      #expect(result.signal == SIGSEGV)
      #expect(result.exitCode == 128 + SIGSEGV)
      #expect(!result.timedOut)
    }
  }

  @Test("arguments reach the program as they are, untouched by any shell")
  func argumentsVerbatim() async throws {
    let arguments = ["$HOME", "`id`", "a b", "", "*", "\"quoted\"", "line\nbreak", "-n", "ünïcödé", "--"]
    try await SandboxFixture.run { fixture in
      let result = try await fixture.driver.run(
        SandboxCommand(arguments: ["printf", "%s\\0"] + arguments, workspace: fixture.workspace))
      #expect(result.output == arguments.map { "\($0)\0" }.joined())
    }
  }

  @Test("every byte of the standard input comes back on both streams")
  func binaryStreams() async throws {
    var random = SeededRandom.forTest()
    let bytes = (0..<700_001).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    try await SandboxFixture.run { fixture in
      var command = fixture.script("tee /dev/stderr")
      command.standardInput = bytes
      let result = try await fixture.driver.run(command)
      #expect(result.standardOutput == bytes, "\(random)")
      #expect(result.standardError == bytes, "\(random)")
    }
  }

  @Test("a command that ignores its standard input, and one that has none, end normally")
  func unreadInput() async throws {
    try await SandboxFixture.run { fixture in
      var command = fixture.script("exec true")
      command.standardInput = [UInt8](repeating: 7, count: 5_000_000)
      let ignoring = try await fixture.driver.run(command)
      #expect(ignoring.isSuccess)
      let reading = try await fixture.run("wc -c")
      #expect(reading.output == "0\n")
    }
  }

  @Test("a command cannot change its standard input")
  func sealedInput() async throws {
    try await SandboxFixture.run { fixture in
      var command = fixture.script("echo changed > /dev/stdin; cat /proc/self/fd/0")
      command.standardInput = Array("kept".utf8)
      let result = try await fixture.driver.run(command)
      #expect(result.output == "kept")
      #expect(result.errors != "")
    }
  }

  @Test(
    "output up to the limit is kept; one byte more kills the command and is an error", arguments: ["stdout", "stderr"])
  func outputLimit(stream: String) async throws {
    let limit = 100_000
    try await SandboxFixture.run { fixture in
      var command = fixture.script("head -c \(limit) /dev/zero > /dev/\(stream)")
      command.outputLimitBytes = limit
      let result = try await fixture.driver.run(command)
      #expect((stream == "stdout" ? result.standardOutput : result.standardError).count == limit)
      command.arguments[2] = "head -c \(limit + 1) /dev/zero > /dev/\(stream)"
      await #expect(throws: SandboxError.outputTooLarge(stream: stream, maximumBytes: limit)) {
        try await fixture.driver.run(command)
      }
    }
  }

  @Test("a command that prints without end is stopped at the limit")
  func endlessOutput() async throws {
    try await SandboxFixture.run { fixture in
      var command = fixture.script("cat /dev/zero")
      command.outputLimitBytes = 20_000_000
      await #expect(throws: SandboxError.outputTooLarge(stream: "stdout", maximumBytes: 20_000_000)) {
        try await fixture.driver.run(command)
      }
    }
  }

  @Test("the environment is a small default, what was given, and nothing of the runtime's")
  func environment() async throws {
    setenv("SYMBIONT_TEST_SECRET", "of the runtime", 1)
    try await SandboxFixture.run { fixture in
      var command = SandboxCommand(arguments: ["env", "-0"], workspace: fixture.workspace)
      command.environment = ["TOKEN": "two\nlines = $HOME", "LANG": "de"]
      let lines = try await fixture.driver.run(command).output.split(separator: "\0").map(String.init)
      #expect(
        Set(lines) == [
          "HOME=/workspace", "LANG=de", "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "TMPDIR=/tmp",
          "TOKEN=two\nlines = $HOME",
        ])
    }
  }

  @Test("no argument and no variable of a command is on the engine's command line, and its files are private")
  func secretsStayPrivate() async throws {
    let record = "/tmp/symbiont-record-\(UInt64.random(in: .min ... .max))"
    let engine = try SandboxFixture.program(
      """
      for word; do echo "$word" >> \(record); done
      stat -c '%a %n' "$(dirname "$4")" "$(dirname "$4")"/config.json >> \(record) 2>/dev/null
      exec \(RequiredEngine.path ?? "runc") "$@"
      """)
    defer {
      unlink(record)
      unlink(engine)
    }
    try await SandboxFixture.run(adapt: { $0.enginePath = engine }) { fixture in
      var command = fixture.script("echo tell-nobody-1")
      command.environment = ["TOKEN": "tell-nobody-2"]
      #expect(try await fixture.driver.run(command).isSuccess)
      let text = try String(contentsOfFile: record, encoding: .utf8)
      #expect(text.contains("create\n"))
      #expect(!text.contains("tell-nobody"))
      #expect(text.contains("700 /") && text.contains("600 /"))
    }
  }

  @Test("files in the workspace stay from one command to the next")
  func persistence() async throws {
    try await SandboxFixture.run { fixture in
      _ = try await fixture.run("mkdir -p notes && echo first > notes/a && echo lost > /tmp/b")
      let result = try await fixture.run("pwd; cat notes/a; ls /tmp")
      #expect(result.output == "/workspace\nfirst\n")
    }
  }

  @Test("what a command left running in the background ends with it")
  func backgroundEnds() async throws {
    try await SandboxFixture.run { fixture in
      let result = try await fixture.run("(setsid sleep 1000 &) ; sleep 1000 & echo done")
      #expect(result.output == "done\n")
      #expect(result.isSuccess)
      #expect(result.elapsed < .seconds(30))
    }
  }

  @Test("sixteen commands run side by side, each with its own output")
  func concurrency() async throws {
    try await SandboxFixture.run { fixture in
      try await withThrowingTaskGroup(of: (Int, String).self) { group in
        for index in 0..<16 {
          group.addTask {
            let result = try await fixture.run("echo \(index); echo > file-\(index)")
            return (index, result.isSuccess ? result.output : "\(result)")
          }
        }
        for try await (index, output) in group {
          #expect(output == "\(index)\n")
        }
      }
      #expect(try await WorkspaceFiles(directory: fixture.workspace).list().count == 16)
    }
  }
}
