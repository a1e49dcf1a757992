extension Parser {
  /// `p` or `p | q`.
  mutating func parsePattern() -> NodeID {
    guard enter() else {
      leave()
      return errorNode(from: index)
    }
    defer { leave() }
    let first = index
    let mark = pending.count
    let pattern = parseSinglePattern()
    guard kind == .pipe else { return pattern }
    pending.append(pattern)
    while eat(.pipe) { pending.append(parseSinglePattern()) }
    return finish(.alternativePattern, main: first, first: first, mark: mark)
  }

  private mutating func parseSinglePattern() -> NodeID {
    let first = index
    let mark = pending.count
    switch kind {
    case .underscore: return tokenLeaf(.wildcardPattern)
    case .integer, .float, .duration, .string, .true, .false, .null, .minus:
      pending.append(parsePatternLiteral())
      return finish(.literalPattern, main: first, first: first, mark: mark)
    case .identifier: return parseNamedPattern()
    case .leftBrace:
      bump()
      parseList(opening: first, closing: .rightBrace, beginsElement: { $0.isWord || $0 == .string }) {
        $0.parseFieldPattern()
      }
      return finish(.recordPattern, main: first, first: first, mark: mark)
    case .leftBracket: return parseArrayPattern()
    default:
      reportExpected(
        .expectedPattern, "a pattern",
        suggestion: "patterns are literals, names, `_`, `Some(p)`, `[p, ..]` and `{ k: p }`")
      return errorNode(from: first)
    }
  }

  private mutating func parsePatternLiteral() -> NodeID {
    let first = index
    guard kind == .minus else { return parsePrimary(isNegated: false) }
    let mark = pending.count
    bump()
    if kind == .integer || kind == .float || kind == .duration {
      pending.append(parseNumber(isNegated: true))
    } else {
      reportExpected(.expectedPattern, "a number after `-`")
      pending.append(errorNode(from: index))
    }
    return finish(.unary, main: first, first: first, mark: mark)
  }

  private mutating func parseNamedPattern() -> NodeID {
    let name = index
    let mark = pending.count
    let isKnown = isWord(name, "Some") || isWord(name, "Ok") || isWord(name, "Err")
    bump()
    if kind == .leftParenthesis {
      if !isKnown {
        reportPast(
          .unknownConstructor, "unknown constructor `\(text(name))`", at: tokens[name].range,
          suggestion: "constructors are `Some(p)`, `None`, `Ok(p)` and `Err(p)`")
      }
      let opening = index
      bump()
      parseList(opening: opening, closing: .rightParenthesis, beginsElement: \.beginsPattern) { $0.parsePattern() }
      return finish(.constructorPattern, main: name, first: name, mark: mark)
    }
    if isWord(name, "None") { return leaf(.constructorPattern, main: name, first: name) }
    if isKnown {
      reportPast(
        .unknownConstructor, "`\(text(name))` needs a pattern in parentheses", at: tokens[name].range,
        suggestion: "write `\(text(name))(value)`")
    }
    return leaf(.bindingPattern, main: name, first: name)
  }

  private mutating func parseFieldPattern() -> NodeID {
    let key = index
    let mark = pending.count
    guard kind.isWord || kind == .string else {
      reportExpected(.expectedPattern, "a field's name")
      return errorNode(from: key)
    }
    let canBind = kind == .identifier
    bump()
    if eat(.colon) {
      pending.append(parsePattern())
    } else {
      if !canBind {
        reportPast(
          .expectedPattern, "`\(text(key))` cannot become a variable", at: tokens[key].range,
          suggestion: "write `\(text(key)): name`")
      }
      pending.append(missing())
    }
    return finish(.fieldPattern, main: key, first: key, mark: mark)
  }

  private mutating func parseArrayPattern() -> NodeID {
    let opening = index
    let mark = pending.count
    bump()
    parseList(opening: opening, closing: .rightBracket, beginsElement: \.beginsPattern) { parser in
      parser.kind == .ellipsis ? parser.parseRestPattern() : parser.parsePattern()
    }
    return finish(.arrayPattern, main: opening, first: opening, mark: mark)
  }

  private mutating func parseRestPattern() -> NodeID {
    let first = index
    bump()
    let name = kind == .identifier ? index : first
    if kind == .identifier { bump() }
    let isLast = kind == .rightBracket || (kind == .comma && kind(ahead: 1) == .rightBracket)
    if !isLast {
      reportPast(
        .misplacedRest, "`..` stands before other patterns", at: tokens[first].range,
        suggestion: "move it to the end of the array pattern")
    }
    return leaf(.restPattern, main: name, first: first)
  }
}

extension TokenKind {
  /// Whether a pattern can begin with it.
  var beginsPattern: Bool {
    switch self {
    case .underscore, .integer, .float, .duration, .string, .true, .false, .null, .minus, .identifier, .leftBrace,
      .leftBracket, .ellipsis:
      true
    default: false
    }
  }
}
