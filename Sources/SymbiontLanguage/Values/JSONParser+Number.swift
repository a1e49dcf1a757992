extension JSONParser {
  /// Reads a number; the offset is at its sign or first digit.
  mutating func parseNumber() throws(JSONError) -> Value {
    let start = offset
    let isNegative = take(UInt8(ascii: "-"))
    var magnitude: UInt64 = 0
    var fitsInteger = true
    let firstDigit = offset
    while let byte = current, let digit = Self.digit(byte) {
      let (product, overflowed) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, overflowedAgain) = product.addingReportingOverflow(digit)
      if overflowed || overflowedAgain { fitsInteger = false }
      magnitude = sum
      offset += 1
    }
    guard offset > firstDigit else { throw failure("expected a digit, found \(found)") }
    if bytes[firstDigit] == UInt8(ascii: "0"), offset > firstDigit + 1 {
      throw failure("a number must not begin with zeros", at: firstDigit)
    }
    let isFloat = try skipFractionAndExponent()
    if !isFloat, fitsInteger, let value = Self.integer(magnitude: magnitude, isNegative: isNegative) {
      return .int(value)
    }
    return .float(try float(from: start))
  }

  private mutating func skipFractionAndExponent() throws(JSONError) -> Bool {
    var isFloat = false
    if take(UInt8(ascii: ".")) {
      isFloat = true
      try skipDigits()
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      isFloat = true
      offset += 1
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try skipDigits()
    }
    return isFloat
  }

  private mutating func skipDigits() throws(JSONError) {
    let start = offset
    while let byte = current, Self.digit(byte) != nil { offset += 1 }
    guard offset > start else { throw failure("expected a digit, found \(found)") }
  }

  private func float(from start: Int) throws(JSONError) -> Double {
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    guard let value = Double(text), value.isFinite else {
      throw failure("`\(TextExcerpt.beginning(of: text))` is beyond the largest float", at: start)
    }
    return value
  }

  private static func integer(magnitude: UInt64, isNegative: Bool) -> Int64? {
    guard isNegative else { return Int64(exactly: magnitude) }
    guard magnitude <= Int64.min.magnitude else { return nil }
    return Int64(truncatingIfNeeded: 0 &- magnitude)
  }

  @inline(__always)
  private static func digit(_ byte: UInt8) -> UInt64? {
    let value = byte &- UInt8(ascii: "0")
    return value < 10 ? UInt64(value) : nil
  }
}
