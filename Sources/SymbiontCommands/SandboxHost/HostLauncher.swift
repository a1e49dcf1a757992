import Glibc
import SymbiontSystem

/// Starts the process that owns the sandboxes of a data directory.
enum HostLauncher {
  private static let readyBytes = 4_096
  private static let maximumBytes = 1 << 20
  /// `POSIX_SPAWN_SETSID` of `spawn.h`: out of reach of the terminal's signals.
  private static let newSession: Int16 = 0x80

  /// Starts it and waits until it can be asked.
  static func start(_ directory: RunDirectory) throws(CommandFailure) {
    let said: [UInt8]
    do throws(SystemError) { said = try readAll(try spawned(directory)) } catch {
      throw CommandFailure(.hostFailed, "the owner of the sandboxes could not be started: \(error)", status: .failure)
    }
    let text = String(decoding: said, as: UTF8.self)
    guard text.hasSuffix(ready) else {
      throw CommandFailure(
        .hostFailed,
        "the owner of the sandboxes could not be started: \(text.split(separator: "\n").joined(separator: "; "))",
        status: .failure)
    }
    StandardStream.errors.write(String(text.dropLast(ready.count)))
  }

  /// The last that the owner says before it can be asked.
  static let ready = "ready\n"

  /// What the new process says until it can be asked or ends.
  private static func spawned(_ directory: RunDirectory) throws(SystemError) -> Descriptor {
    let pipe = try Pipe()
    try spawn(["sandbox", "host", "--data", directory.path], output: pipe.writingEnd)
    return pipe.readingEnd
  }

  private static func readAll(_ descriptor: Descriptor) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < maximumBytes {
      guard try descriptor.read(upTo: readyBytes, into: { bytes += Array($0) }) > 0 else { break }
    }
    return bytes
  }

  private static func spawn(_ arguments: [String], output: Descriptor) throws(SystemError) {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawnattr_setflags(&attributes, newSession)
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    for target in [STDOUT_FILENO, STDERR_FILENO] {
      output.use { number in _ = posix_spawn_file_actions_adddup2(&actions, number, target) }
    }
    var pointers = (["symbi"] + arguments).map { strdup($0) } + [nil]
    defer { pointers.forEach { free($0) } }
    var identifier: pid_t = 0
    let result = output.use { _ in
      posix_spawn(&identifier, "/proc/self/exe", &actions, &attributes, &pointers, environ)
    }
    guard result == 0 else { throw SystemError(code: result) }
  }
}
