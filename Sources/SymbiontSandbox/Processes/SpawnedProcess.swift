import Glibc
import SymbiontSystem

/// A short program that the calling thread starts and waits for.
///
/// The program inherits the namespaces of the thread.
struct SpawnedProcess: Sendable {
  private let processID: Int32
  private let descriptor: Descriptor

  /// Starts a program in a process group of its own, with one file for its standard output and standard error.
  init(
    path: String, arguments: [String], environment: [String], input: Int32, output: Int32
  ) throws(SystemError) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (from, to) in [(input, STDIN_FILENO), (output, STDOUT_FILENO), (output, STDERR_FILENO)] {
      posix_spawn_file_actions_adddup2(&actions, from, to)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
    var processID: Int32 = 0
    let code = Self.withStrings(arguments) { arguments in
      Self.withStrings(environment) { environment in
        Self.spawn { posix_spawn(&processID, path, &actions, &attributes, arguments, environment) }
      }
    }
    guard code == 0 else { throw SystemError(code: code) }
    self.processID = processID
    do throws(SystemError) {
      let number = try SystemCall.invoke(.openProcess, Int(processID))
      descriptor = Descriptor(owning: Int32(truncatingIfNeeded: number))
    } catch {
      // It is our child and was not waited for, so the number is still its own.
      Glibc.kill(processID, SIGKILL)
      var status: Int32 = 0
      waitpid(processID, &status, 0)
      throw error
    }
  }

  /// Calls again while the program is open for writing: a process that was forked elsewhere meanwhile may still hold the
  /// descriptor of whoever wrote it, until it runs its own program.
  private static func spawn(_ call: () -> Int32) -> Int32 {
    for _ in 0..<busyAttempts {
      let code = call()
      guard code == ETXTBSY else { return code }
      usleep(busyPause)
    }
    return call()
  }

  private static let busyAttempts = 50
  private static let busyPause: useconds_t = 10_000

  /// Waits for the end; kills the program and returns nil when it takes too long.
  func waitForExit(within timeout: Duration) throws(SystemError) -> ExitStatus? {
    let deadline = ContinuousClock.now.advanced(by: timeout)
    var isLate = false
    while !isLate {
      let left = max(0, Int32(clamping: Int((deadline - .now) / .milliseconds(1)) + 1))
      var entry = pollfd(fd: descriptor.use { $0 }, events: Int16(POLLIN), revents: 0)
      let count = poll(&entry, 1, left)
      if count > 0 { break }
      guard count == 0 || errno == EINTR else { throw .last }
      isLate = ContinuousClock.now >= deadline
    }
    if isLate {
      descriptor.use { _ = try? SystemCall.invoke(.signalProcess, Int($0), Int(SIGKILL)) }
    }
    var status: Int32 = 0
    while waitpid(processID, &status, 0) != processID {
      guard errno == EINTR else { throw .last }
    }
    return isLate ? nil : ExitStatus(waitStatus: status)
  }

  private static func withStrings<Value>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
  ) -> Value {
    var pointers = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { buffer in
      // The array ends with nil, so it is not empty and has a base address.
      buffer.baseAddress.map(body).unsafelyUnwrapped
    }
  }
}
