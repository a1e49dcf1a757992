/// The 128 bits of a UUID (RFC 9562), as two words.
///
/// Values order as their bytes do, so time-ordered (version 7) values sort by the moment they were made.
public struct UniqueValue: Sendable, Hashable {
  /// The number of bytes of a value.
  public static let byteCount = 16

  /// The first eight bytes, most significant first.
  public let high: UInt64
  /// The last eight bytes, most significant first.
  public let low: UInt64

  /// Makes a value of its two words.
  ///
  /// Every pair of words is a value.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

extension UniqueValue {
  /// The sixteen bytes, most significant first.
  public var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
      for index in 0..<8 {
        let shift = UInt64(56 - index * 8)
        buffer[index] = UInt8(truncatingIfNeeded: high >> shift)
        buffer[index + 8] = UInt8(truncatingIfNeeded: low >> shift)
      }
      count = Self.byteCount
    }
  }

  /// Makes a value of sixteen bytes, most significant first; nil for any other number of bytes.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    self.init(
      high: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
      low: bytes.suffix(8).reduce(0) { $0 << 8 | UInt64($1) })
  }
}

extension UniqueValue: Comparable {
  /// Orders values as their bytes do.
  public static func < (left: UniqueValue, right: UniqueValue) -> Bool {
    left.high == right.high ? left.low < right.low : left.high < right.high
  }
}
