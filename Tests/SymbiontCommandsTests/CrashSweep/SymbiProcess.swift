import Foundation

/// One run of the `symbi` that was built with the tests.
///
/// Foundation's `Process` is not used for them: it reads beyond the list of open descriptors when the list just fills its
/// buffer, which ended whole test runs.
struct SymbiProcess {
  /// How it ended.
  struct Result: Sendable {
    var exitCode: Int32
    /// The signal that ended it, if any.
    var signal: Int32?
    var output: String
    var errors: String
  }

  /// Runs it and waits for its end without holding a thread of the pool.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], in directory: URL
  ) async throws -> Result {
    let process = try RunningSymbi([Symbi.executable] + arguments, environment: environment, in: directory.path)
    let finished = try await process.finished()
    let signal = finished.status > 128 ? finished.status - 128 : nil
    return Result(exitCode: finished.status, signal: signal, output: finished.output, errors: finished.errors)
  }
}
