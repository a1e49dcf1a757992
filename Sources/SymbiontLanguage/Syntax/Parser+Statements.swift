extension Parser {
  /// `{ statement* }`.
  mutating func parseBlock() -> NodeID {
    guard enter() else {
      leave()
      return errorNode(from: index)
    }
    defer { leave() }
    let opening = index
    let mark = pending.count
    guard kind == .leftBrace else {
      reportExpected(.expectedBlock, "a block `{ … }`")
      return append(.block, main: opening, first: opening, end: opening, children: mark..<mark)
    }
    bump()
    let outer = context
    context = .anything
    parseStatements(inAgent: false)
    context = outer
    expectClosing(.rightBrace, of: opening)
    return finish(.block, main: opening, first: opening, mark: mark)
  }

  /// Reads statements (in an agent also settings and policies) up to `}`; they become pending children.
  mutating func parseStatements(inAgent: Bool) {
    while kind != .rightBrace, kind != .endOfFile {
      if eat(.semicolon) { continue }
      if beginsForeignItem(inAgent: inAgent) { return }
      let before = index
      pending.append(inAgent ? parseAgentMember() : parseStatement())
      if index == before {
        reportExpected(.unexpectedToken, "a statement")
        bump()
        skipStatement()
      }
    }
  }

  /// Whether the next token begins an item that cannot stand in a block: the block's `}` is missing.
  private func beginsForeignItem(inAgent: Bool) -> Bool {
    guard kind == .identifier, beginsItem(index), !isWord(index, "function") else { return false }
    return !(inAgent && isWord(index, "policy"))
  }

  mutating func parseStatement() -> NodeID {
    switch kind {
    case .let: return parseLet()
    case .return, .throw, .break, .continue: return parseJump()
    case .for: return parseFor()
    case .while: return parseWhile()
    case .leftBrace where !beginsRecord(index): return parseBlock()
    case .if, .match, .try: return parseBlockLike()
    case .else, .catch: return parseStrayClause()
    case .identifier:
      if isWord(index, "function"), kind(ahead: 1).isWord { return parseFunction() }
      if beginsWith() { return parseWith() }
    default: break
    }
    return parseExpressionStatement()
  }

  /// `return e;`, `throw e;`, `break;` or `continue;`.
  private mutating func parseJump() -> NodeID {
    let first = index
    let mark = pending.count
    bump()
    switch self.kind(at: first) {
    case .return:
      let isEmpty = kind == .semicolon || kind == .rightBrace || kind == .endOfFile
      pending.append(isEmpty ? missing() : parseExpression())
      return endStatement(.returnStatement, first, mark)
    case .throw:
      pending.append(parseExpression())
      return endStatement(.throwStatement, first, mark)
    case .break: return endStatement(.breakStatement, first, mark)
    default: return endStatement(.continueStatement, first, mark)
    }
  }

  private mutating func parseWhile() -> NodeID {
    let first = index
    let mark = pending.count
    bump()
    pending.append(parseExpression(in: .head))
    pending.append(parseBlock())
    return finish(.whileStatement, main: first, first: first, mark: mark)
  }

  /// Makes a statement's node and reads its `;`.
  private mutating func endStatement(_ kind: SyntaxKind, _ first: Int, _ mark: Int) -> NodeID {
    let node = finish(kind, main: first, first: first, mark: mark)
    expectSemicolon(first)
    return node
  }

  /// Reads the `;` of a statement that began with a token.
  ///
  /// It may be left out before `}`.
  mutating func expectSemicolon(_ first: Int) {
    if eat(.semicolon) || kind == .rightBrace || kind == .endOfFile { return }
    if isFirstOnLine(index) {
      let isSilent = lastProblem == index
      reportExpected(.missingSemicolon, "`;` after the statement", suggestion: "add `;` at the end of the line")
      // An unreadable rest may begin this line.
      if isSilent, !kind.beginsStatement { skipStatement() }
      return
    }
    if let hint = foreignWordHint(first) {
      report(.unexpectedToken, "unknown word `\(text(first))`", at: tokens[first].range, suggestion: hint)
    } else {
      reportExpected(.missingSemicolon, "`;` after the statement")
    }
    skipStatement()
  }

  /// Words of other languages at the start of a statement.
  private func foreignWordHint(_ first: Int) -> String? {
    guard kind(at: first) == .identifier, first + 1 == index else { return nil }
    switch text(first) {
    case "var", "const", "val", "mut": return "a variable is declared with `let`"
    case "fn", "func", "def", "fun": return "a function is declared with `function`"
    case "elif", "elsif", "elseif": return "write `else if`"
    case "switch", "case": return "write `match value { pattern => result }`"
    case "foreach": return "write `for x in list { … }`"
    case "raise": return "write `throw`"
    default: return nil
    }
  }

  /// `let x: T = e;`.
  private mutating func parseLet() -> NodeID {
    let first = index
    let mark = pending.count
    bump()
    let name = expectName("a variable's name", fallback: first)
    pending.append(eat(.colon) ? parseType() : missing())
    if expect(.assign, "and a value after the name") || kind.beginsExpression {
      pending.append(parseExpression())
    } else {
      pending.append(errorNode(from: index))
    }
    let node = finish(.letStatement, main: name, first: first, mark: mark)
    expectSemicolon(first)
    return node
  }

  /// `for x in e { }`.
  private mutating func parseFor() -> NodeID {
    let first = index
    let mark = pending.count
    bump()
    let hasParenthesis = kind == .leftParenthesis
    if hasParenthesis {
      report(
        .unexpectedToken, "`for` has no parentheses", at: tokens[index].range, suggestion: "write `for x in list { … }`"
      )
      bump()
    }
    let name = eat(.underscore) ? lastRead : expectName("the loop's variable", fallback: first)
    expect(.in, "after the loop's variable")
    pending.append(parseExpression(in: .head))
    if hasParenthesis { _ = eat(.rightParenthesis) }
    pending.append(parseBlock())
    return finish(.forStatement, main: name, first: first, mark: mark)
  }

  /// `if`, `match` or `try` at the start of a statement, which they end, unless `.` follows.
  private mutating func parseBlockLike() -> NodeID {
    let first = index
    let mark = pending.count
    let expression = parsePrimary(isNegated: false)
    guard kind == .dot else {
      pending.append(expression)
      return finish(.expressionStatement, main: first, first: first, mark: mark)
    }
    return parseRestOfStatement(parsePostfix(expression), first, mark)
  }

  private mutating func parseExpressionStatement() -> NodeID {
    let first = index
    let mark = pending.count
    let expression = parseExpression()
    guard index > first else {
      pending.append(expression)
      return finish(.expressionStatement, main: first, first: first, mark: mark)
    }
    return parseRestOfStatement(expression, first, mark)
  }

  private mutating func parseRestOfStatement(_ expression: NodeID, _ first: Int, _ mark: Int) -> NodeID {
    pending.append(expression)
    guard kind.isAssignment else {
      let node = finish(.expressionStatement, main: first, first: first, mark: mark)
      expectSemicolon(first)
      return node
    }
    let node = parseAssignment(expression, first, mark)
    expectSemicolon(first)
    return node
  }

  /// `= e`, `+= e` … after a place, which is the pending child at the mark.
  mutating func parseAssignment(_ place: NodeID, _ first: Int, _ mark: Int) -> NodeID {
    if !isPlace(place) {
      report(
        .invalidPlace, "cannot assign to `\(shortText(place))`", at: range(place),
        suggestion: "assign to a name, `a.field` or `a[i]`; equality is `==`")
    }
    let sign = index
    bump()
    pending.append(parseExpression())
    return finish(.assignment, main: sign, first: first, mark: mark)
  }

  /// Whether a node is a name, a field or an element of a place.
  private func isPlace(_ node: NodeID) -> Bool {
    var node = node
    while true {
      switch nodes[Int(node)].kind {
      case .identifier, .error: return true
      case .member, .index: node = childIDs[Int(nodes[Int(node)].firstChild)]
      default: return false
      }
    }
  }

  func range(_ node: NodeID) -> Range<UInt32> {
    let node = nodes[Int(node)]
    let start = tokens[Int(node.firstToken)].start
    return start..<max(start, tokens[max(Int(node.firstToken), Int(node.endToken) - 1)].end)
  }

  private func shortText(_ node: NodeID) -> String {
    let longest = 24
    let range = range(node)
    let longestBytes: UInt32 = 200
    let cut = range.lowerBound..<min(range.upperBound, range.lowerBound + longestBytes)
    let text = source.text(cut).prefix { !$0.isNewline }
    return text.count > longest ? "\(text.prefix(longest))…" : String(text)
  }

  /// `else` or `catch` without its beginning.
  private mutating func parseStrayClause() -> NodeID {
    let first = index
    report(
      .unexpectedToken, "`\(text(first))` without \(kind == .else ? "an `if`" : "a `try`") before it",
      at: tokens[first].range)
    bump()
    skipStatement()
    return errorNode(from: first)
  }

  // MARK: - With

  /// Whether the next token begins `with k = v { }` or `with { }`.
  private func beginsWith() -> Bool {
    guard isWord(index, "with") else { return false }
    let next = kind(ahead: 1)
    return next == .leftBrace || next.isWord
  }

  /// `with k = v, … { … }`: its block comes first among the children.
  private mutating func parseWith() -> NodeID {
    let first = index
    let mark = pending.count
    bump()
    pending.append(missing())
    while kind.isWord {
      pending.append(parseWithEntry())
      if !eat(.comma) {
        guard kind.isWord else { break }
        reportExpected(.missingComma, "`,` or `{`")
      }
    }
    pending[mark] = parseBlock()
    return finish(.with, main: first, first: first, mark: mark)
  }

  private mutating func parseWithEntry() -> NodeID {
    let key = index
    let mark = pending.count
    bump()
    if !eat(.assign), !eat(.colon) { reportExpected(.unexpectedToken, "`=` after the setting's name") }
    pending.append(parseExpression(in: .head))
    return finish(.entry, main: key, first: key, mark: mark)
  }
}
