import Dispatch
import Foundation
import Glibc
import Testing

/// Runs the real `symbi`, as it was built with the tests.
enum Symbi {
  /// What became of a run.
  struct Finished: Sendable {
    let status: Int32
    let output: String
    let errors: String
  }

  /// Where the package's products are: beside the program that runs the tests.
  static let productsDirectory: String = {
    let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    // Swift's own test runner lies elsewhere; then the bundle it was given tells.
    let candidates = [path] + ProcessInfo.processInfo.arguments.map { URL(fileURLWithPath: $0).path }
    let directories = candidates.map { ($0 as NSString).deletingLastPathComponent }
    return directories.first { access("\($0)/symbi", X_OK) == 0 } ?? "\(Repository.root)/.build/debug"
  }()

  static var executable: String { "\(productsDirectory)/symbi" }

  /// Runs a command to its end.
  static func run(
    _ arguments: String..., input: String = "", environment: [String: String] = [:], in directory: TestDirectory,
    output: String? = nil, wrapper: [String] = []
  ) async throws -> Finished {
    let process = try RunningSymbi(
      wrapper + [executable] + arguments, input: input, environment: environment, in: directory, output: output)
    return try await process.finished()
  }
}

/// A process that a test started.
///
/// Its streams are files, so that it never waits for the test.
struct RunningSymbi: Sendable {
  let identifier: pid_t
  private let outputPath: String
  private let errorsPath: String

  init(
    _ arguments: [String], input: String = "", environment: [String: String] = [:], in directory: TestDirectory,
    output: String? = nil
  ) throws {
    try self.init(arguments, input: input, environment: environment, in: directory.path, output: output)
  }

  init(
    _ arguments: [String], input: String = "", environment: [String: String] = [:], in directory: String,
    output: String? = nil
  ) throws {
    let stem = "\(directory)/.run-\(UUID().uuidString)"
    (outputPath, errorsPath) = (output ?? "\(stem)-output", "\(stem)-errors")
    try Data(input.utf8).write(to: URL(fileURLWithPath: "\(stem)-input"))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "\(stem)-input", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errorsPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    let merged = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
    // `env` changes the directory and becomes the program: the process stays the same.
    let command = ["env", "--chdir", directory] + arguments
    identifier = try Self.spawn(command, merged.map { "\($0.key)=\($0.value)" }, &actions)
  }

  private static func spawn(
    _ arguments: [String], _ environment: [String], _ actions: inout posix_spawn_file_actions_t
  ) throws -> pid_t {
    var argumentPointers = arguments.map { strdup($0) } + [nil]
    var environmentPointers = environment.map { strdup($0) } + [nil]
    defer { (argumentPointers + environmentPointers).forEach { free($0) } }
    var identifier: pid_t = 0
    let result = posix_spawnp(&identifier, arguments[0], &actions, nil, &argumentPointers, &environmentPointers)
    try #require(result == 0, "`\(arguments[0])` could not be started: \(String(cString: strerror(result)))")
    return identifier
  }

  /// Waits for the end on a thread of its own.
  func finished() async throws -> Symbi.Finished {
    let identifier = identifier
    let raw: Int32 = await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0, errno == EINTR { continue }
        continuation.resume(returning: status)
      }
    }
    let signal = raw & 0x7F
    return Symbi.Finished(
      status: signal == 0 ? (raw >> 8) & 0xFF : 128 + signal, output: Self.text(outputPath), errors: errors)
  }

  /// What it has written to standard error so far.
  var errors: String { Self.text(errorsPath) }

  private static func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }

  /// Waits until standard error holds a text, told by the kernel of each write.
  func waitForErrors(containing text: String) async throws { try await wait(for: text, in: errorsPath) }

  /// Waits until standard output holds a text.
  func waitForOutput(containing text: String) async throws { try await wait(for: text, in: outputPath) }

  private func wait(for text: String, in path: String) async throws {
    let found = await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: Self.watch(path, for: text)) }
    }
    try #require(found, "the output never held `\(text)`: \(errors)")
  }

  /// The patience of a test, in milliseconds, on a busy machine.
  private static let patience: Int32 = 60_000

  private static func watch(_ path: String, for text: String) -> Bool {
    let watcher = inotify_init1(Int32(IN_CLOEXEC))
    defer { close(watcher) }
    inotify_add_watch(watcher, path, UInt32(IN_MODIFY))
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while !Self.text(path).contains(text) {
      var request = pollfd(fd: watcher, events: Int16(POLLIN), revents: 0)
      guard poll(&request, 1, patience) > 0 else { return false }
      _ = read(watcher, &buffer, buffer.count)
    }
    return true
  }
}
