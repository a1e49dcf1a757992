extension Parser {
  /// `if c { } else …` or `if let x = e { } else …`.
  mutating func parseIf() -> NodeID {
    guard enter() else {
      leave()
      return errorNode(from: index)
    }
    defer { leave() }
    let first = index
    let mark = pending.count
    bump()
    var main = first
    let isLet = kind == .let
    if isLet {
      bump()
      main = parseIfLetName(first)
      expect(.assign, "after the name")
    }
    pending.append(parseExpression(in: .head))
    if kind == .assign {
      report(
        .unexpectedToken, "a condition cannot assign", at: tokens[index].range, suggestion: "equality is `==`")
      bump()
      _ = parseExpression(in: .head)
    }
    pending.append(parseBlock())
    pending.append(parseElse())
    return finish(isLet ? .ifLetExpression : .ifExpression, main: main, first: first, mark: mark)
  }

  /// `x` or `Some(x)`; gives the name's token.
  private mutating func parseIfLetName(_ first: Int) -> Int {
    guard kind(ahead: 1) == .leftParenthesis else {
      return eat(.underscore) ? lastRead : expectName("a variable's name", fallback: first)
    }
    if !isWord(index, "Some") {
      report(
        .unknownConstructor, "`if let` cannot take `\(text(index))(…)` apart", at: tokens[index].range,
        suggestion: "write `Some(x)`, or use `match`")
    }
    bump()
    let opening = index
    bump()
    let name = eat(.underscore) ? lastRead : expectName("a variable's name", fallback: first)
    expectClosing(.rightParenthesis, of: opening)
    return name
  }

  private mutating func parseElse() -> NodeID {
    guard eat(.else) else { return missing() }
    return kind == .if ? parseIf() : parseBlock()
  }

  /// `match e { pattern => body, … }`.
  mutating func parseMatch() -> NodeID {
    let first = index
    let mark = pending.count
    bump()
    pending.append(parseExpression(in: .head))
    let opening = index
    guard eat(.leftBrace) else {
      reportExpected(.expectedBlock, "`{` and the arms of `match`")
      return finish(.matchExpression, main: first, first: first, mark: mark)
    }
    let outer = context
    context = .anything
    while kind != .rightBrace, kind != .endOfFile {
      if kind == .comma || kind == .semicolon, lastRead != opening {
        reportExpected(.expectedPattern, "a pattern")
        bump()
        continue
      }
      if kind == .identifier, beginsItem(index) { break }
      let before = index
      pending.append(parseArm())
      endArm()
      if index == before {
        reportExpected(.expectedPattern, "a pattern")
        bump()
        skipStatement()
      }
    }
    context = outer
    expectClosing(.rightBrace, of: opening)
    return finish(.matchExpression, main: first, first: first, mark: mark)
  }

  /// `pattern if guard => body`.
  private mutating func parseArm() -> NodeID {
    let first = index
    let mark = pending.count
    pending.append(parsePattern())
    pending.append(eat(.if) ? parseExpression(in: .guardCondition) : missing())
    let arrow = index
    if !eat(.fatArrow) {
      reportExpected(.unexpectedToken, "`=>` after the pattern")
      if kind == .arrow || kind == .colon || kind == .assign { bump() } else { skipToArrow() }
      if arrow == index {
        pending.append(errorNode(from: index))
        return finish(.matchArm, main: first, first: first, mark: mark)
      }
    }
    pending.append(parseArmBody())
    return finish(.matchArm, main: arrow, first: first, mark: mark)
  }

  /// Skips to the `=>` of an unreadable pattern and reads it, if it stands on this line.
  private mutating func skipToArrow() {
    var position = index
    while kind(at: position) != .endOfFile, kind(at: position) != .fatArrow, kind(at: position) != .rightBrace,
      !isFirstOnLine(position + 1 < tokens.count ? position + 1 : position)
    {
      position += 1
    }
    guard kind(at: position) == .fatArrow else { return }
    while index <= position, kind != .endOfFile { bump() }
  }

  private mutating func parseArmBody() -> NodeID {
    let first = index
    let mark = pending.count
    if kind == .leftBrace, !beginsRecord(index) { return parseBlock() }
    switch kind {
    case .return:
      bump()
      pending.append(kind == .comma || kind == .rightBrace || kind == .semicolon ? missing() : parseExpression())
      return finishBareBlock(.returnStatement, first, mark)
    case .throw:
      bump()
      pending.append(parseExpression())
      return finishBareBlock(.throwStatement, first, mark)
    case .break, .continue:
      let statement: SyntaxKind = kind == .break ? .breakStatement : .continueStatement
      bump()
      return finishBareBlock(statement, first, mark)
    default: break
    }
    let expression = parseExpression()
    guard kind.isAssignment else { return expression }
    pending.append(expression)
    let assignment = parseAssignment(expression, first, mark)
    pending.append(assignment)
    return finish(.block, main: first, first: first, mark: mark)
  }

  /// A statement as a match arm's body: a block without braces.
  private mutating func finishBareBlock(_ kind: SyntaxKind, _ first: Int, _ mark: Int) -> NodeID {
    let statement = finish(kind, main: first, first: first, mark: mark)
    pending.append(statement)
    return finish(.block, main: first, first: first, mark: mark)
  }

  /// Reads the `,` after an arm; after `}` it may be left out.
  private mutating func endArm() {
    if eat(.comma) || kind == .rightBrace || kind == .endOfFile { return }
    if kind == .semicolon {
      report(
        .missingComma, "the arms of `match` are separated by `,`", at: tokens[index].range, suggestion: "write `,`")
      bump()
      return
    }
    if self.kind(at: lastRead) == .rightBrace { return }
    let canGoOn = kind.beginsPattern
    reportExpected(.missingComma, "`,` or `}` after the arm")
    if !canGoOn { skipListElement(.rightBrace) }
    _ = eat(.comma)
  }

  /// `try { } catch (Kind e) { } catch (e) { }`.
  mutating func parseTry() -> NodeID {
    let first = index
    let mark = pending.count
    bump()
    pending.append(parseBlock())
    if kind != .catch {
      reportExpected(.missingCatch, "`catch` after the `try` block", suggestion: "write `catch (e) { … }`")
    }
    while kind == .catch { pending.append(parseCatch()) }
    return finish(.tryExpression, main: first, first: first, mark: mark)
  }

  private mutating func parseCatch() -> NodeID {
    let first = index
    let mark = pending.count
    bump()
    var name = first
    pending.append(missing())
    let opening = index
    if eat(.leftParenthesis) {
      if kind == .identifier, kind(ahead: 1) == .identifier || kind(ahead: 1) == .underscore {
        pending[mark] = tokenLeaf(.identifier)
      }
      name = eat(.underscore) ? lastRead : expectName("the error's name", fallback: first)
      if kind == .colon {
        report(
          .unexpectedToken, "the kind of an error stands before its name", at: tokens[index].range,
          suggestion: "write `catch (Kind e)`")
        skipListElement(.rightParenthesis)
      }
      expectClosing(.rightParenthesis, of: opening)
    } else if kind == .identifier {
      report(
        .unexpectedToken, "the error's name stands in parentheses", at: tokens[index].range,
        suggestion: "write `catch (\(text(index)))`")
      name = index
      bump()
    }
    pending.append(parseBlock())
    return finish(.catchClause, main: name, first: first, mark: mark)
  }
}
