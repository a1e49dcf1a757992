extension UniqueValue {
  /// Makes a time-ordered value: a UUID of version 7 (RFC 9562, section 5.7).
  ///
  /// The twelve bits after the version hold the fraction of the millisecond (section 6.2, method 3), so values of
  /// different microseconds always sort in order of time; within one microsecond the order is random.
  /// A moment before 1970 counts as 1970.
  public init(timestamp: Timestamp, using generator: inout some RandomNumberGenerator) {
    let microseconds = UInt64(max(timestamp.microsecondsSinceEpoch, 0))
    let (milliseconds, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000)
    let subMillisecond = fraction << 12 / 1_000
    let random: UInt64 = generator.next()
    self.init(
      high: milliseconds << 16 | Self.version7 << 12 | subMillisecond,
      low: Self.variant | random & ~Self.variantMask)
  }

  private static let version7: UInt64 = 7
  /// The two highest bits of the ninth byte are `10` (RFC 9562, section 4.1).
  private static let variant: UInt64 = 0b10 << 62
  private static let variantMask: UInt64 = 0b11 << 62
}
