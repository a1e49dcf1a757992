import FoundationEssentials
import Glibc
import SymbiontCore
import SymbiontSystem

/// Keeps two runtimes of one machine from choosing the same addresses, or from taking the machine's side apart while the
/// other builds on it.
///
/// It is held for as long as the value exists; the kernel releases it when the process ends.
struct NetworkLock: Sendable {
  private let descriptor: Descriptor

  private static let mode: mode_t = 0o600

  /// Waits for the lock, which is never held for longer than a few programs run.
  init(path: String) throws(SandboxError) {
    let directory = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex))
    try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let number = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, Self.mode)
    guard number >= 0 else {
      throw .startFailed(reason: "the lock file `\(path)` of networks could not be opened: \(SystemError.last)")
    }
    descriptor = Descriptor(owning: number)
    while descriptor.use({ flock($0, LOCK_EX) }) != 0 {
      guard errno == EINTR else {
        throw .startFailed(reason: "the lock file `\(path)` of networks could not be locked: \(SystemError.last)")
      }
    }
  }

  /// Calls the body while the lock is held.
  func hold<Value>(_ body: () throws(SandboxError) -> Value) throws(SandboxError) -> Value {
    try withExtendedLifetime(descriptor) { () throws(SandboxError) in try body() }
  }
}
