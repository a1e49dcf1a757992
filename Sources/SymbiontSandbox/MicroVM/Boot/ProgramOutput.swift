import Glibc
import Subprocess
import SymbiontCore
import SystemPackage

/// Runs a short program of the machine for what it prints, such as its version.
enum ProgramOutput {
  private static let maximumBytes = 262_144
  private static let timeout = Duration.seconds(20)

  /// The standard output of a program that ended well.
  static func read(_ path: String, _ arguments: [String]) async throws(SandboxError) -> String {
    let step = Task { () -> Result<String?, any Error> in
      do {
        return .success(try await race(path, arguments))
      } catch {
        return .failure(error)
      }
    }
    switch await step.value {
    case .success(.some(let text)): return text
    case .success(.none): throw .timedOut(operation: path, after: timeout)
    case .failure(let error): throw .engineFailed(engine: path, reason: "it could not be run: \(error)")
    }
  }

  private static func race(_ path: String, _ arguments: [String]) async throws -> String? {
    try await withThrowingTaskGroup(of: String?.self) { group in
      group.addTask {
        let result = try await Subprocess.run(
          .path(FilePath(path)), arguments: Arguments(arguments), environment: .custom(["PATH": "/usr/bin:/bin"]),
          workingDirectory: "/", input: .none, output: .string(limit: maximumBytes), error: .discarded)
        guard result.terminationStatus.isSuccess else { return nil }
        return result.standardOutput
      }
      group.addTask {
        try await Task.sleep(for: timeout)
        return nil
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
  }
}
