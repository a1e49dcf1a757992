/// Reads the value of duration literals such as `30s`, `1.5h` or `30.seconds`.
public enum DurationLiteral {
  /// A length of time in seconds.
  public enum Value: Sendable, Hashable {
    /// A whole number of seconds.
    case whole(Int64)
    /// Seconds with a fraction.
    case fractional(Double)
  }

  /// A month is 30 days, a year 365: an agent's timeout is no calendar.
  private static let secondsPerDay: Int64 = 86_400

  /// The milliseconds of a unit's short form.
  static func unit(_ name: ArraySlice<UInt8>) -> Int64? {
    switch String(decoding: name, as: UTF8.self) {
    case "ms": 1
    case "s": 1000
    case "m": 60_000
    case "h": 3_600_000
    case "d": secondsPerDay * 1000
    case "w": 7 * secondsPerDay * 1000
    case "months": 30 * secondsPerDay * 1000
    case "y": 365 * secondsPerDay * 1000
    default: nil
    }
  }

  /// Whether a word is a unit that is written after a dot.
  static func isLongUnit(_ name: ArraySlice<UInt8>) -> Bool { longUnit(name) != nil }

  private static func longUnit(_ name: ArraySlice<UInt8>) -> Int64? {
    switch name.count {
    case 5 where name.elementsEqual("hours".utf8): 3_600_000
    case 7 where name.elementsEqual("seconds".utf8): 1000
    case 7 where name.elementsEqual("minutes".utf8): 60_000
    default: nil
    }
  }

  /// The value of a literal in seconds; whole seconds are ``Value/whole(_:)``.
  public static func decode(_ literal: ArraySlice<UInt8>) throws(NumberLiteral.Failure) -> Value {
    let number = literal.prefix { Lexer.isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") }
    let hasLongUnit = number.last == UInt8(ascii: ".")
    let digits = hasLongUnit ? number.dropLast() : number
    let name = literal[number.endIndex...]
    guard let milliseconds = hasLongUnit ? longUnit(name) : unit(name) else {
      return try scientific(literal)
    }
    let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 1)
    if parts.count == 1 {
      let (product, overflow) = try NumberLiteral.integer(digits).multipliedReportingOverflow(by: milliseconds)
      if overflow { throw .tooLarge }
      return seconds(fromMilliseconds: product)
    }
    return rounded(try NumberLiteral.float(digits), milliseconds)
  }

  /// `1e3s`: a float with an exponent and a unit.
  private static func scientific(_ literal: ArraySlice<UInt8>) throws(NumberLiteral.Failure) -> Value {
    let name = ArraySlice(literal.reversed().prefix { !Lexer.isDigit($0) && $0 != UInt8(ascii: "_") }.reversed())
    guard let milliseconds = unit(name) else { throw .malformed }
    return rounded(try NumberLiteral.float(literal.dropLast(name.count)), milliseconds)
  }

  private static func seconds(fromMilliseconds value: Int64) -> Value {
    value.isMultiple(of: 1000) ? .whole(value / 1000) : .fractional(Double(value) / 1000)
  }

  /// A product of a fraction and a unit; exact when it is a whole number of milliseconds.
  private static func rounded(_ number: Double, _ milliseconds: Int64) -> Value {
    let product = number * Double(milliseconds)
    // Above this bound a `Double` no longer holds every whole number.
    let exactBound = Double(1 << 53)
    guard product < exactBound, product.rounded() == product else { return .fractional(product / 1000) }
    return seconds(fromMilliseconds: Int64(product))
  }
}
