/// A moment of civil time, to the microsecond, in UTC.
///
/// Timestamps lie between the years 0001 and 9999, so each has an RFC 3339 form: making one beyond these bounds gives
/// the bound. There are no leap seconds, as in POSIX time.
public struct Timestamp: Sendable, Hashable {
  /// The first moment: 0001-01-01T00:00:00Z.
  public static let earliest = Timestamp(unchecked: -62_135_596_800_000_000)
  /// The last moment: 9999-12-31T23:59:59.999999Z.
  public static let latest = Timestamp(unchecked: 253_402_300_799_999_999)
  /// The Unix epoch: 1970-01-01T00:00:00Z.
  public static let epoch = Timestamp(unchecked: 0)

  /// The microseconds since the Unix epoch; negative before 1970.
  public let microsecondsSinceEpoch: Int64

  /// Makes the moment this many microseconds after the Unix epoch, or the nearest of ``earliest`` and ``latest``.
  public init(microsecondsSinceEpoch: Int64) {
    let bounds = Self.earliest.microsecondsSinceEpoch...Self.latest.microsecondsSinceEpoch
    self.microsecondsSinceEpoch = min(max(microsecondsSinceEpoch, bounds.lowerBound), bounds.upperBound)
  }

  private init(unchecked microseconds: Int64) {
    microsecondsSinceEpoch = microseconds
  }
}

extension Timestamp: Comparable {
  /// Whether the left moment is before the right one.
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microsecondsSinceEpoch < right.microsecondsSinceEpoch
  }
}
