/// One token: its kind and its bytes.
///
/// White space and comments lie between tokens.
public struct Token: Sendable, Hashable {
  /// What it is.
  public let kind: TokenKind
  /// The offset of its first byte.
  public let start: UInt32
  /// The offset after its last byte.
  public let end: UInt32

  /// The bytes of the token.
  public var range: Range<UInt32> { start..<end }

  /// Makes a token.
  public init(kind: TokenKind, start: UInt32, end: UInt32) {
    self.kind = kind
    self.start = start
    self.end = end
  }
}

/// The kinds of tokens.
///
/// Words that begin a top-level item (`agent`, `policy`, `tool` …) are identifiers to the lexer: they are keywords by
/// place only, so that `message.channel` and `let schedule = …` stay legal.
public enum TokenKind: UInt8, Sendable, Hashable, CaseIterable {
  case endOfFile, identifier, integer, float, duration, string, secretReference
  // Reserved words.
  case `let`, `return`, `if`, `else`, `for`, `in`, `while`, `break`, `continue`, match, `try`, `catch`, `throw`
  case `true`, `false`, null, not
  // Punctuation.
  case leftParenthesis, rightParenthesis, leftBrace, rightBrace, leftBracket, rightBracket
  case comma, semicolon, colon, dot, arrow, fatArrow, pipe, underscore, ellipsis
  case assign, plusAssign, minusAssign, starAssign, slashAssign, percentAssign
  case plus, minus, star, slash, percent, bang
  case equal, notEqual, less, greater, lessEqual, greaterEqual, andAnd, orOr
  /// A byte sequence that begins no token; a diagnostic names it.
  case unknown
}

/// A comment between tokens.
public struct Comment: Sendable, Hashable {
  /// The bytes with their `//`, `#` or `/* */`.
  public let range: Range<UInt32>
  /// The index of the token that follows.
  public let nextToken: UInt32

  /// Makes a comment.
  public init(range: Range<UInt32>, nextToken: UInt32) {
    self.range = range
    self.nextToken = nextToken
  }
}
