extension Lexer {
  /// `"…"`, over several lines if need be.
  mutating func scanString() {
    let start = offset
    var end = offset + 1
    while end < bytes.count {
      let byte = bytes[end]
      if byte == UInt8(ascii: "\"") { return take(.string, end + 1 - start) }
      if byte == UInt8(ascii: "\\") { end = scanEscape(end) } else { end += 1 }
    }
    closeStringAtLineEnd(start)
  }

  /// An unclosed string is taken to end with its line, so that the rest of the file is still read.
  private mutating func closeStringAtLineEnd(_ start: Int) {
    var end = start + 1
    while end < bytes.count, bytes[end] != UInt8(ascii: "\n"), bytes[end] != UInt8(ascii: "\r") { end += 1 }
    if unclosedString == nil { unclosedString = range(start..<end) }
    take(.string, end - start)
  }

  /// Checks the escape at an offset and gives the offset after it.
  private mutating func scanEscape(_ start: Int) -> Int {
    guard start + 1 < bytes.count else { return start + 1 }
    switch bytes[start + 1] {
    case UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "r"), UInt8(ascii: "\\"), UInt8(ascii: "\""),
      UInt8(ascii: "0"):
      return start + 2
    case UInt8(ascii: "u"):
      if let escape = StringLiteral.unicodeEscape(bytes[start...]) { return start + escape.length }
      diagnostics.report(
        .unknownEscape, "`\\u` is not followed by a Unicode scalar", at: range(start..<start + 2),
        suggestion: "write it as `\\u{1F600}`, one to eight hexadecimal digits")
      return start + 2
    default:
      let length = max(1, TextEncoding.sequenceLength(in: bytes, at: start + 1))
      diagnostics.report(
        .unknownEscape, "unknown escape `\(text(start..<start + 1 + length))`", at: range(start..<start + 1 + length),
        suggestion: #"escapes are `\n`, `\t`, `\r`, `\\`, `\"`, `\0` and `\u{…}`; a backslash itself is `\\`"#)
      return start + 1 + length
    }
  }

  /// Reports an unclosed string where its quote is most likely missing.
  ///
  /// A missing quote turns all later strings inside out. The first string that spans lines and is followed directly by a
  /// word is the likely culprit; without one it is the string that meets the end of the file.
  mutating func explainUnclosedString() {
    guard let last = unclosedString else { return }
    let culprit = tokens.first { token in
      token.kind == .string && token.end < last.lowerBound && Self.isWordByte(byte(at: Int(token.end)))
        && bytes[Int(token.start)..<Int(token.end)].contains(UInt8(ascii: "\n"))
    }
    var found = last
    if let culprit {
      let lineEnd = bytes[Int(culprit.start)...].firstIndex(of: UInt8(ascii: "\n")) ?? Int(culprit.end)
      found = culprit.start..<UInt32(lineEnd)
      unclosedString = found
      diagnostics.removeAll {
        $0.range.lowerBound > found.lowerBound && $0.code != SyntaxProblem.invalidEncoding.rawValue
      }
    }
    diagnostics.report(.unclosedString, "the string is not closed", at: found, suggestion: "add the closing `\"`")
  }
}
