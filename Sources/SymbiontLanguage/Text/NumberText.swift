/// Numbers as the language reads and prints them: `int("42")`, `float("1e3")`, `string(3.0)`.
public enum NumberText {
  /// The longest text that is looked at, in bytes: more digits than any number of 64 bits needs.
  public static let maximumByteCount = 4096

  /// Reads a whole number in decimal: an optional sign and digits, with white space around it allowed.
  ///
  /// - Throws: ``NumberTextError`` when the text is something else or does not fit 64 bits.
  public static func int(_ text: String) throws(NumberTextError) -> Int64 {
    let digits = try trimmed(text, expected: .int)
    var rest = digits[...]
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    guard !rest.isEmpty else { throw NumberTextError(.malformed, expected: .int, text: text) }
    var value: Int64 = 0
    for byte in rest {
      guard let digit = decimalDigit(byte) else { throw NumberTextError(.malformed, expected: .int, text: text) }
      // Negative numbers are built downwards: the smallest has no positive counterpart.
      let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
      let (next, overflowedAgain) =
        isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
      if overflowed || overflowedAgain {
        guard rest.allSatisfy({ decimalDigit($0) != nil }) else {
          throw NumberTextError(.malformed, expected: .int, text: text)
        }
        throw NumberTextError(.outOfRange, expected: .int, text: text)
      }
      value = next
    }
    return value
  }

  /// Reads a decimal number: an optional sign, digits, optionally a fraction and an exponent, with white space around it
  /// allowed; also `inf`, `-inf` and `nan`, which is how ``print(_:)`` writes those.
  ///
  /// - Throws: ``NumberTextError`` when the text is something else or its magnitude is beyond the largest float.
  public static func float(_ text: String) throws(NumberTextError) -> Double {
    let bytes = try trimmed(text, expected: .float)
    let content = String(decoding: bytes, as: UTF8.self)
    switch content {
    case "inf", "+inf": return .infinity
    case "-inf": return -.infinity
    case "nan": return .nan
    default: break
    }
    guard isDecimal(bytes), let value = Double(content) else {
      throw NumberTextError(.malformed, expected: .float, text: text)
    }
    guard value.isFinite else { throw NumberTextError(.outOfRange, expected: .float, text: text) }
    return value
  }

  /// The whole part of a float, as `int(3.7)` gives it.
  ///
  /// - Throws: ``NumberTextError`` when it is not finite or does not fit 64 bits.
  public static func int(truncating value: Double) throws(NumberTextError) -> Int64 {
    guard let whole = Int64(exactly: value.rounded(.towardZero)) else {
      throw NumberTextError(.outOfRange, expected: .int, text: print(value))
    }
    return whole
  }

  /// A whole number in decimal.
  public static func print(_ value: Int64) -> String { String(value) }

  /// The shortest text that reads back as exactly this float.
  ///
  /// It always looks like a float: `3.0`, `1e+16`, `inf`, `nan`.
  public static func print(_ value: Double) -> String {
    value.isNaN ? "nan" : value.description
  }

  /// Whether the bytes are `[+-] digits [. digits] [e [+-] digits]`.
  private static func isDecimal(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    func skipSign() {
      if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    }
    func skipDigits() -> Bool {
      let before = rest.count
      rest = rest.drop { decimalDigit($0) != nil }
      return rest.count < before
    }
    skipSign()
    guard skipDigits() else { return false }
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      guard skipDigits() else { return false }
    }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      skipSign()
      guard skipDigits() else { return false }
    }
    return rest.isEmpty
  }

  private static func trimmed(
    _ text: String, expected: NumberTextError.Expected
  ) throws(NumberTextError) -> [UInt8] {
    guard text.utf8.count <= maximumByteCount else { throw NumberTextError(.malformed, expected: expected, text: text) }
    let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || (0x09...0x0D).contains(byte) }
    var rest = Array(text.utf8)[...].drop(while: isSpace)
    while let last = rest.last, isSpace(last) { rest = rest.dropLast() }
    return Array(rest)
  }

  private static func decimalDigit(_ byte: UInt8) -> Int64? {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int64(byte - UInt8(ascii: "0")) : nil
  }
}
