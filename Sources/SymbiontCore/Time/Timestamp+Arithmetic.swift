extension Timestamp {
  private static let attosecondsPerMicrosecond: Int128 = 1_000_000_000_000

  /// The moment a duration later, to the microsecond below; ``latest`` or ``earliest`` when it would lie beyond.
  public static func + (timestamp: Timestamp, duration: Duration) -> Timestamp {
    timestamp.advanced(byAttoseconds: duration.attoseconds)
  }

  /// The moment a duration earlier, to the microsecond below; ``earliest`` or ``latest`` when it would lie beyond.
  public static func - (timestamp: Timestamp, duration: Duration) -> Timestamp {
    timestamp.advanced(byAttoseconds: 0 - max(duration.attoseconds, -Int128.max))
  }

  /// The duration from the right moment to the left one; negative when the left one is earlier.
  public static func - (left: Timestamp, right: Timestamp) -> Duration {
    // Both lie within the bounds, whose distance fits: the difference cannot overflow.
    .microseconds(left.microsecondsSinceEpoch - right.microsecondsSinceEpoch)
  }

  /// Moves the moment a duration later.
  public static func += (timestamp: inout Timestamp, duration: Duration) {
    timestamp = timestamp + duration
  }

  /// Moves the moment a duration earlier.
  public static func -= (timestamp: inout Timestamp, duration: Duration) {
    timestamp = timestamp - duration
  }

  private func advanced(byAttoseconds attoseconds: Int128) -> Timestamp {
    let (quotient, remainder) = attoseconds.quotientAndRemainder(dividingBy: Self.attosecondsPerMicrosecond)
    // At most 2^127 / 10^12 in magnitude, far from where adding an Int64 could overflow.
    let microseconds = Int128(microsecondsSinceEpoch) + quotient - (remainder < 0 ? 1 : 0)
    return Timestamp(microsecondsSinceEpoch: Int64(clamping: microseconds))
  }
}
