extension Lexer {
  mutating func scanPunctuation(_ byte: UInt8) {
    let next = self.byte(at: offset + 1)
    let isBeforeAssign = next == UInt8(ascii: "=")
    switch byte {
    case UInt8(ascii: "("): take(.leftParenthesis, 1)
    case UInt8(ascii: ")"): take(.rightParenthesis, 1)
    case UInt8(ascii: "{"): take(.leftBrace, 1)
    case UInt8(ascii: "}"): take(.rightBrace, 1)
    case UInt8(ascii: "["): take(.leftBracket, 1)
    case UInt8(ascii: "]"): take(.rightBracket, 1)
    case UInt8(ascii: ","): take(.comma, 1)
    case UInt8(ascii: ";"): take(.semicolon, 1)
    case UInt8(ascii: ":"): take(.colon, 1)
    case UInt8(ascii: "."): if next == byte { take(.ellipsis, 2) } else { take(.dot, 1) }
    case UInt8(ascii: "+"): if isBeforeAssign { take(.plusAssign, 2) } else { take(.plus, 1) }
    case UInt8(ascii: "*"): if isBeforeAssign { take(.starAssign, 2) } else { take(.star, 1) }
    case UInt8(ascii: "%"): if isBeforeAssign { take(.percentAssign, 2) } else { take(.percent, 1) }
    case UInt8(ascii: "!"): if isBeforeAssign { take(.notEqual, 2) } else { take(.bang, 1) }
    case UInt8(ascii: "<"): if isBeforeAssign { take(.lessEqual, 2) } else { take(.less, 1) }
    case UInt8(ascii: ">"): if isBeforeAssign { take(.greaterEqual, 2) } else { take(.greater, 1) }
    case UInt8(ascii: "-"):
      if next == UInt8(ascii: ">") {
        take(.arrow, 2)
      } else if isBeforeAssign {
        take(.minusAssign, 2)
      } else {
        take(.minus, 1)
      }
    case UInt8(ascii: "="):
      if isBeforeAssign {
        take(.equal, 2)
      } else if next == UInt8(ascii: ">") {
        take(.fatArrow, 2)
      } else {
        take(.assign, 1)
      }
    case UInt8(ascii: "|"): if next == byte { take(.orOr, 2) } else { take(.pipe, 1) }
    case UInt8(ascii: "&") where next == byte: take(.andAnd, 2)
    default: scanUnknown()
    }
  }

  /// A run of bytes that begin no token: one token, one diagnostic.
  private mutating func scanUnknown() {
    let start = offset
    var end = offset
    repeat { end += 1 } while end < bytes.count && Self.beginsNothing(bytes[end])
    if TextEncoding.invalidRuns(in: Array(bytes[start..<end])).isEmpty {
      let shown = text(start..<end)
      diagnostics.report(
        .unknownCharacter,
        "unknown character\(end - start > 1 && shown.count > 1 ? "s" : "") `\(DiagnosticRenderer.printable(shown))`",
        at: range(start..<end), suggestion: Self.suggestion(forUnknown: bytes[start]))
    }
    take(.unknown, end - start)
  }

  private static func beginsNothing(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x80...: true
    case UInt8(ascii: "@"), UInt8(ascii: "$"), UInt8(ascii: "^"), UInt8(ascii: "~"), UInt8(ascii: "\\"),
      UInt8(ascii: "'"),
      UInt8(ascii: "`"), UInt8(ascii: "?"), 0x7F:
      true
    case UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): false
    default: byte < UInt8(ascii: " ")
    }
  }

  private static func suggestion(forUnknown byte: UInt8) -> String? {
    switch byte {
    case UInt8(ascii: "&"): "`and` is written `&&`"
    case UInt8(ascii: "'"), UInt8(ascii: "`"): "strings are written in double quotes"
    case UInt8(ascii: "?"): "write `if c { a } else { b }`"
    case 0x80...: "names are written in ASCII letters, digits and `_`; other characters belong into strings"
    default: nil
    }
  }
}
