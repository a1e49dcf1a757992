import Glibc
import Subprocess
import SymbiontCore
import SymbiontSystem
import SystemPackage

/// The runc program: one method for each of its verbs that the driver uses.
///
/// A step of the engine is never interrupted half-way when the caller is cancelled, because that would leave half a
/// container; it has a timeout instead.
struct RuncEngine: Sendable {
  /// The name used in errors.
  static let name = "runc"

  /// Where the program is.
  let path: String
  private let stateDirectory: String
  private let timeout: Duration

  private static let searchPath = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
  private static let messageBytes = 65_536
  /// Nothing of the runtime's environment reaches the engine.
  private static let environment: [Environment.Key: String] = ["PATH": searchPath.joined(separator: ":")]

  /// Finds the program.
  init(_ configuration: RuncConfiguration) throws(SandboxError) {
    let candidates = configuration.enginePath.map { [$0] } ?? Self.searchPath.map { "\($0)/\(Self.name)" }
    guard let path = candidates.first(where: { access($0, X_OK) == 0 }) else {
      throw .engineMissing(
        engine: Self.name,
        hint: "looked for \(candidates.map { "`\($0)`" }.joined(separator: ", ")): install it with `scripts/setup`")
    }
    self.path = path
    stateDirectory = configuration.engineStateDirectory
    timeout = configuration.engineTimeout
  }

  /// The first line of what the program says about its version, such as `runc version 1.1.5`.
  func version() async throws(SandboxError) -> String {
    let outcome = try await invoke(["--version"])
    guard outcome.isSuccess, let line = outcome.output.split(separator: "\n").first else {
      throw .engineFailed(engine: Self.name, reason: "`\(path) --version` failed: \(outcome.error)")
    }
    return String(line)
  }

  /// Makes a container whose first process waits for ``release(_:)`` before it becomes the command.
  ///
  /// False when it was not made; the log in the bundle says why, and nothing ran.
  func create(_ name: ContainerName, bundle: ContainerBundle, streams: CommandStreams) async throws(SandboxError)
    -> Bool
  {
    let arguments = [
      "--root", stateDirectory, "--log", bundle.logPath, "--log-format", "json", "create", "--bundle",
      bundle.path, "--pid-file", bundle.processIDPath, name.description,
    ]
    return try await limited("create") {
      defer { withExtendedLifetime(streams) {} }
      let result = try await Subprocess.run(
        configuration(arguments), input: .fileDescriptor(streams.input.forChild, closeAfterSpawningProcess: false),
        output: .fileDescriptor(streams.output.writingEnd.forChild, closeAfterSpawningProcess: false),
        error: .fileDescriptor(streams.error.writingEnd.forChild, closeAfterSpawningProcess: false))
      return result.terminationStatus.isSuccess
    }
  }

  /// Lets the first process of a container become the command.
  ///
  /// The process waits until somebody reads from a FIFO in the engine's state. `runc start` and `runc run` read from it and
  /// guess from the process's state whether it went well, which on a busy machine takes a short command that ran for one
  /// that did not start. Here the boundary is sharp: before this call nothing ran, after it the command may have run, and
  /// its exit status tells how. The returned descriptor is kept until the command ended.
  func release(_ name: ContainerName) throws(SystemError) -> Descriptor {
    let path = "\(stateDirectory)/\(name)/exec.fifo"
    let number = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard number >= 0 else { throw .last }
    let reader = Descriptor(owning: number)
    // The engine takes a container that has the FIFO for one that was not started.
    guard unlink(path) == 0 else { throw .last }
    return reader
  }

  /// Kills what runs in a container and removes it.
  ///
  /// That there is none is no error.
  func delete(_ name: ContainerName) async throws(SandboxError) {
    let outcome = try await invoke(["--root", stateDirectory, "delete", "--force", name.description])
    guard outcome.isSuccess else {
      throw .cleanupFailed(sandboxID: name.sandboxID, reason: "`runc delete` failed: \(outcome.error)")
    }
  }

  private struct Outcome: Sendable {
    var isSuccess: Bool
    var output: String
    var error: String
  }

  private func invoke(_ arguments: [String]) async throws(SandboxError) -> Outcome {
    try await limited(arguments.first { !$0.hasPrefix("/") && !$0.hasPrefix("--root") } ?? "") {
      let result = try await Subprocess.run(
        configuration(arguments), input: .none, output: .string(limit: Self.messageBytes),
        error: .string(limit: Self.messageBytes))
      return Outcome(
        isSuccess: result.terminationStatus.isSuccess, output: result.standardOutput, error: result.standardError)
    }
  }

  private func configuration(_ arguments: [String]) -> Configuration {
    var options = PlatformOptions()
    // A process group of its own, so that a Ctrl-C in the terminal stops the runtime only, which then ends its commands.
    options.processGroupID = 0
    return Configuration(
      executable: .path(FilePath(path)), arguments: Arguments(arguments), environment: .custom(Self.environment),
      workingDirectory: "/", platformOptions: options)
  }

  /// Runs a step in a task of its own, which the caller's cancellation does not reach, and kills it at the timeout.
  private func limited<Value: Sendable>(
    _ operation: String, _ body: @escaping @Sendable () async throws -> Value
  ) async throws(SandboxError) -> Value {
    let step = Task { [timeout] () -> Result<Value?, any Error> in
      do {
        return .success(try await Self.race(body, timeout: timeout))
      } catch {
        return .failure(error)
      }
    }
    switch await step.value {
    case .success(.some(let value)):
      return value
    case .success(.none):
      throw .timedOut(operation: "runc \(operation)", after: timeout)
    case .failure(let error):
      throw .engineFailed(engine: Self.name, reason: "`\(path) \(operation)` could not be run: \(error)")
    }
  }

  /// The value of the body; nil when the timeout comes first.
  ///
  /// Cancelling the body kills its process.
  private static func race<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value, timeout: Duration
  ) async throws -> Value? {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: timeout)
        return nil
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
  }
}
