package import Glibc

/// An open file descriptor, closed when the last reference goes.
///
/// The number is only handed out inside ``use(_:)``, so it cannot be closed, and taken by another file, in the middle of
/// a call.
package final class Descriptor: Sendable {
  private let number: Int32

  /// Takes over an open descriptor.
  package init(owning number: Int32) {
    self.number = number
  }

  deinit {
    close(number)
  }

  /// Calls the body with the number of the descriptor, which stays open meanwhile.
  package func use<Value, Failure: Error>(_ body: (Int32) throws(Failure) -> Value) throws(Failure) -> Value {
    try withExtendedLifetime(self) { () throws(Failure) in try body(number) }
  }
}

extension Descriptor {
  /// The information of the file.
  package func status() throws(SystemError) -> stat {
    var status = stat()
    guard use({ fstat($0, &status) }) == 0 else { throw .last }
    return status
  }

  /// Reads up to the given number of bytes and hands them to the body; the count is 0 at the end of the file.
  package func read(
    upTo count: Int, into body: (UnsafeRawBufferPointer) -> Void
  ) throws(SystemError) -> Int {
    let result: Result<Int, SystemError> = withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { buffer in
      while true {
        let received = use { Glibc.read($0, buffer.baseAddress, count) }
        if received >= 0 {
          body(UnsafeRawBufferPointer(rebasing: buffer[..<received]))
          return .success(received)
        }
        guard errno == EINTR else { return .failure(.last) }
      }
    }
    return try result.get()
  }

  /// Writes all the bytes.
  package func write(_ bytes: [UInt8]) throws(SystemError) {
    var offset = 0
    while offset < bytes.count {
      let written = bytes.withUnsafeBytes { buffer in
        let rest = UnsafeRawBufferPointer(rebasing: buffer[offset...])
        return use { Glibc.write($0, rest.baseAddress, rest.count) }
      }
      if written < 0 {
        guard errno == EINTR else { throw .last }
        continue
      }
      offset += written
    }
  }
}
