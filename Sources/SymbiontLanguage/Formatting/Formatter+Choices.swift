extension Formatter {
  /// `if`; as a part of an expression it may stay on one line.
  mutating func formatIf(_ node: NodeID, isInline: Bool) {
    if isInline { operations.append(.begin) }
    formatIfChain(node, isInline: isInline)
    if isInline { operations.append(.end) }
  }

  private mutating func formatIfChain(_ node: NodeID, isInline: Bool) {
    token(firstToken(node))
    space()
    if tree.kind(node) == .ifLetExpression {
      let name = mainToken(node)
      token(firstToken(node) + 1)
      space()
      let isWrapped = tokenKind(name - 1) == .leftParenthesis
      if isWrapped {
        token(name - 2)
        token(name - 1)
      }
      token(name)
      if isWrapped { token(name + 1) }
      text(" = ")
    }
    formatExpression(tree.child(node, 0))
    space()
    formatBranch(tree.child(node, 1), isInline: isInline)
    let other = tree.child(node, 2)
    guard !isMissing(other) else { return }
    space()
    token(firstToken(other) - 1)
    space()
    if tree.kind(other) == .block {
      formatBranch(other, isInline: isInline)
    } else {
      formatIfChain(other, isInline: isInline)
    }
  }

  private mutating func formatBranch(_ block: NodeID, isInline: Bool) {
    if isInline, isInlineBlock(block) { formatInlineBlock(block) } else { formatBlock(block) }
  }

  mutating func formatMatch(_ node: NodeID) {
    token(firstToken(node))
    space()
    let subject = tree.child(node, 0)
    formatExpression(subject)
    space()
    formatBraced(node, opening: endToken(subject), Array(tree.children(node).dropFirst())) { $0.formatArm($1) }
  }

  private mutating func formatArm(_ node: NodeID) {
    formatPattern(tree.child(node, 0))
    let guardExpression = tree.child(node, 1)
    if !isMissing(guardExpression) {
      text(" if ")
      formatExpression(guardExpression)
    }
    space()
    token(mainToken(node))
    space()
    let body = tree.child(node, 2)
    guard tree.kind(body) == .block else {
      formatExpression(body)
      return text(",")
    }
    formatBlock(body)
    if tokenKind(firstToken(body)) != .leftBrace { text(",") }
  }

  mutating func formatTry(_ node: NodeID) {
    token(firstToken(node))
    space()
    formatBlock(tree.child(node, 0))
    for clause in tree.children(node).dropFirst() {
      let first = firstToken(clause)
      space()
      token(first)
      space()
      if tokenKind(first + 1) == .leftParenthesis {
        token(first + 1)
        let kind = tree.child(clause, 0)
        if !isMissing(kind) {
          token(mainToken(kind))
          space()
        }
        token(mainToken(clause))
        token(mainToken(clause) + 1)
        space()
      }
      formatBlock(tree.child(clause, 1))
    }
  }

  mutating func formatPattern(_ node: NodeID) {
    let children = Array(tree.children(node))
    switch tree.kind(node) {
    case .literalPattern: formatExpression(children[0])
    case .constructorPattern:
      token(mainToken(node))
      guard endToken(node) > mainToken(node) + 1 else { return }
      formatList(opening: mainToken(node) + 1, closing: endToken(node) - 1, children) { $0.formatPattern($1) }
    case .recordPattern:
      formatList(opening: firstToken(node), closing: endToken(node) - 1, children, isSpaced: true) {
        $0.formatPattern($1)
      }
    case .fieldPattern:
      token(mainToken(node))
      guard !isMissing(children[0]) else { return }
      text(": ")
      formatPattern(children[0])
    case .arrayPattern:
      formatList(opening: firstToken(node), closing: endToken(node) - 1, children) { $0.formatPattern($1) }
    case .restPattern:
      token(firstToken(node))
      if mainToken(node) > firstToken(node) { token(mainToken(node)) }
    case .alternativePattern:
      for (position, pattern) in children.enumerated() {
        if position > 0 { text(" | ") }
        formatPattern(pattern)
      }
    default: token(mainToken(node))
    }
  }
}
