extension Formatter {
  /// A statement with its `;`.
  ///
  /// - Parameter isLast: whether it ends its block; the `;` of a last expression is kept as it was written.
  mutating func formatStatement(_ node: NodeID, isLast: Bool) {
    formatBareStatement(node)
    switch tree.kind(node) {
    case .letStatement, .assignment, .returnStatement, .throwStatement, .breakStatement, .continueStatement:
      text(";")
    case .expressionStatement:
      switch tree.kind(tree.child(node, 0)) {
      case .ifExpression, .ifLetExpression, .matchExpression, .tryExpression: break
      default: if !isLast || tokenKind(endToken(node)) == .semicolon { text(";") }
      }
    default: break
    }
  }

  /// A statement without its `;`.
  mutating func formatBareStatement(_ node: NodeID) {
    switch tree.kind(node) {
    case .letStatement: formatLet(node)
    case .assignment: formatAssignment(node)
    case .returnStatement, .throwStatement: formatJump(node)
    case .breakStatement, .continueStatement: token(firstToken(node))
    case .forStatement: formatFor(node)
    case .whileStatement: formatWhile(node)
    case .with: formatWith(node)
    case .function: formatFunction(node)
    case .block: formatBlock(node)
    default: formatStatementExpression(tree.child(node, 0))
    }
  }

  private mutating func formatAssignment(_ node: NodeID) {
    formatExpression(tree.child(node, 0))
    space()
    token(mainToken(node))
    space()
    formatExpression(tree.child(node, 1))
  }

  private mutating func formatJump(_ node: NodeID) {
    token(firstToken(node))
    let value = tree.child(node, 0)
    guard !isMissing(value) else { return }
    space()
    formatExpression(value)
  }

  private mutating func formatFor(_ node: NodeID) {
    token(firstToken(node))
    space()
    token(mainToken(node))
    space()
    token(mainToken(node) + 1)
    space()
    formatExpression(tree.child(node, 0))
    space()
    formatBlock(tree.child(node, 1))
  }

  private mutating func formatWhile(_ node: NodeID) {
    token(firstToken(node))
    space()
    formatExpression(tree.child(node, 0))
    space()
    formatBlock(tree.child(node, 1))
  }

  /// `if` and `try` as statements always take several lines.
  private mutating func formatStatementExpression(_ node: NodeID) {
    switch tree.kind(node) {
    case .ifExpression, .ifLetExpression: formatIf(node, isInline: false)
    case .tryExpression: formatTry(node)
    default: formatExpression(node)
    }
  }

  private mutating func formatLet(_ node: NodeID) {
    token(firstToken(node))
    space()
    token(mainToken(node))
    let type = tree.child(node, 0)
    if !isMissing(type) {
      text(": ")
      formatType(type)
    }
    text(" = ")
    formatExpression(tree.child(node, 1))
  }

  private mutating func formatWith(_ node: NodeID) {
    let children = tree.children(node)
    token(firstToken(node))
    for (position, entry) in children.dropFirst().enumerated() {
      text(position > 0 ? ", " : " ")
      formatEntry(entry, isNormal: true)
    }
    space()
    formatBlock(tree.child(node, 0))
  }

  /// A block over several lines, or a match arm's statement without braces.
  mutating func formatBlock(_ node: NodeID) {
    let statements = Array(tree.children(node))
    guard tokenKind(firstToken(node)) == .leftBrace else {
      for statement in statements { formatBareStatement(statement) }
      return
    }
    let last = statements.last
    formatBraced(node, opening: firstToken(node), statements) { $0.formatStatement($1, isLast: $1 == last) }
  }

  /// Whether a block is one expression, so that it may stay on a line.
  func isInlineBlock(_ node: NodeID) -> Bool {
    let statements = tree.children(node)
    guard statements.count == 1, let statement = statements.first, tree.kind(statement) == .expressionStatement,
      tokenKind(endToken(statement)) != .semicolon
    else { return false }
    return !isBlockLike(tree.child(statement, 0))
  }

  private func isBlockLike(_ node: NodeID) -> Bool {
    switch tree.kind(node) {
    case .ifExpression, .ifLetExpression, .matchExpression, .tryExpression: true
    default: false
    }
  }

  /// A block of one expression; its lines belong to the group around it.
  mutating func formatInlineBlock(_ node: NodeID) {
    token(firstToken(node))
    operations.append(.indent)
    breakLine(.line)
    formatStatementExpression(tree.child(tree.child(node, 0), 0))
    writeTrailingComments()
    if hasComments(before: endToken(node) - 1) {
      breakLine(.hardLine)
      writeComments(before: endToken(node) - 1)
    }
    operations.append(.dedent)
    breakLine(.line)
    token(endToken(node) - 1)
  }
}
