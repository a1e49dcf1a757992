extension Parser {
  /// Reads an expression.
  ///
  /// Binary operators are put together with a stack of their own, so that only brackets nest.
  mutating func parseExpression() -> NodeID {
    guard enter() else {
      leave()
      return errorNode(from: index)
    }
    defer { leave() }
    let operandMark = pending.count
    let operatorMark = operators.count
    repeat {
      let operand = parseOperand()
      pending.append(operand)
    } while takeOperator(operatorMark)
    if kind == .not, kind(ahead: 1) == .in { reportNotIn() }
    let result = pending[operandMark]
    pending.removeLast(pending.count - operandMark)
    return result
  }

  /// Reads a binary operator; without one, combines all that wait from a mark on.
  private mutating func takeOperator(_ operatorMark: Int) -> Bool {
    // `in:` and `in =` are a setting's key.
    let isKey = kind == .in && (kind(ahead: 1) == .colon || kind(ahead: 1) == .assign)
    guard let precedence = OperatorPrecedence(kind), !isKey else {
      while operators.count > operatorMark { combine() }
      return false
    }
    reduce(atLeast: precedence, operatorMark)
    if let last = operators.last, operators.count > operatorMark, last.precedence == precedence {
      reportChain(last.token)
      combine()
    }
    operators.append(PendingOperator(token: UInt32(index), precedence: precedence))
    bump()
    return true
  }

  /// Combines waiting operators that bind at least as tightly as the next; chains of comparisons are left to the caller.
  private mutating func reduce(atLeast precedence: OperatorPrecedence, _ operatorMark: Int) {
    while operators.count > operatorMark, let last = operators.last,
      last.precedence > precedence || (last.precedence == precedence && precedence.isAssociative)
    {
      combine()
    }
  }

  private mutating func combine() {
    guard let last = operators.popLast(), pending.count >= 2 else { return }
    let children = pending.count - 2..<pending.count
    let first = Int(nodes[Int(pending[children.lowerBound])].firstToken)
    let end = Int(nodes[Int(pending[children.lowerBound + 1])].endToken)
    pending.append(append(.binary, main: Int(last.token), first: first, end: max(first, end), children: children))
  }

  private mutating func reportChain(_ previous: UInt32) {
    let operators = "`\(text(Int(previous)))` and `\(text(index))`"
    report(
      .comparisonChain, "the comparisons \(operators) cannot be chained", at: tokens[index].range,
      suggestion: "write `a \(text(Int(previous))) b && b \(text(index)) c`, or use parentheses")
  }

  private mutating func reportNotIn() {
    report(
      .unexpectedToken, "`not in` is no operator", at: tokens[index].range, suggestion: "write `!(x in y)`")
    bump()
    bump()
    _ = parseOperand()
  }

  /// Reads prefix operators, a primary expression and what follows it.
  private mutating func parseOperand() -> NodeID {
    let mark = operators.count
    while kind == .bang || kind == .not || kind == .minus {
      operators.append(PendingOperator(token: UInt32(index), precedence: .product))
      bump()
    }
    let isNegated = operators.count > mark && tokens[Int(operators[operators.count - 1].token)].kind == .minus
    var operand = parsePostfix(parsePrimary(isNegated: isNegated))
    while operators.count > mark, let prefix = operators.popLast() {
      pending.append(operand)
      operand = finish(.unary, main: Int(prefix.token), first: Int(prefix.token), mark: pending.count - 1)
    }
    return operand
  }

  /// Reads `.name`, `(…)` and `[…]` after an expression.
  mutating func parsePostfix(_ base: NodeID) -> NodeID {
    var base = base
    while true {
      switch kind {
      case .dot: base = parseMember(base)
      case .leftParenthesis: base = parseCall(base)
      case .leftBracket: base = parseIndex(base)
      default: return base
      }
    }
  }

  private mutating func parseMember(_ base: NodeID) -> NodeID {
    bump()
    let name = parseMemberName()
    pending.append(base)
    return finish(.member, main: name, first: Int(nodes[Int(base)].firstToken), mark: pending.count - 1)
  }

  private mutating func parseCall(_ base: NodeID) -> NodeID {
    let opening = index
    let mark = pending.count
    bump()
    pending.append(base)
    parseList(opening: opening, closing: .rightParenthesis, beginsElement: \.beginsExpression) { $0.parseArgument() }
    return finish(.call, main: opening, first: Int(nodes[Int(base)].firstToken), mark: mark)
  }

  private mutating func parseIndex(_ base: NodeID) -> NodeID {
    let opening = index
    let mark = pending.count
    bump()
    pending.append(base)
    pending.append(parseExpression(in: .anything))
    expectClosing(.rightBracket, of: opening)
    return finish(.index, main: opening, first: Int(nodes[Int(base)].firstToken), mark: mark)
  }

  private mutating func parseMemberName() -> Int {
    if kind.isWord, !(kind != .identifier && isFirstOnLine(index)) {
      bump()
      return lastRead
    }
    reportExpected(.expectedName, "a field's name after `.`")
    return lastRead
  }

  /// `e`, `name = e` or `name: e`.
  private mutating func parseArgument() -> NodeID {
    let next = kind(ahead: 1)
    guard kind.isWord, next == .assign || next == .colon else { return parseExpression() }
    let name = index
    let mark = pending.count
    bump()
    bump()
    pending.append(parseExpression())
    return finish(.namedArgument, main: name, first: name, mark: mark)
  }

  /// Reads an expression where only some may stand: between brackets, before a block, before `=>`.
  mutating func parseExpression(in inner: ExpressionContext) -> NodeID {
    let outer = context
    context = inner
    defer { context = outer }
    return parseExpression()
  }
}
