/// A date and time pattern, a subset of Unicode TR 35 part 4.
struct TimePattern {
  private let bytes: [UInt8]

  private static let quote = UInt8(ascii: "'")
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]
  private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
  private static let shortNameCount = 3
  private static let fractionDigits = 6

  init(_ pattern: String) throws(TimeTextError) {
    bytes = Array(pattern.utf8)
    guard bytes.count <= TimeText.maximumByteCount else { throw .patternTooLong(byteCount: bytes.count) }
  }

  func format(_ moment: CivilMoment) throws(TimeTextError) -> String {
    var result: [UInt8] = []
    var offset = 0
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == Self.quote {
        offset = try appendQuoted(from: offset, to: &result)
      } else if Self.isLetter(byte) {
        let end = bytes[offset...].firstIndex { $0 != byte } ?? bytes.count
        result += try text(of: byte, count: end - offset, moment, offset: offset).utf8
        offset = end
      } else {
        result.append(byte)
        offset += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Appends what stands in quotes and returns where the pattern goes on.
  private func appendQuoted(from start: Int, to result: inout [UInt8]) throws(TimeTextError) -> Int {
    var offset = start + 1
    if offset < bytes.count, bytes[offset] == Self.quote {
      result.append(Self.quote)
      return offset + 1
    }
    while offset < bytes.count {
      guard bytes[offset] == Self.quote else {
        result.append(bytes[offset])
        offset += 1
        continue
      }
      guard offset + 1 < bytes.count, bytes[offset + 1] == Self.quote else { return offset + 1 }
      result.append(Self.quote)
      offset += 2
    }
    throw .unbalancedQuote(offset: start)
  }

  private func text(
    of letter: UInt8, count: Int, _ moment: CivilMoment, offset: Int
  ) throws(TimeTextError) -> String {
    let field = Unicode.Scalar(letter)
    switch (field, count) {
    case ("y", 2): return Self.padded(moment.date.year % 100, 2)
    case ("y", 1...4): return Self.padded(moment.date.year, count)
    case ("M", 1...2): return Self.padded(moment.date.month, count)
    case ("M", 3): return String(Self.months[moment.date.month - 1].prefix(Self.shortNameCount))
    case ("M", 4): return Self.months[moment.date.month - 1]
    case ("d", 1...2): return Self.padded(moment.date.day, count)
    case ("E", 1...3): return String(Self.weekdays[moment.date.weekday].prefix(Self.shortNameCount))
    case ("E", 4): return Self.weekdays[moment.date.weekday]
    case ("H", 1...2): return Self.padded(moment.hour, count)
    case ("h", 1...2): return Self.padded((moment.hour + 11) % 12 + 1, count)
    case ("a", 1): return moment.hour < 12 ? "AM" : "PM"
    case ("m", 1...2): return Self.padded(moment.minute, count)
    case ("s", 1...2): return Self.padded(moment.second, count)
    case ("S", 1...Self.fractionDigits):
      return String(Self.padded(moment.microsecond, Self.fractionDigits).prefix(count))
    case ("Z", 1...3): return "+0000"
    case ("X", 1...3): return "Z"
    default:
      throw .unknownField(TextExcerpt.beginning(of: String(repeating: Character(field), count: count)), offset: offset)
    }
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }
}
