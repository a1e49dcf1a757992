/// Reads a time of RFC 3339 section 5.6, or a day alone.
struct TimeParser {
  private let text: String
  private let bytes: [UInt8]
  private var offset = 0

  /// Digits of a fraction that make a difference.
  private static let significantFractionDigits = 9

  init(_ text: String) throws(TimeTextError) {
    self.text = text
    guard text.utf8.count <= TimeText.maximumByteCount else {
      throw .malformedTime(TextExcerpt.beginning(of: text))
    }
    bytes = Array(text.utf8)
  }

  mutating func parse() throws(TimeTextError) -> Double {
    let year = try number(digits: 4)
    try expect("-")
    let month = try number(digits: 2)
    try expect("-")
    let day = try number(digits: 2)
    let date = CivilDate(year: year, month: month, day: day)
    guard date.isValid, year >= 1 else { throw noSuchTime }
    let midnight = date.daysSinceEpoch * TimeText.secondsPerDay
    if offset == bytes.count { return Double(midnight) }
    guard take("T") || take("t") || take(" ") else { throw malformed }
    return try parseTime(midnight: midnight)
  }

  private mutating func parseTime(midnight: Int) throws(TimeTextError) -> Double {
    let hour = try number(digits: 2)
    try expect(":")
    let minute = try number(digits: 2)
    try expect(":")
    let second = try number(digits: 2)
    let fraction = try parseFraction()
    let zone = try parseZone()
    guard offset == bytes.count else { throw malformed }
    guard hour < 24, minute < 60, second <= 60 else { throw noSuchTime }
    let local = midnight + hour * TimeText.secondsPerHour + minute * TimeText.secondsPerMinute + second
    let seconds = local - zone
    if second == 60 {
      let secondOfDay = seconds - CivilDate.floorDivide(seconds, TimeText.secondsPerDay) * TimeText.secondsPerDay
      guard secondOfDay == 0 else { throw noSuchTime }
    }
    guard seconds >= TimeText.earliest, seconds < TimeText.end else { throw noSuchTime }
    return Double(seconds) + fraction
  }

  private mutating func parseFraction() throws(TimeTextError) -> Double {
    guard take(".") else { return 0 }
    let start = offset
    var numerator = 0
    var denominator = 1
    while offset < bytes.count, let digit = Self.digit(bytes[offset]) {
      if offset - start < Self.significantFractionDigits {
        numerator = numerator * 10 + digit
        denominator *= 10
      }
      offset += 1
    }
    guard offset > start else { throw malformed }
    return Double(numerator) / Double(denominator)
  }

  /// How many seconds the local time is ahead of UTC.
  private mutating func parseZone() throws(TimeTextError) -> Int {
    if take("Z") || take("z") { return 0 }
    let isBehind = take("-")
    guard isBehind || take("+") else { throw malformed }
    let hour = try number(digits: 2)
    try expect(":")
    let minute = try number(digits: 2)
    guard hour < 24, minute < 60 else { throw noSuchTime }
    let ahead = hour * TimeText.secondsPerHour + minute * TimeText.secondsPerMinute
    return isBehind ? -ahead : ahead
  }

  private mutating func number(digits: Int) throws(TimeTextError) -> Int {
    var value = 0
    for _ in 0..<digits {
      guard offset < bytes.count, let digit = Self.digit(bytes[offset]) else { throw malformed }
      value = value * 10 + digit
      offset += 1
    }
    return value
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(TimeTextError) {
    guard take(character) else { throw malformed }
  }

  private static func digit(_ byte: UInt8) -> Int? {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int(byte - UInt8(ascii: "0")) : nil
  }

  private var malformed: TimeTextError { .malformedTime(TextExcerpt.beginning(of: text)) }
  private var noSuchTime: TimeTextError { .noSuchTime(TextExcerpt.beginning(of: text)) }
}
