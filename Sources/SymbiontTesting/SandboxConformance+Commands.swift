import SymbiontCore
import SymbiontSandbox

extension SandboxConformance {
  /// The most that a check collects of a stream.
  private static let outputLimit = 4 * 1_024 * 1_024

  /// Runs a command to its end.
  func run(
    _ arguments: [String], environment: [String: String] = [:], input: [UInt8] = [], timeout: Duration = timeout
  ) async throws(SandboxError) -> CommandResult {
    try await connection.run(
      ExecutionRequest(arguments: arguments, environment: environment, timeout: timeout), input: input,
      outputLimit: Self.outputLimit)
  }

  /// Runs a shell script to its end.
  func shell(_ script: String, timeout: Duration = timeout) async throws(SandboxError) -> CommandResult {
    try await run(["sh", "-c", script], timeout: timeout)
  }

  /// What a shell script prints, without the final line break; throws when it fails.
  func text(_ script: String) async throws -> String {
    let result = try await shell(script)
    let output = String(decoding: result.standardOutput, as: UTF8.self)
    let error = String(decoding: result.standardError, as: UTF8.self)
    try Self.require(result.isSuccess, "`\(script)` ended with \(result.exitCode): \(output)\(error)")
    return output.last == "\n" ? String(output.dropLast()) : output
  }

  /// Starts a shell script and reads the first line that it prints.
  func start(
    _ script: String, timeout: Duration? = timeout, keepsBackground: Bool = false
  ) async throws -> (process: GuestProcess, line: String) {
    let process = try await connection.execute(
      ExecutionRequest(arguments: ["sh", "-c", script], timeout: timeout, keepsBackground: keepsBackground))
    var line: [UInt8] = []
    for try await piece in process.output {
      line += piece.bytes
      if line.contains(UInt8(ascii: "\n")) { break }
    }
    return (process, String(decoding: line.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
  }

  /// How many processes a command sees.
  func countProcesses() async throws -> Int { Int(try await text("set -- /proc/[0-9]*; echo $#")) ?? .max }

  /// Throws if a process of the sandbox still runs; one that has ended and waits for its parent does not.
  func requireGone(_ processID: String) async throws {
    try Self.require(processID.allSatisfy(\.isNumber) && !processID.isEmpty, "`\(processID)` is no process id")
    let state = try await text("grep '^State:' /proc/\(processID)/status 2>/dev/null || echo gone")
    try Self.require(state == "gone" || state.contains("Z"), "process \(processID) still runs: \(state)")
  }
}
