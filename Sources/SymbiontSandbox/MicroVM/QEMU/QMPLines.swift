/// Cuts what QEMU sends into lines of a bounded length.
package struct QMPLines: Sendable {
  /// The answers that are used here are short; a longer line is not one of them.
  package static let maximumBytes = 262_144

  /// A line is longer than is kept.
  package struct LineTooLong: Error, Hashable {}

  private var rest: [UInt8] = []
  private let maximumBytes: Int

  package init(maximumBytes: Int = QMPLines.maximumBytes) {
    self.maximumBytes = maximumBytes
  }

  /// Takes bytes and returns the lines that they end, without empty ones.
  package mutating func append(_ bytes: some Sequence<UInt8>) throws(LineTooLong) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
        if !rest.isEmpty { lines.append(rest) }
        rest = []
        continue
      }
      guard rest.count < maximumBytes else { throw LineTooLong() }
      rest.append(byte)
    }
    return lines
  }
}
