import SymbiontCore
import SymbiontSandbox

extension SandboxConformance {
  /// How commands start and end.
  package static let endings: [Check] = [
    Check("a program that is not there is an error, and nothing ran") { subject in
      for name in ["no-such-program", "/no/such/program"] {
        try await requireError(name, where: { $0 == .commandNotFound(command: name) }) { () throws(SandboxError) in
          _ = try await subject.run([name])
        }
      }
    },
    Check("a file that is no program, and a directory that is not there, are errors") { subject in
      try await subject.connection.upload(Array("text".utf8), to: "no-program")
      try await requireError("a text", where: { $0.kind == .commandInvalid }) { () throws(SandboxError) in
        _ = try await subject.run(["\(subject.workspace)/no-program"])
      }
      try await requireError("a directory", where: { $0.kind == .commandInvalid }) { () throws(SandboxError) in
        _ = try await subject.connection.execute(
          ExecutionRequest(arguments: ["true"], workingDirectory: "/no/such/directory"))
      }
      try await subject.connection.remove("no-program")
    },
    Check("exit codes arrive as they are") { subject in
      for code: Int32 in [0, 1, 2, 42, 126, 127, 255] {
        let result = try await subject.shell("exit \(code)")
        try require(result.exitCode, is: code, "the exit code")
        try require(result.signal, is: nil, "the signal")
      }
    },
    Check("the signal that ended a command is told apart from an exit code") { subject in
      for number: Int32 in [1, 2, 6, 9, 11, 13, 15] {
        let result = try await subject.shell("kill -\(number) $$; sleep 600")
        try require(result.signal, is: number, "the signal")
        try require(result.exitCode, is: 128 + number, "the exit code")
      }
    },
    Check("arguments arrive byte for byte") { subject in
      let arguments = ["", " ", "a b", "'\"", "$HOME", "*", "new\nline", "\t", "-n", "äöü 💾", "\\"]
      let result = try await subject.run(["sh", "-c", "printf '%s|' \"$@\"", "name"] + arguments)
      let expected = arguments.map { "\($0)|" }.joined()
      try require(String(decoding: result.standardOutput, as: UTF8.self), is: expected, "the output")
    },
    Check("the environment is what was given, and nothing of the runtime's own") { subject in
      let given = ["PLAIN": "value", "EMPTY": "", "SPACED": " a  b ", "LINES": "one\ntwo", "EQUAL": "a=b"]
      let script = "printf '%s|' \"$PLAIN\" \"$EMPTY\" \"$SPACED\" \"$LINES\" \"$EQUAL\""
      let result = try await subject.run(["sh", "-c", script], environment: given)
      try require(
        String(decoding: result.standardOutput, as: UTF8.self), is: "value|| a  b |one\ntwo|a=b|", "the output")
      let names = try await subject.text("env | grep -c -i -E '^(symbiont|sudo|ssh)' || true")
      try require(names, is: "0", "the number of variables of the runtime")
    },
    Check("a command has its three streams open, and nothing of those who started it") { subject in
      // The fourth is the directory itself, while it is read.
      let numbers = try await subject.text("cd /proc/self/fd && echo *")
      try require(numbers, is: "0 1 2 3", "the open descriptors")
    },
    Check("a command starts in the workspace") { subject in
      let directory = try await subject.text("pwd -P")
      try require(directory == subject.workspace || directory.hasSuffix(subject.workspace), "it starts in \(directory)")
    },
    Check("a timeout kills a command that ignores every signal it can") { subject in
      let result = try await subject.shell(
        "trap '' HUP INT TERM USR1 USR2; while :; do sleep 1; done", timeout: .milliseconds(500))
      try require(result.timedOut, "it did not time out")
      try require(result.signal, is: 9, "the signal")
    },
    Check("a signal reaches the command") { subject in
      let (process, line) = try await subject.start(
        "trap 'echo caught; exit 7' USR1; echo ready; while :; do sleep 0.1; done")
      try require(line, is: "ready", "the first line")
      try await process.signal(10)
      try require(try await process.ending().exitCode, is: 7, "the exit code")
    },
    Check("a caller that is cancelled kills its command") { subject in
      let (process, processID) = try await subject.start("echo $$; while :; do sleep 0.1; done")
      let waiting = Task { try await process.ending() }
      waiting.cancel()
      let outcome = await waiting.result
      switch outcome {
      case .success(let ending): throw Failure(description: "it ended with \(ending.exitCode)")
      case .failure(let error): try require((error as? SandboxError)?.kind == .cancelled, "it failed with \(error)")
      }
      await process.kill()
      try await subject.requireGone(processID)
    },
    Check("32 commands at once do not mix") { subject in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<32 {
          group.addTask {
            let result = try await subject.shell("echo \(index); exit \(index)")
            try require(result.exitCode, is: Int32(index), "the exit code")
            try require(result.standardOutput, is: Array("\(index)\n".utf8), "the output")
          }
        }
        try await group.waitForAll()
      }
    },
  ]
}
