import Glibc

/// A failed system call: its error number, and the words of the C library for it.
package struct SystemError: Error, Hashable, CustomStringConvertible {
  /// The `errno` value.
  package let code: Int32

  /// Makes an error of an `errno` value.
  package init(code: Int32) {
    self.code = code
  }

  /// The error of the call that just failed on this thread.
  package static var last: SystemError { SystemError(code: errno) }

  /// The message of the C library, such as `Permission denied`.
  package var description: String {
    guard let text = strerror(code) else { return "error \(code)" }
    return String(cString: text)
  }
}
