/// The rule of a zone for all times after its last listed change: the `TZ` form of POSIX with the extensions of RFC 9636.
struct PosixZone: Sendable, Hashable {
  /// Daylight-saving time, when the zone has it.
  struct Daylight: Sendable, Hashable {
    var offset: Int
    var begins: ZoneRule
    var ends: ZoneRule
  }

  /// Seconds east of UTC in standard time.
  var offset: Int
  var daylight: Daylight?

  /// The changes that the rule makes in a year, with the offset after each, in order.
  func changes(year: Int) -> [(at: Int64, offset: Int)] {
    guard let daylight, let begins = daylight.begins.localSeconds(year: year),
      let ends = daylight.ends.localSeconds(year: year)
    else { return [] }
    return [(begins - Int64(offset), daylight.offset), (ends - Int64(daylight.offset), offset)].sorted { $0.0 < $1.0 }
  }
}

extension PosixZone {
  /// Reads the form, such as `CET-1CEST,M3.5.0,M10.5.0/3`; nil for anything else.
  init?(_ text: String) {
    var reader = Reader(text)
    guard reader.skipName(), let offset = reader.offset() else { return nil }
    self.offset = -offset
    guard !reader.isAtEnd else { return }
    guard reader.skipName() else { return nil }
    var daylight = self.offset + 3_600
    if reader.peek != UInt8(ascii: ",") {
      guard let given = reader.offset() else { return nil }
      daylight = -given
    }
    guard reader.skip(","), let begins = reader.rule(), reader.skip(","), let ends = reader.rule(), reader.isAtEnd
    else { return nil }
    self.daylight = Daylight(offset: daylight, begins: begins, ends: ends)
  }

  private struct Reader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = [UInt8](text.utf8) }

    var isAtEnd: Bool { position >= bytes.count }
    var peek: UInt8? { isAtEnd ? nil : bytes[position] }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
      guard peek == UInt8(ascii: character) else { return false }
      position += 1
      return true
    }

    /// A name of letters, or of anything between angle brackets.
    mutating func skipName() -> Bool {
      if skip("<") {
        while let next = peek, next != UInt8(ascii: ">") { position += 1 }
        return skip(">")
      }
      let start = position
      while let next = peek, (next | 0x20) >= UInt8(ascii: "a"), (next | 0x20) <= UInt8(ascii: "z") { position += 1 }
      return position - start >= 3
    }

    /// `[+-]h[h[h]][:mm[:ss]]`, in seconds.
    mutating func offset() -> Int? {
      let isNegative = skip("-")
      if !isNegative { _ = skip("+") }
      guard let hours = number(), hours <= 167 else { return nil }
      var seconds = hours * 3_600
      if skip(":") {
        guard let minutes = number(), minutes < 60 else { return nil }
        seconds += minutes * 60
        if skip(":") {
          guard let more = number(), more < 60 else { return nil }
          seconds += more
        }
      }
      return isNegative ? -seconds : seconds
    }

    mutating func rule() -> ZoneRule? {
      guard let day = day() else { return nil }
      guard skip("/") else { return ZoneRule(day: day, time: 7_200) }
      return offset().map { ZoneRule(day: day, time: $0) }
    }

    private mutating func day() -> ZoneRule.Day? {
      if skip("M") {
        guard let month = number(), (1...12).contains(month), skip("."), let week = number(), (1...5).contains(week),
          skip("."), let weekday = number(), weekday < 7
        else { return nil }
        return .ofMonth(month: month, week: week, weekday: weekday)
      }
      if skip("J") {
        guard let number = number(), (1...365).contains(number) else { return nil }
        return .withoutLeapDay(number)
      }
      guard let number = number(), number <= 365 else { return nil }
      return .withLeapDay(number)
    }

    private mutating func number() -> Int? {
      var value: Int?
      while let next = peek, next >= UInt8(ascii: "0"), next <= UInt8(ascii: "9"), (value ?? 0) < 1_000 {
        value = (value ?? 0) * 10 + Int(next - UInt8(ascii: "0"))
        position += 1
      }
      return value
    }
  }
}
