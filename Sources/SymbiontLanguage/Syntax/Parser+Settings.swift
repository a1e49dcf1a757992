extension Parser {
  /// `metadata { … }`, or `tool name { … }` and the like.
  mutating func parseSettings(_ node: SyntaxKind, hasName: Bool) -> NodeID {
    let first = index
    let mark = pending.count
    bump()
    let name = hasName ? expectName("a name after `\(text(first))`", fallback: first) : first
    let opening = index
    guard eat(.leftBrace) else {
      reportExpected(.expectedBlock, "`{` and settings")
      if !beginsItem(index) { skipStatement() }
      return finish(node, main: name, first: first, mark: mark)
    }
    parseEntries { parser in
      if node == .tool, let special = parser.parseToolMember() { return special }
      if node == .channel, parser.isWord(parser.index, "policy"), parser.beginsItem(parser.index) {
        return parser.parsePolicy()
      }
      let canBeSection = node != .tool && node != .metadata
      return canBeSection && parser.kind(ahead: 1) == .leftBrace ? parser.parseSection() : parser.parseEntry()
    }
    expectClosing(.rightBrace, of: opening)
    return finish(node, main: name, first: first, mark: mark)
  }

  /// `search { k v }`.
  private mutating func parseSection() -> NodeID {
    let first = index
    let mark = pending.count
    bump()
    let opening = index
    bump()
    parseEntries { $0.parseEntry() }
    expectClosing(.rightBrace, of: opening)
    return finish(.section, main: first, first: first, mark: mark)
  }

  /// Reads entries up to `}`; `,` and `;` between them are optional.
  private mutating func parseEntries(_ entry: (inout Parser) -> NodeID) {
    while kind != .rightBrace, kind != .endOfFile {
      if kind == .comma || kind == .semicolon {
        bump()
        continue
      }
      guard kind.isWord else {
        let first = index
        reportExpected(.expectedSetting, "a setting", suggestion: "settings are written `name: value`")
        skipEntry()
        pending.append(errorNode(from: first))
        continue
      }
      if beginsItem(index), kind(ahead: 2) == .leftBrace || kind(ahead: 2) == .leftParenthesis,
        !isWord(index, "policy")
      {
        return
      }
      pending.append(entry(&self))
      endEntry()
    }
  }

  /// After a value only the next setting can follow.
  private mutating func endEntry() {
    if kind.isWord || kind == .comma || kind == .semicolon || kind == .rightBrace { return }
    reportExpected(.expectedSetting, "a setting or `}`")
    skipEntry()
  }

  /// Skips to the end of the line, of the setting or of the block.
  private mutating func skipEntry() {
    var nesting = 0
    repeat {
      switch kind {
      case .leftBrace, .leftBracket, .leftParenthesis: nesting += 1
      case .rightBrace where nesting == 0: return
      case .rightBrace, .rightBracket, .rightParenthesis: nesting = max(0, nesting - 1)
      case .comma where nesting == 0, .semicolon where nesting == 0: return
      default: break
      }
      bump()
    } while kind != .endOfFile && !(nesting == 0 && isFirstOnLine(index))
  }

  /// `key = value`, `key: value` or `key value`.
  mutating func parseEntry() -> NodeID {
    let key = index
    let mark = pending.count
    bump()
    if !eat(.assign) { _ = eat(.colon) }
    if kind.beginsExpression {
      pending.append(parseExpression())
    } else {
      reportExpected(.expectedExpression, "a value for `\(text(key))`")
      pending.append(errorNode(from: index))
    }
    return finish(.entry, main: key, first: key, mark: mark)
  }

  // MARK: - Tools

  /// `input name: T -> target` or `output T`; `nil` for plain settings.
  private mutating func parseToolMember() -> NodeID? {
    if isWord(index, "input"), kind(ahead: 1).isWord, kind(ahead: 2) == .colon || kind(ahead: 2) == .arrow {
      return parseToolInput()
    }
    if isWord(index, "output"), kind(ahead: 1) != .string { return parseToolOutput() }
    return nil
  }

  private mutating func parseToolInput() -> NodeID {
    let first = index
    let mark = pending.count
    bump()
    let name = index
    bump()
    expect(.colon, "and a type after the input's name")
    pending.append(parseType())
    if eat(.arrow) {
      let target = tokenOrProblem()
      pending.append(parseTarget(target))
    } else {
      pending.append(missing())
    }
    return finish(.toolInput, main: name, first: first, mark: mark)
  }

  private mutating func tokenOrProblem() -> NodeID {
    if kind == .identifier { return tokenLeaf(.identifier) }
    reportExpected(.expectedName, "`stdin` or `env(NAME)` after `->`")
    return errorNode(from: index)
  }

  /// `stdin` or `env(NAME)`.
  private mutating func parseTarget(_ word: NodeID) -> NodeID {
    kind == .leftParenthesis ? parsePostfix(word) : word
  }

  private mutating func parseToolOutput() -> NodeID {
    let first = index
    let mark = pending.count
    bump()
    if !eat(.colon) { _ = eat(.assign) }
    pending.append(parseType())
    return finish(.toolOutput, main: first, first: first, mark: mark)
  }
}
