/// Points in time as text, in UTC: `parse_time(s)` and `format_time(t, pattern)`.
///
/// A point in time is a number of seconds since 1970-01-01T00:00:00Z, without leap seconds, in the years 1 to 9999.
public enum TimeText {
  static let secondsPerMinute = 60
  static let secondsPerHour = 3600
  static let secondsPerDay = 86_400
  static let microsecondsPerSecond = 1_000_000

  /// From here on, neighbouring floats are a microsecond apart or more.
  private static let largestForMicroseconds = 0x1p32
  /// A step that every float in range still tells apart.
  private static let coarseMicroseconds = 100

  /// 0001-01-01T00:00:00Z.
  static let earliest = CivilDate(year: 1, month: 1, day: 1).daysSinceEpoch * secondsPerDay
  /// 10000-01-01T00:00:00Z, the first second that has no text.
  static let end = CivilDate(year: 10_000, month: 1, day: 1).daysSinceEpoch * secondsPerDay

  /// The longest pattern or time that is looked at, in bytes.
  public static let maximumByteCount = 1024

  /// The pattern for RFC 3339 with milliseconds.
  public static let rfc3339Pattern = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'"

  /// The time as a pattern of Unicode TR 35 lays it out, with English names.
  ///
  /// Fields: `yyyy` `yy` `y`, `MMMM` (July) `MMM` (Jul) `MM` `M`, `dd` `d`, `EEEE` (Friday) `E`…`EEE` (Fri), `HH` `H`,
  /// `hh` `h` with `a` (AM, PM), `mm` `m`, `ss` `s`, `S`…`SSSSSS` (fraction, cut off, not rounded), `Z` (`+0000`), `X` (`Z`).
  /// Text between single quotes is literal, `''` is a quote, and other characters than letters stand for themselves.
  ///
  /// - Parameter seconds: Looked at to the microsecond, from the year 2106 on and before 1834 to a tenth of a millisecond:
  ///   finer steps are not told apart by a float of that size.
  public static func format(
    secondsSinceEpoch seconds: Double, pattern: String
  ) throws(TimeTextError) -> String {
    guard seconds >= Double(earliest), seconds < Double(end) else {
      throw .outOfRange(NumberText.print(seconds))
    }
    let quantum = seconds.magnitude < largestForMicroseconds ? 1 : coarseMicroseconds
    let quanta = (seconds * Double(microsecondsPerSecond / quantum)).rounded()
    guard let count = Int(exactly: quanta), count * quantum < end * microsecondsPerSecond else {
      throw .outOfRange(NumberText.print(seconds))
    }
    let microseconds = count * quantum
    let moment = CivilMoment(microsecondsSinceEpoch: microseconds)
    return try TimePattern(pattern).format(moment)
  }

  /// The seconds since the epoch that a text of RFC 3339 names (`2026-11-22T16:30:00.5+01:00`), or the midnight in UTC
  /// that begins a day (`2026-11-22`).
  ///
  /// A space or a small letter may separate day and time. A leap second, which only the last minute of a day in UTC can
  /// have, is the second that follows it.
  public static func parse(_ text: String) throws(TimeTextError) -> Double {
    var parser = try TimeParser(text)
    return try parser.parse()
  }
}

/// A point in time in its fields, in UTC.
struct CivilMoment {
  let date: CivilDate
  let secondOfDay: Int
  let microsecond: Int

  init(microsecondsSinceEpoch: Int) {
    let seconds = CivilDate.floorDivide(microsecondsSinceEpoch, TimeText.microsecondsPerSecond)
    let days = CivilDate.floorDivide(seconds, TimeText.secondsPerDay)
    date = CivilDate(daysSinceEpoch: days)
    secondOfDay = seconds - days * TimeText.secondsPerDay
    microsecond = microsecondsSinceEpoch - seconds * TimeText.microsecondsPerSecond
  }

  var hour: Int { secondOfDay / TimeText.secondsPerHour }
  var minute: Int { secondOfDay / TimeText.secondsPerMinute % 60 }
  var second: Int { secondOfDay % TimeText.secondsPerMinute }
}
