private let microsecondsPerSecond: Int64 = 1_000_000
private let secondsPerDay: Int64 = 86_400

extension Timestamp: LosslessStringConvertible {
  /// The RFC 3339 form in UTC, with no fraction, three or six digits of it: `2025-07-18T06:45:00.250Z`.
  public var description: String {
    let (seconds, microseconds) = floorDivision(microsecondsSinceEpoch, microsecondsPerSecond)
    let (days, secondOfDay) = floorDivision(seconds, secondsPerDay)
    // The bounds of a timestamp are the bounds of a date, so there always is one.
    guard let date = CivilDate(daysSinceEpoch: Int(days)) else { return "" }
    var text = padded(Int64(date.year), 4) + "-" + padded(Int64(date.month), 2) + "-" + padded(Int64(date.day), 2)
    text += "T" + padded(secondOfDay / 3_600, 2) + ":" + padded(secondOfDay / 60 % 60, 2)
    text += ":" + padded(secondOfDay % 60, 2)
    if !microseconds.isMultiple(of: 1_000) {
      text += "." + padded(microseconds, 6)
    } else if microseconds != 0 {
      text += "." + padded(microseconds / 1_000, 3)
    }
    return text + "Z"
  }

  /// Reads the `date-time` of RFC 3339, section 5.6; nil for anything else.
  ///
  /// Offsets are converted to UTC. Up to nine digits of fraction are read, those beyond the microsecond are dropped.
  /// Refused are leap seconds (there are none here), a space instead of `T`, and moments beyond the bounds.
  public init?(_ description: String) {
    var reader = RFC3339Reader(description)
    guard let microseconds = reader.microseconds(),
      (Self.earliest.microsecondsSinceEpoch...Self.latest.microsecondsSinceEpoch).contains(microseconds)
    else { return nil }
    self.init(microsecondsSinceEpoch: microseconds)
  }
}

extension Timestamp: Codable {
  /// Reads the RFC 3339 form; throws `DecodingError.dataCorrupted` for anything else.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let timestamp = Timestamp(text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "expected an RFC 3339 time such as `2025-07-18T06:45:00Z`, found \(quoted(text))")
    }
    self = timestamp
  }

  /// Writes the RFC 3339 form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// Reads one RFC 3339 time from its bytes, from left to right.
private struct RFC3339Reader {
  /// The longest form: nine digits of fraction and an offset.
  private static let longest = "9999-12-31T23:59:59.999999999+00:00".utf8.count
  private static let mostFractionDigits = 9

  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) {
    bytes = text.utf8.count <= Self.longest ? [UInt8](text.utf8) : []
  }

  /// The microseconds since the epoch; nil when the text is not a time.
  mutating func microseconds() -> Int64? {
    guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2),
      let date = CivilDate(year: year, month: month, day: day),
      skip("T", "t"), let hour = number(2), skip(":"), let minute = number(2), skip(":"), let second = number(2),
      hour < 24, minute < 60, second < 60,
      let fraction = fraction(), let offset = offsetSeconds(), position == bytes.count
    else { return nil }
    let secondOfDay = Int64((hour * 60 + minute) * 60 + second)
    // Ten thousand years are less than 10^18 microseconds: nothing here can overflow.
    let seconds = Int64(date.daysSinceEpoch) * secondsPerDay + secondOfDay - offset
    return seconds * microsecondsPerSecond + fraction
  }

  /// An optional fraction of a second, in microseconds.
  private mutating func fraction() -> Int64? {
    guard skip(".") else { return 0 }
    var result: Int64 = 0
    var digits = 0
    while digits < Self.mostFractionDigits, let digit = digit() {
      if digits < 6 { result = result * 10 + Int64(digit) }
      digits += 1
    }
    guard digits > 0 else { return nil }
    for _ in digits..<max(digits, 6) {
      result *= 10
    }
    return result
  }

  /// `Z` or an offset such as `+05:30`, in seconds east of UTC.
  private mutating func offsetSeconds() -> Int64? {
    if skip("Z", "z") { return 0 }
    let isWest = skip("-")
    guard isWest || skip("+"), let hours = number(2), skip(":"), let minutes = number(2), hours < 24, minutes < 60
    else { return nil }
    let seconds = Int64((hours * 60 + minutes) * 60)
    return isWest ? -seconds : seconds
  }

  private mutating func number(_ digits: Int) -> Int? {
    var result = 0
    for _ in 0..<digits {
      guard let digit = digit() else { return nil }
      result = result * 10 + digit
    }
    return result
  }

  private mutating func digit() -> Int? {
    guard position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) else { return nil }
    position += 1
    return Int(bytes[position - 1] - UInt8(ascii: "0"))
  }

  private mutating func skip(_ characters: Unicode.Scalar...) -> Bool {
    guard position < bytes.count, characters.contains(Unicode.Scalar(bytes[position])) else { return false }
    position += 1
    return true
  }
}

private func floorDivision(_ dividend: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
  let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
  return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}

private func padded(_ number: Int64, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(width - digits.count, 0)) + digits
}
