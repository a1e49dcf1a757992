extension Parser {
  /// `(name: T, …)`.
  mutating func parseParameters() -> NodeID {
    let opening = index
    let mark = pending.count
    bump()
    parseList(opening: opening, closing: .rightParenthesis, beginsElement: { $0 == .identifier || $0 == .underscore }) {
      $0.parseParameter()
    }
    return finish(.parameters, main: opening, first: opening, mark: mark)
  }

  /// `name` or `name: T`.
  mutating func parseParameter() -> NodeID {
    let first = index
    let mark = pending.count
    // `_` names a parameter that is not used.
    let name = eat(.underscore) ? lastRead : expectName("a parameter's name", fallback: index)
    pending.append(eat(.colon) ? parseType() : missing())
    if kind == .assign {
      report(
        .unexpectedToken, "a parameter has no default value", at: tokens[index].range,
        suggestion: "give the value where the function is called")
      bump()
      _ = parseExpression()
    }
    return finish(.parameter, main: name, first: first, mark: mark)
  }

  /// `-> T`, or nothing.
  mutating func parseResultType() -> NodeID {
    if eat(.arrow) { return parseType() }
    guard kind == .colon else { return missing() }
    report(
      .unexpectedToken, "the type of the result follows `->`, not `:`", at: tokens[index].range,
      suggestion: "write `-> T`")
    bump()
    return parseType()
  }

  /// `Name`, `Name<A, B>` or `{ f: T }`.
  mutating func parseType() -> NodeID {
    guard enter() else {
      leave()
      return errorNode(from: index)
    }
    defer { leave() }
    let first = index
    let mark = pending.count
    switch kind {
    case .leftBrace: return parseRecordType()
    case .identifier, .null:
      bump()
      if kind == .less {
        let opening = index
        bump()
        parseList(opening: opening, closing: .greater, beginsElement: { $0 == .identifier || $0 == .leftBrace }) {
          $0.parseType()
        }
      }
      return finish(.typeName, main: first, first: first, mark: mark)
    case .leftBracket:
      report(.expectedType, "`[` begins no type", at: tokens[index].range, suggestion: "an array's type is `Array<T>`")
      bump()
      _ = parseType()
      _ = eat(.rightBracket)
      return errorNode(from: first)
    default:
      reportExpected(.expectedType, "a type", suggestion: "types are names, `Array<T>` or `{ field: T }`")
      return errorNode(from: first)
    }
  }

  /// `{ f: T, … }`; the fields may also be separated by `;` or by lines.
  private mutating func parseRecordType() -> NodeID {
    let opening = index
    let mark = pending.count
    bump()
    while kind.isWord || kind == .string {
      let name = index
      let fieldMark = pending.count
      bump()
      expect(.colon, "after the field's name")
      pending.append(parseType())
      pending.append(finish(.typeField, main: name, first: name, mark: fieldMark))
      if !eat(.comma), !eat(.semicolon), kind.isWord, !isFirstOnLine(index) {
        reportExpected(.missingComma, "`,` or `}`")
      }
    }
    expectClosing(.rightBrace, of: opening)
    return finish(.typeRecord, main: opening, first: opening, mark: mark)
  }
}
