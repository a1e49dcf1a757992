extension JSONParser {
  /// Reads a string; the offset is at its opening quote.
  mutating func parseString() throws(JSONError) -> String {
    offset += 1
    let start = offset
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") {
        let text = try text(start..<offset)
        offset += 1
        return text
      }
      if byte == UInt8(ascii: "\\") { return try parseStringWithEscapes(from: start) }
      guard byte >= Self.firstPrintable else { throw controlCharacter }
      offset += 1
    }
    throw failure("the string has no end", at: start - 1)
  }

  /// Reads the rest of a string that has an escape at the offset.
  private mutating func parseStringWithEscapes(from start: Int) throws(JSONError) -> String {
    var content = Array(bytes[start..<offset])
    while offset < bytes.count {
      let byte = bytes[offset]
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        guard let text = String(validatingBytes: content, in: content.indices) else { throw malformedText(start) }
        return text
      case UInt8(ascii: "\\"):
        try parseEscape(into: &content)
      case ..<Self.firstPrintable:
        throw controlCharacter
      default:
        content.append(byte)
        offset += 1
      }
    }
    throw failure("the string has no end", at: start - 1)
  }

  private mutating func parseEscape(into content: inout [UInt8]) throws(JSONError) {
    let start = offset
    offset += 1
    guard let letter = current else { throw failure("the string has no end", at: start) }
    offset += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(letter)
    case UInt8(ascii: "n"): content.append(UInt8(ascii: "\n"))
    case UInt8(ascii: "r"): content.append(UInt8(ascii: "\r"))
    case UInt8(ascii: "t"): content.append(UInt8(ascii: "\t"))
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "u"):
      let scalar = try parseEscapedScalar(start: start)
      content.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    default:
      throw failure("unknown escape; write `\\\\` for a backslash", at: start)
    }
  }

  /// Reads the digits of `\uXXXX`, and the second half of a surrogate pair.
  private mutating func parseEscapedScalar(start: Int) throws(JSONError) -> Unicode.Scalar {
    let unit = try parseHexUnit()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    let isLead = UTF16.isLeadSurrogate(unit)
    guard isLead, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw loneSurrogate(start) }
    let trail = try parseHexUnit()
    guard UTF16.isTrailSurrogate(trail) else { throw loneSurrogate(start) }
    return UTF16.decode(UTF16.EncodedScalar([unit, trail]))
  }

  private mutating func parseHexUnit() throws(JSONError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = HexText.value(byte) else {
        throw failure("expected four hexadecimal digits after `\\u`, found \(found)")
      }
      unit = unit << 4 | UInt16(digit)
      offset += 1
    }
    return unit
  }

  private func text(_ range: Range<Int>) throws(JSONError) -> String {
    guard let text = String(validatingBytes: bytes, in: range) else { throw malformedText(range.lowerBound) }
    return text
  }

  private var controlCharacter: JSONError {
    failure("a control character within a string must be escaped, found \(found)")
  }

  private func malformedText(_ start: Int) -> JSONError { failure("the string is not UTF-8", at: start) }

  private func loneSurrogate(_ start: Int) -> JSONError {
    failure("half of a surrogate pair is not a character", at: start)
  }

  /// The first byte that is not a control character.
  private static let firstPrintable: UInt8 = 0x20
}
