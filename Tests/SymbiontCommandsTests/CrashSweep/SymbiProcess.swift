import Foundation

/// One run of the `symbi` that was built with the tests.
struct SymbiProcess {
  /// How it ended.
  struct Result: Sendable {
    var exitCode: Int32
    /// The signal that ended it, if any.
    var signal: Int32?
    var output: String
    var errors: String
  }

  /// Where the binary is: beside the test bundle.
  static let binary: URL = {
    let bundle = Bundle(for: Anchor.self).bundleURL
    for directory in [
      bundle.deletingLastPathComponent(), URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent(),
    ] {
      let candidate = directory.appendingPathComponent("symbi")
      if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
    }
    return bundle.appendingPathComponent("symbi")
  }()

  private final class Anchor {}

  /// Runs it and waits for its end without holding a thread of the pool.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], in directory: URL
  ) async throws -> Result {
    let process = Process()
    process.executableURL = binary
    process.arguments = arguments
    process.currentDirectoryURL = directory
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let name = UUID().uuidString
    let (output, errors) = (
      directory.appendingPathComponent("\(name).out"), directory.appendingPathComponent("\(name).err")
    )
    for file in [output, errors] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = FileHandle.nullDevice
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in continuation.resume() }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    let wasKilled = process.terminationReason == .uncaughtSignal
    return Result(
      exitCode: process.terminationStatus, signal: wasKilled ? process.terminationStatus : nil,
      output: try String(contentsOf: output, encoding: .utf8), errors: try String(contentsOf: errors, encoding: .utf8))
  }
}
