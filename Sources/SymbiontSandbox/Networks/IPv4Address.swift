/// An address of the Internet Protocol, version 4.
package struct IPv4Address: Sendable, Hashable {
  /// The four bytes, the first one most significant.
  package let value: UInt32

  /// Makes an address of its four bytes.
  package init(value: UInt32) {
    self.value = value
  }
}

extension IPv4Address: Comparable {
  package static func < (left: IPv4Address, right: IPv4Address) -> Bool { left.value < right.value }
}

extension IPv4Address: LosslessStringConvertible {
  /// The four numbers with points between.
  package var description: String {
    stride(from: 24, through: 0, by: -8).map { String(value >> UInt32($0) & 0xFF) }.joined(separator: ".")
  }

  /// Reads four decimal numbers with points between; nil for every other text, such as the short and octal forms that some
  /// programs take.
  package init?(_ text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var value: UInt32 = 0
    for part in parts {
      let isPlain = part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      let hasPadding = part.count > 1 && part.first == UInt8(ascii: "0")
      guard isPlain, !hasPadding, let number = UInt8(String(decoding: part, as: UTF8.self)) else { return nil }
      value = value << 8 | UInt32(number)
    }
    self.init(value: value)
  }
}
