/// Cuts a text into tokens and comments.
///
/// Any bytes are accepted: what begins no token becomes an `unknown` token with a diagnostic, so that tokens, comments and
/// the white space between them always cover the whole text.
public struct Lexer {
  let source: SourceText
  let bytes: [UInt8]
  let reservedWords = ReservedWords()
  var offset = 0
  var tokens: [Token] = []
  var comments: [Comment] = []
  var diagnostics = DiagnosticCollection()
  /// The first string that was never closed, if any.
  var unclosedString: Range<UInt32>?

  private init(_ source: SourceText) {
    self.source = source
    bytes = source.bytes
    // Typical programs have a token for every four or five bytes.
    tokens.reserveCapacity(bytes.count / 4 + 16)
  }

  /// Cuts a text.
  ///
  /// The last token is `endOfFile`; the diagnostics are in the order of their positions.
  public static func tokenize(
    _ source: SourceText
  ) -> (tokens: [Token], comments: [Comment], diagnostics: [Diagnostic]) {
    let lexer = run(source)
    return (lexer.tokens, lexer.comments, lexer.diagnostics.sorted(endOffset: UInt32(source.bytes.count)))
  }

  /// Cuts a text and keeps the lexer's whole state, which the parser takes over.
  static func run(_ source: SourceText) -> Lexer {
    var lexer = Lexer(source)
    lexer.checkText()
    lexer.scan()
    lexer.explainUnclosedString()
    return lexer
  }

  private mutating func checkText() {
    let end = UInt32(bytes.count)
    if source.isTruncated {
      diagnostics.report(
        .textTooLarge, "the file is larger than \(SourceText.maximumByteCount >> 20) MiB", at: end..<end,
        suggestion: "split it into several files")
    }
    // A byte order mark is white space.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    guard bytes.contains(where: { $0 >= 0x80 }) else { return }
    for run in TextEncoding.invalidRuns(in: bytes) {
      diagnostics.report(
        .invalidEncoding, "\(run.count) byte\(run.count == 1 ? " is" : "s are") not valid UTF-8",
        at: UInt32(run.lowerBound)..<UInt32(run.upperBound), suggestion: "save the file as UTF-8")
    }
  }

  private mutating func scan() {
    while offset < bytes.count {
      let byte = bytes[offset]
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"): offset += 1
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): scanWord()
      case UInt8(ascii: "0")...UInt8(ascii: "9"): scanNumber()
      case UInt8(ascii: "\""): scanString()
      case UInt8(ascii: "#"): scanLineComment()
      case UInt8(ascii: "/"):
        switch self.byte(at: offset + 1) {
        case UInt8(ascii: "/"): scanLineComment()
        case UInt8(ascii: "*"): scanBlockComment()
        case UInt8(ascii: "="): take(.slashAssign, 2)
        default: take(.slash, 1)
        }
      default: scanPunctuation(byte)
      }
    }
    tokens.append(Token(kind: .endOfFile, start: UInt32(bytes.count), end: UInt32(bytes.count)))
  }

  /// The byte at an offset, or 0 past the end (0 begins no token, so that it cannot be mistaken).
  func byte(at index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

  mutating func take(_ kind: TokenKind, _ length: Int) {
    let end = offset + length
    tokens.append(Token(kind: kind, start: UInt32(offset), end: UInt32(end)))
    offset = end
  }

  static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
