/// Reads the value of integer and float literals.
public enum NumberLiteral {
  /// Why a literal has no value.
  public enum Failure: Error, Sendable, Hashable {
    /// It is not written as a number; the lexer reports it.
    case malformed
    /// It does not fit the type; the parser reports it.
    case tooLarge
  }

  /// The value of an integer literal such as `1_000`.
  ///
  /// - Parameter isNegated: whether a minus stands before it, which allows `-9223372036854775808`; the value given is then
  ///   the negative one.
  public static func integer(
    _ literal: ArraySlice<UInt8>, isNegated: Bool = false
  ) throws(Failure) -> Int64 {
    var value: Int64 = 0
    for byte in literal where byte != UInt8(ascii: "_") {
      guard Lexer.isDigit(byte) else { throw .malformed }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      // Negative all along: the negative range is the larger one.
      let (difference, underflow) = product.subtractingReportingOverflow(Int64(byte &- UInt8(ascii: "0")))
      if overflow || underflow { throw .tooLarge }
      value = difference
    }
    if isNegated { return value }
    guard value != .min else { throw .tooLarge }
    return -value
  }

  /// The value of a float literal such as `3.14` or `2.5e-3`.
  public static func float(_ literal: ArraySlice<UInt8>) throws(Failure) -> Double {
    let digits = literal.filter { $0 != UInt8(ascii: "_") }
    guard let value = Double(String(decoding: digits, as: UTF8.self)) else { throw .malformed }
    guard value.isFinite else { throw .tooLarge }
    return value
  }
}
