import Glibc
import SymbiontSystem

/// Locks of `flock(2)`, which the kernel releases when the last reference to the descriptor goes.
enum FileLock {
  /// Opens a file or directory and locks it; nil when somebody else has a lock that forbids it and waiting is not wanted.
  static func take(
    _ path: String, isExclusive: Bool, waits: Bool, makes: Bool = false
  ) throws(SystemError) -> Descriptor? {
    let number = makes ? open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600) : open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw .last }
    let file = Descriptor(owning: number)
    let operation = (isExclusive ? LOCK_EX : LOCK_SH) | (waits ? 0 : LOCK_NB)
    while file.use({ flock($0, operation) }) != 0 {
      if errno == EWOULDBLOCK { return nil }
      guard errno == EINTR else { throw .last }
    }
    return file
  }
}
