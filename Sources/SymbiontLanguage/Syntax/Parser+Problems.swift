extension Parser {
  /// Reports a problem at the next token, unless one was reported there already.
  mutating func report(
    _ problem: SyntaxProblem, _ message: String, at range: Range<UInt32>, suggestion: String? = nil
  ) {
    guard !isSilenced, lastProblem != index else { return }
    lastProblem = index
    // The lexer has reported what stands before this token.
    if index > 0, tokens[index - 1].kind == .unknown { return }
    diagnostics.report(problem, message, at: range, suggestion: suggestion)
  }

  /// Reports a problem of tokens that were read already; it hides no later problem.
  mutating func reportPast(
    _ problem: SyntaxProblem, _ message: String, at range: Range<UInt32>, suggestion: String? = nil
  ) {
    guard !isSilenced else { return }
    diagnostics.report(problem, message, at: range, suggestion: suggestion)
  }

  /// Reports that something else was expected in place of the next token.
  mutating func reportExpected(_ problem: SyntaxProblem, _ expectation: String, suggestion: String? = nil) {
    guard !isSilenced, lastProblem != index else { return }
    report(problem, "expected \(expectation), found \(found)", at: problemRange, suggestion: suggestion)
  }

  /// What the next token is called in a message.
  var found: String {
    guard kind != .endOfFile else { return "the end of the file" }
    let longest = 24
    // Longer texts are cut anyway; their end need not be read.
    let longestBytes: UInt32 = 200
    let range = tokens[index].range
    let text = source.text(range.lowerBound..<min(range.upperBound, range.lowerBound + longestBytes))
    if kind == .string {
      guard text.count > longest || text.contains("\n") else { return "the string `\(text)`" }
      let line = text.prefix { !$0.isNewline }
      return "the string `\(line.prefix(longest))…`"
    }
    return text.count > longest ? "`\(text.prefix(longest))…`" : "`\(text)`"
  }

  /// Where something is missing: the next token, or the end of the one before when a line lies between.
  var problemRange: Range<UInt32> {
    guard index > 0, kind == .endOfFile || isFirstOnLine(index) else { return tokens[index].range }
    return insertionPoint
  }

  /// The place directly after the last token.
  var insertionPoint: Range<UInt32> {
    let place = tokens[max(0, index - 1)].end
    return place..<place
  }

  /// Reads a token that must stand here; a missing one is reported and taken as given.
  @discardableResult
  mutating func expect(_ expected: TokenKind, _ context: String) -> Bool {
    if eat(expected) { return true }
    reportExpected(.unexpectedToken, "`\(expected.spelling)` \(context)")
    return false
  }

  /// Reads the bracket that closes another.
  mutating func expectClosing(_ closing: TokenKind, of opening: Int) {
    if eat(closing) { return }
    let line = source.line(at: tokens[opening].start)
    reportExpected(
      .unclosedBracket, "`\(closing.spelling)`",
      suggestion: "the `\(text(opening))` on line \(line) is not closed")
  }

  /// Reads a name.
  ///
  /// Gives its token, or `fallback` when there is none.
  mutating func expectName(_ what: String, fallback: Int) -> Int {
    if kind == .identifier {
      bump()
      return lastRead
    }
    if kind.isWord {
      report(
        .expectedName, "`\(text(index))` is a reserved word and cannot be \(what)", at: tokens[index].range,
        suggestion: "choose another name")
      let name = index
      bump()
      return name
    }
    reportExpected(.expectedName, what)
    return fallback
  }

  /// The token that was read last.
  var lastRead: Int { max(0, end - 1) }

  // MARK: - Finding the way back

  /// Skips to where a statement can begin or a block can end.
  ///
  /// Brackets are skipped as pairs.
  mutating func skipStatement() {
    var braces = 0
    var others = 0
    while kind != .endOfFile {
      switch kind {
      case .semicolon where braces == 0 && others == 0:
        bump()
        return
      case .leftBrace: braces += 1
      case .rightBrace:
        if braces == 0 { return }
        braces -= 1
        if braces == 0, others == 0 {
          bump()
          return
        }
      case .leftParenthesis, .leftBracket: if braces == 0 { others += 1 }
      case .rightParenthesis, .rightBracket: if braces == 0 { others = max(0, others - 1) }
      default:
        if braces == 0, isFirstOnLine(index), kind.beginsStatement || beginsItem(index) { return }
      }
      bump()
    }
  }

  /// Skips to the next `,` or closing bracket of a list, at most to the end of the statement.
  mutating func skipListElement(_ closing: TokenKind) {
    var nesting = 0
    while kind != .endOfFile {
      switch kind {
      case closing where nesting == 0, .comma where nesting == 0: return
      case .semicolon where nesting == 0, .rightBrace where nesting == 0: return
      case .leftParenthesis, .leftBracket, .leftBrace: nesting += 1
      case .rightParenthesis, .rightBracket, .rightBrace: nesting = max(0, nesting - 1)
      default: if isFirstOnLine(index), nesting == 0, kind.beginsStatement || beginsItem(index) { return }
      }
      bump()
    }
  }
}
