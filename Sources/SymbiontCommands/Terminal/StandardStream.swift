import Glibc

/// The two streams that the program writes to, without buffers of its own.
enum StandardStream: Int32, Sendable {
  case output = 1
  case errors = 2

  /// Writes all of a text.
  ///
  /// False when the stream does not take it.
  @discardableResult
  func write(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
  }

  private func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = bytes[...]
    while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress {
      let written = Glibc.write(rawValue, start, rest.count)
      if written < 0 {
        guard errno == EINTR || (errno == EAGAIN && waitUntilWritable()) else { return false }
        continue
      }
      rest = rest.dropFirst(written)
      if rest.isEmpty { break }
    }
    return true
  }

  private func waitUntilWritable() -> Bool {
    var request = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
    return poll(&request, 1, -1) >= 0 || errno == EINTR
  }
}

extension StandardStream {
  /// Writes a command's result.
  ///
  /// A result that nobody gets is a failure.
  static func printResult(_ text: String) throws(CommandFailure) {
    guard output.write(text + "\n") else {
      throw CommandFailure(
        .outputFailed, "the result could not be written to standard output: \(String(cString: strerror(errno)))",
        status: .failure)
    }
  }
}
