extension Parser {
  /// Reads a literal, a name, a lambda, a bracketed expression, or `if`, `match` or `try`.
  mutating func parsePrimary(isNegated: Bool) -> NodeID {
    switch kind {
    case .identifier: return parseNamed()
    case .integer, .float, .duration: return parseNumber(isNegated: isNegated)
    case .string: return tokenLeaf(.stringLiteral)
    case .true, .false: return tokenLeaf(.booleanLiteral)
    case .null: return tokenLeaf(.nullLiteral)
    case .secretReference: return tokenLeaf(.secretLiteral)
    case .leftParenthesis: return beginsLambda() ? parseLambda() : parseGroup()
    case .leftBracket: return parseArray()
    case .leftBrace:
      if context.allowsRecords || beginsRecord(index) { return parseRecord(first: index) }
    case .if: return parseIf()
    case .match: return parseMatch()
    case .try: return parseTry()
    case .underscore:
      if kind(ahead: 1) == .fatArrow, context.allowsLambdas { return parseLambda() }
    default: break
    }
    let first = index
    reportExpected(.expectedExpression, "an expression")
    return errorNode(from: first)
  }

  private mutating func parseNamed() -> NodeID {
    switch kind(ahead: 1) {
    case .fatArrow where context.allowsLambdas: return parseLambda()
    case .leftBrace where context.allowsRecords:
      let isEmpty = kind(ahead: 2) == .rightBrace
      guard isEmpty || beginsRecord(index + 1) else { break }
      let name = index
      bump()
      return parseRecord(first: name)
    default: break
    }
    return tokenLeaf(.identifier)
  }

  /// A number.
  ///
  /// What does not fit is reported here, where a minus before it is known.
  mutating func parseNumber(isNegated: Bool) -> NodeID {
    let token = tokens[index]
    let literal = source.bytes[Int(token.start)..<Int(token.end)]
    // No number of so few bytes is too large, unless a unit multiplies it.
    let harmlessLength = 12
    if token.kind == .duration || literal.count > harmlessLength || token.kind == .float {
      do throws(NumberLiteral.Failure) {
        switch token.kind {
        case .integer: _ = try NumberLiteral.integer(literal, isNegated: isNegated)
        case .float: _ = try NumberLiteral.float(literal)
        default: _ = try DurationLiteral.decode(literal)
        }
      } catch .tooLarge {
        reportPast(
          .numberTooLarge, "the number `\(text(index))` is too large", at: token.range,
          suggestion: token.kind == .integer ? "integers reach from -9223372036854775808 to 9223372036854775807" : nil)
      } catch {
        // The lexer has reported a malformed number.
      }
    }
    switch token.kind {
    case .integer: return tokenLeaf(.integerLiteral)
    case .float: return tokenLeaf(.floatLiteral)
    default: return tokenLeaf(.durationLiteral)
    }
  }

  private mutating func parseGroup() -> NodeID {
    let opening = index
    let mark = pending.count
    bump()
    if kind == .rightParenthesis {
      reportExpected(.expectedExpression, "an expression", suggestion: "a lambda without parameters is `() => e`")
      bump()
      return errorNode(from: opening)
    }
    pending.append(parseExpression(in: .anything))
    if kind == .comma {
      report(
        .unexpectedToken, "`(…)` holds one expression", at: tokens[index].range,
        suggestion: "write `[a, b]` for an array, or `(a, b) => e` for a lambda")
      skipListElements(.rightParenthesis)
    }
    expectClosing(.rightParenthesis, of: opening)
    return finish(.group, main: opening, first: opening, mark: mark)
  }

  private mutating func skipListElements(_ closing: TokenKind) {
    repeat { skipListElement(closing) } while eat(.comma)
  }

  private mutating func parseArray() -> NodeID {
    let opening = index
    let mark = pending.count
    bump()
    parseList(opening: opening, closing: .rightBracket, beginsElement: \.beginsExpression) { $0.parseExpression() }
    return finish(.arrayLiteral, main: opening, first: opening, mark: mark)
  }

  // MARK: - Records

  /// Whether the `{` at a token is followed by `word:` or `"text":`.
  func beginsRecord(_ brace: Int) -> Bool {
    let key = kind(at: brace + 1)
    return (key.isWord || key == .string) && kind(at: brace + 2) == .colon
  }

  /// `{ k: v }` or, from its name on, `Name { k: v }`.
  private mutating func parseRecord(first: Int) -> NodeID {
    let opening = index
    let mark = pending.count
    bump()
    parseList(opening: opening, closing: .rightBrace, beginsElement: { $0.isWord || $0 == .string }) {
      $0.parseRecordField()
    }
    return finish(.recordLiteral, main: first, first: first, mark: mark)
  }

  private mutating func parseRecordField() -> NodeID {
    let key = index
    let mark = pending.count
    guard kind.isWord || kind == .string else {
      reportExpected(.expectedName, "a field's name", suggestion: "a record is written `{ name: value }`")
      return errorNode(from: key)
    }
    bump()
    if !eat(.colon), !eat(.assign) {
      reportExpected(
        .unexpectedToken, "`:` after the field's name", suggestion: "a record is written `{ name: value }`")
      guard kind.beginsExpression else { return errorNode(from: key) }
    }
    pending.append(parseExpression())
    return finish(.recordField, main: key, first: key, mark: mark)
  }

  // MARK: - Lambdas

  /// Whether the `(` begins the parameters of a lambda: names and commas up to `) =>`, or a name with a type.
  private func beginsLambda() -> Bool {
    guard context.allowsLambdas else { return false }
    var position = index + 1
    if kind(at: position) == .identifier, kind(at: position + 1) == .colon { return true }
    while true {
      switch kind(at: position) {
      case .identifier, .underscore, .comma: position += 1
      case .rightParenthesis: return kind(at: position + 1) == .fatArrow
      case .colon: return kind(at: position - 1) == .identifier
      default: return false
      }
    }
  }

  private mutating func parseLambda() -> NodeID {
    let first = index
    let mark = pending.count
    if kind == .leftParenthesis {
      pending.append(parseParameters())
    } else {
      let parameter = parseParameter()
      pending.append(parameter)
      pending.append(finish(.parameters, main: first, first: first, mark: mark))
    }
    let arrow = index
    expect(.fatArrow, "after the lambda's parameters")
    if kind == .leftBrace, !beginsRecord(index) {
      pending.append(parseBlock())
    } else {
      pending.append(parseExpression())
    }
    return finish(.lambda, main: arrow, first: first, mark: mark)
  }
}
