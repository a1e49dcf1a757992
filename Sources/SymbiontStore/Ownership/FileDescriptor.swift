import Glibc

/// An open file that is closed when the value goes away.
///
/// Programs that this process starts do not inherit it.
struct FileDescriptor: ~Copyable, Sendable {
  let number: Int32

  /// Opens a file; the error is the number that the system gave.
  init(_ path: String, _ flags: Int32, mode: mode_t = 0) throws(SystemError) {
    number = Glibc.open(path, flags | O_CLOEXEC, mode)
    if number < 0 { throw SystemError(number: errno) }
  }

  deinit { Glibc.close(number) }

  func status() throws(SystemError) -> stat {
    var status = stat()
    guard fstat(number, &status) == 0 else { throw SystemError(number: errno) }
    return status
  }

  func setMode(_ mode: mode_t) throws(SystemError) {
    guard fchmod(number, mode) == 0 else { throw SystemError(number: errno) }
  }

  /// Makes what was created or removed in a directory, or written to a file, survive a crash.
  func synchronize() throws(SystemError) {
    guard fsync(number) == 0 else { throw SystemError(number: errno) }
  }
}

/// An error number of the operating system.
struct SystemError: Error, Equatable, CustomStringConvertible {
  let number: Int32

  var description: String { String(cString: strerror(number)) }
}
