/// Reads the value of string literals.
public enum StringLiteral {
  /// The value of a literal, given with its quotes.
  ///
  /// A missing closing quote and unknown escapes, which the lexer reports, are taken as they stand; invalid UTF-8 is
  /// repaired.
  public static func decode(_ literal: ArraySlice<UInt8>) -> String {
    var content = literal.dropFirst()
    if content.last == UInt8(ascii: "\""), closesLiteral(content) { content = content.dropLast() }
    guard content.contains(UInt8(ascii: "\\")) else { return String(decoding: content, as: UTF8.self) }
    var value: [UInt8] = []
    value.reserveCapacity(content.count)
    var index = content.startIndex
    while index < content.endIndex {
      let byte = content[index]
      guard byte == UInt8(ascii: "\\"), index + 1 < content.endIndex else {
        value.append(byte)
        index += 1
        continue
      }
      if let plain = simpleEscape(content[index + 1]) {
        value.append(plain)
        index += 2
      } else if let escape = unicodeEscape(content[index...]) {
        value.append(contentsOf: String(Character(escape.scalar)).utf8)
        index += escape.length
      } else {
        value.append(byte)
        index += 1
      }
    }
    return String(decoding: value, as: UTF8.self)
  }

  /// Whether the last quote closes the literal: an even number of backslashes stands before it.
  private static func closesLiteral(_ content: ArraySlice<UInt8>) -> Bool {
    content.dropLast().reversed().prefix { $0 == UInt8(ascii: "\\") }.count.isMultiple(of: 2)
  }

  private static func simpleEscape(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "n"): UInt8(ascii: "\n")
    case UInt8(ascii: "t"): UInt8(ascii: "\t")
    case UInt8(ascii: "r"): UInt8(ascii: "\r")
    case UInt8(ascii: "0"): 0
    case UInt8(ascii: "\\"), UInt8(ascii: "\""): byte
    default: nil
    }
  }

  /// The scalar and the length of `\u{…}` (one to eight hexadecimal digits) at the beginning of bytes.
  static func unicodeEscape(_ bytes: ArraySlice<UInt8>) -> (scalar: Unicode.Scalar, length: Int)? {
    let maximumDigits = 8
    guard bytes.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u"), UInt8(ascii: "{")]) else { return nil }
    let digits = bytes.dropFirst(3).prefix { $0 != UInt8(ascii: "}") && $0 != UInt8(ascii: "\"") }.prefix(
      maximumDigits + 1)
    guard (1...maximumDigits).contains(digits.count), digits.endIndex < bytes.endIndex,
      bytes[digits.endIndex] == UInt8(ascii: "}"), !digits.contains(UInt8(ascii: "+")),
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16), let scalar = Unicode.Scalar(value)
    else { return nil }
    return (scalar, digits.count + 4)
  }
}
