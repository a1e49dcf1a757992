extension Parser {
  /// Reads `element, element, …` up to the closing bracket, which is read too.
  ///
  /// The elements become pending children.
  ///
  /// A missing `,` is reported and taken as given when another element follows.
  mutating func parseList(
    opening: Int, closing: TokenKind, beginsElement: (TokenKind) -> Bool, element: (inout Parser) -> NodeID
  ) {
    let outer = context
    context = .anything
    defer { context = outer }
    while kind != closing, kind != .endOfFile {
      // A statement on a new line: the closing bracket is missing.
      if kind.beginsOnlyStatement, isFirstOnLine(index), !beginsKey { break }
      let before = index
      pending.append(element(&self))
      if eat(.comma) { continue }
      if kind == closing || kind == .endOfFile { break }
      guard reportMissingComma(closing, canGoOn: index > before && beginsElement(kind)) else { break }
    }
    expectClosing(closing, of: opening)
  }

  /// Reports a missing `,`; `false` when the list cannot go on.
  private mutating func reportMissingComma(_ closing: TokenKind, canGoOn: Bool) -> Bool {
    let beginsStatement = kind.beginsStatement && isFirstOnLine(index)
    if canGoOn, !beginsStatement {
      reportExpected(.missingComma, "`,` or `\(closing.spelling)`")
      return true
    }
    if kind != .semicolon, kind != .rightBrace, !beginsStatement {
      reportExpected(.missingComma, "`,` or `\(closing.spelling)`")
    }
    skipListElement(closing)
    return eat(.comma)
  }

  /// Whether the next token is a key, which may be a reserved word.
  private var beginsKey: Bool { kind(ahead: 1) == .colon || kind(ahead: 1) == .assign }
}
