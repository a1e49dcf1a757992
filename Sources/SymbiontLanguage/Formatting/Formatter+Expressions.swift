extension Formatter {
  mutating func formatExpression(_ node: NodeID) {
    switch tree.kind(node) {
    case .binary: formatBinary(node)
    case .unary: formatUnary(node)
    case .call: formatCall(node)
    case .namedArgument, .recordField: formatField(node)
    case .member: formatMember(node)
    case .index: formatIndex(node)
    case .group: formatGroup(node)
    case .arrayLiteral: formatArray(node)
    case .recordLiteral: formatRecord(node)
    case .lambda: formatLambda(node)
    case .ifExpression, .ifLetExpression: formatIf(node, isInline: true)
    case .matchExpression: formatMatch(node)
    case .tryExpression: formatTry(node)
    default: token(mainToken(node))
    }
  }

  private mutating func formatUnary(_ node: NodeID) {
    token(mainToken(node))
    if tokenKind(mainToken(node)) == .not { space() }
    formatExpression(tree.child(node, 0))
  }

  private mutating func formatField(_ node: NodeID) {
    token(mainToken(node))
    text(tokenKind(mainToken(node) + 1) == .assign ? " = " : ": ")
    formatExpression(tree.child(node, 0))
  }

  private mutating func formatIndex(_ node: NodeID) {
    formatExpression(tree.child(node, 0))
    token(mainToken(node))
    formatExpression(tree.child(node, 1))
    token(endToken(node) - 1)
  }

  private mutating func formatGroup(_ node: NodeID) {
    token(firstToken(node))
    formatExpression(tree.child(node, 0))
    token(endToken(node) - 1)
  }

  private mutating func formatArray(_ node: NodeID) {
    formatList(opening: firstToken(node), closing: endToken(node) - 1, Array(tree.children(node))) {
      $0.formatExpression($1)
    }
  }

  /// A chain of operators of one precedence; when it does not fit, each operator begins a line.
  private mutating func formatBinary(_ node: NodeID) {
    let precedence = OperatorPrecedence(tokenKind(mainToken(node)))
    var links: [NodeID] = []
    var operand = node
    while tree.kind(operand) == .binary, OperatorPrecedence(tokenKind(mainToken(operand))) == precedence {
      links.append(operand)
      operand = tree.child(operand, 0)
    }
    operations.append(.begin)
    formatExpression(operand)
    operations.append(.indent)
    for link in links.reversed() {
      breakLine(.line)
      token(mainToken(link))
      space()
      formatExpression(tree.child(link, 1))
    }
    operations.append(.dedent)
    operations.append(.end)
  }

  private mutating func formatMember(_ node: NodeID) {
    let base = tree.child(node, 0)
    formatExpression(base)
    let name = tree.mainToken(node).range
    // `5.seconds` would be a duration.
    if tokenKind(endToken(base) - 1) == .integer,
      DurationLiteral.isLongUnit(tree.source.bytes[Int(name.lowerBound)..<Int(name.upperBound)])
    {
      space()
    }
    token(mainToken(node) - 1)
    token(mainToken(node))
  }

  private mutating func formatCall(_ node: NodeID) {
    formatExpression(tree.child(node, 0))
    let arguments = Array(tree.children(node).dropFirst())
    let opening = mainToken(node)
    let closing = endToken(node) - 1
    guard let last = arguments.last, hugs(last, of: arguments) else {
      return formatList(opening: opening, closing: closing, arguments) { $0.formatExpression($1) }
    }
    token(opening)
    for argument in arguments {
      formatExpression(argument)
      if argument != last { text(", ") }
    }
    token(closing)
  }

  /// Whether a call's last argument may open its own lines: `items.map(x => {`, `send({`.
  private func hugs(_ last: NodeID, of arguments: [NodeID]) -> Bool {
    switch tree.kind(last) {
    case .lambda: tree.kind(tree.child(last, 1)) == .block
    case .recordLiteral, .arrayLiteral: arguments.count == 1 && !tree.children(last).isEmpty
    default: false
    }
  }

  private mutating func formatRecord(_ node: NodeID) {
    var opening = firstToken(node)
    if tokenKind(opening) != .leftBrace {
      token(opening)
      space()
      opening += 1
    }
    formatList(opening: opening, closing: endToken(node) - 1, Array(tree.children(node)), isSpaced: true) {
      $0.formatExpression($1)
    }
  }

  private mutating func formatLambda(_ node: NodeID) {
    formatParameters(tree.child(node, 0))
    space()
    token(mainToken(node))
    space()
    let body = tree.child(node, 1)
    guard tree.kind(body) == .block else { return formatExpression(body) }
    guard isInlineBlock(body) else { return formatBlock(body) }
    operations.append(.begin)
    formatInlineBlock(body)
    operations.append(.end)
  }

  /// `(a, b)`: on one line, or an element a line with a `,` after the last.
  ///
  /// - Parameter isSpaced: whether spaces stand inside the brackets when it stays on one line.
  mutating func formatList(
    opening: Int, closing: Int, _ elements: [NodeID], isSpaced: Bool = false,
    _ format: (inout Formatter, NodeID) -> Void
  ) {
    guard !elements.isEmpty || hasComments(before: closing) else {
      token(opening)
      return token(closing)
    }
    operations.append(.begin)
    token(opening)
    operations.append(.indent)
    for (position, element) in elements.enumerated() {
      breakLine(isSpaced || position > 0 ? .line : .softLine)
      format(&self, element)
      if position < elements.count - 1 { text(",") } else { operations.append(.trailingComma) }
    }
    writeTrailingComments()
    if hasComments(before: closing) {
      operations.append(.hardLine)
      writeComments(before: closing)
    }
    operations.append(.dedent)
    breakLine(isSpaced ? .line : .softLine)
    token(closing)
    operations.append(.end)
  }
}
