import SymbiontCore
import SymbiontSandbox

extension SandboxConformance {
  /// What a hundred megabytes are.
  private static let largeOutput = 100 * 1_024 * 1_024

  /// Input, output and terminals.
  package static let streams: [Check] = [
    Check("the two outputs arrive apart") { subject in
      let result = try await subject.shell("echo one; echo two >&2; echo three; echo four >&2")
      try require(result.standardOutput, is: Array("one\nthree\n".utf8), "the output")
      try require(result.standardError, is: Array("two\nfour\n".utf8), "the errors")
    },
    Check("input comes back byte for byte, whatever its bytes are") { subject in
      var random = SeededRandom.forTest()
      let bytes = randomBytes(1_000_003, using: &random)
      let result = try await subject.run(["cat"], input: bytes)
      try require(result.standardOutput == bytes, "\(result.standardOutput.count) other bytes came back (\(random))")
    },
    Check("a command without input reads its end at once") { subject in
      let result = try await subject.run(["cat"])
      try require(result.exitCode, is: 0, "the exit code")
      try require(result.standardOutput, is: [], "the output")
    },
    Check("input that nobody reads holds nothing up") { subject in
      let result = try await subject.run(["true"], input: [UInt8](repeating: 1, count: 1_000_000))
      try require(result.exitCode, is: 0, "the exit code")
    },
    Check("100 MB of output arrive completely, without being kept") { subject in
      let process = try await subject.connection.execute(
        ExecutionRequest(arguments: ["head", "-c", "\(largeOutput)", "/dev/zero"], timeout: timeout))
      var received = 0
      for try await piece in process.output {
        received += piece.bytes.count
        try require(piece.bytes.count <= 65_536, "a piece has \(piece.bytes.count) bytes")
      }
      try require(received, is: largeOutput, "the number of bytes")
      try require(try await process.ending().exitCode, is: 0, "the exit code")
    },
    Check("a reader that does not read stops its command and nobody else") { subject in
      let process = try await subject.connection.execute(ExecutionRequest(arguments: ["yes"], timeout: timeout))
      for _ in 0..<5 { try require(try await subject.text("echo other"), is: "other", "the other command's output") }
      await process.kill()
      try require(try await process.ending().wasKilled, "it was not killed")
    },
    Check("more output than is kept kills the command") { subject in
      try await requireError("yes", where: { $0.kind == .outputTooLarge }) { () throws(SandboxError) in
        _ = try await subject.connection.run(
          ExecutionRequest(arguments: ["yes"], timeout: timeout), outputLimit: 10_000)
      }
    },
    Check("a terminal is one, with the size that was asked for") { subject in
      let process = try await subject.connection.execute(
        ExecutionRequest(
          arguments: ["sh", "-c", "test -t 0 && test -t 1 && test -t 2 && stty size; exit 3"],
          terminal: TerminalSize(rows: 31, columns: 97), timeout: timeout))
      let output = try await subject.everything(of: process)
      try require(output, is: "31 97\r\n", "the output")
      try require(try await process.ending().exitCode, is: 3, "the exit code")
    },
    Check("a terminal interrupts its program, and follows a new size") { subject in
      let process = try await subject.connection.execute(
        ExecutionRequest(
          arguments: ["sh", "-c", "trap 'stty size; exit 5' INT; echo ready; while :; do sleep 0.1; done"],
          terminal: TerminalSize(), timeout: timeout))
      var output = process.output.makeAsyncIterator()
      var text = ""
      while !text.contains("ready"), let piece = try await output.next() {
        text += String(decoding: piece.bytes, as: UTF8.self)
      }
      try await process.resize(TerminalSize(rows: 50, columns: 132))
      try await process.write([3])
      text += try await subject.everything(of: process)
      try require(text.contains("50 132"), "the output is \(text.debugDescription)")
      try require(try await process.ending().exitCode, is: 5, "the exit code")
    },
  ]

  /// Everything that a command still prints.
  private func everything(of process: GuestProcess) async throws -> String {
    var bytes: [UInt8] = []
    for try await piece in process.output { bytes += piece.bytes }
    return String(decoding: bytes, as: UTF8.self)
  }
}
