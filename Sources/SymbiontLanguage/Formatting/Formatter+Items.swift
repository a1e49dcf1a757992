extension Formatter {
  typealias NodeID = SyntaxTree.NodeID

  mutating func formatItem(_ node: NodeID) {
    switch tree.kind(node) {
    case .agent: formatAgent(node)
    case .function: formatFunction(node)
    case .policy: formatPolicy(node)
    case .typeDeclaration:
      token(firstToken(node))
      space()
      token(mainToken(node))
      text(" = ")
      formatType(tree.child(node, 0))
    case .metadata:
      token(firstToken(node))
      space()
      formatBraced(node, opening: firstToken(node) + 1, Array(tree.children(node))) {
        $0.formatEntry($1, isNormal: true)
      }
    default:
      token(firstToken(node))
      space()
      token(mainToken(node))
      space()
      formatBraced(node, opening: mainToken(node) + 1, Array(tree.children(node))) { $0.formatSetting($1) }
    }
  }

  /// `{`, one member a line, `}`.
  mutating func formatBraced(
    _ node: NodeID, opening: Int, _ members: [NodeID], _ format: (inout Formatter, NodeID) -> Void
  ) {
    let closing = endToken(node) - 1
    token(opening)
    guard !members.isEmpty || hasComments(before: closing) else { return token(closing) }
    operations.append(.indent)
    for member in members {
      separate(from: member)
      format(&self, member)
    }
    breakLine(.hardLine)
    writeComments(before: closing)
    operations.append(.dedent)
    breakLine(.hardLine)
    token(closing)
  }

  private mutating func formatSetting(_ node: NodeID) {
    switch tree.kind(node) {
    case .policy: formatPolicy(node)
    case .section:
      token(mainToken(node))
      space()
      formatBraced(node, opening: mainToken(node) + 1, Array(tree.children(node))) { $0.formatSetting($1) }
    case .toolInput: formatToolInput(node)
    case .toolOutput:
      token(mainToken(node))
      space()
      formatType(tree.child(node, 0))
    default: formatEntry(node, isNormal: false)
    }
  }

  /// A setting; in the normal form with `=`, otherwise as it was written.
  mutating func formatEntry(_ node: NodeID, isNormal: Bool) {
    let key = mainToken(node)
    token(key)
    switch tokenKind(key + 1) {
    case .assign: text(" = ")
    case .colon: text(isNormal ? " = " : ": ")
    default: space()
    }
    formatExpression(tree.child(node, 0))
    // `in` would continue the value.
    if tokenKind(tokenAfterSeparators(endToken(node))) == .in { text(",") }
  }

  private func tokenAfterSeparators(_ index: Int) -> Int {
    var next = index
    while tokenKind(next) == .comma || tokenKind(next) == .semicolon { next += 1 }
    return next
  }

  private mutating func formatToolInput(_ node: NodeID) {
    token(firstToken(node))
    space()
    token(mainToken(node))
    text(": ")
    formatType(tree.child(node, 0))
    let target = tree.child(node, 1)
    if !isMissing(target) {
      text(" -> ")
      formatExpression(target)
    }
  }

  // MARK: - Agents and functions

  private mutating func formatAgent(_ node: NodeID) {
    let children = Array(tree.children(node))
    token(firstToken(node))
    space()
    token(mainToken(node))
    if endToken(children[0]) > firstToken(children[0]) { formatParameters(children[0]) }
    formatResult(children[1])
    space()
    let opening = openingBrace(after: isMissing(children[1]) ? children[0] : children[1], orName: mainToken(node))
    let members = Array(children[2...])
    let last = members.last
    formatBraced(node, opening: opening, members) { formatter, member in
      formatter.formatAgentMember(member, isLast: member == last)
    }
  }

  /// The `{` after an agent's head; parameters without parentheses have no tokens.
  private func openingBrace(after head: NodeID, orName name: Int) -> Int {
    endToken(head) > firstToken(head) ? endToken(head) : name + 1
  }

  private mutating func formatAgentMember(_ node: NodeID, isLast: Bool) {
    switch tree.kind(node) {
    case .policy: formatPolicy(node)
    case .entry:
      formatEntry(node, isNormal: tree.mainText(node) == "capabilities")
      if needsSeparator(after: endToken(node)) { text(";") }
    default: formatStatement(node, isLast: isLast)
    }
  }

  /// Whether the statement after a setting would continue the setting's value.
  private func needsSeparator(after end: Int) -> Bool {
    switch tokenKind(tokenAfterSeparators(end)) {
    case .leftParenthesis, .leftBracket, .leftBrace, .minus: return true
    default: return false
    }
  }

  mutating func formatFunction(_ node: NodeID) {
    token(firstToken(node))
    space()
    token(mainToken(node))
    formatParameters(tree.child(node, 0))
    formatResult(tree.child(node, 1))
    space()
    formatBlock(tree.child(node, 2))
  }

  private mutating func formatResult(_ type: NodeID) {
    guard !isMissing(type) else { return }
    text(" -> ")
    formatType(type)
  }

  mutating func formatParameters(_ node: NodeID) {
    guard tokenKind(firstToken(node)) == .leftParenthesis else {
      for parameter in tree.children(node) { formatParameter(parameter) }
      return
    }
    formatList(opening: firstToken(node), closing: endToken(node) - 1, Array(tree.children(node))) {
      $0.formatParameter($1)
    }
  }

  private mutating func formatParameter(_ node: NodeID) {
    token(mainToken(node))
    let type = tree.child(node, 0)
    guard !isMissing(type) else { return }
    text(": ")
    formatType(type)
  }

  mutating func formatType(_ node: NodeID) {
    let fields = Array(tree.children(node))
    guard tree.kind(node) == .typeRecord else {
      token(mainToken(node))
      guard endToken(node) > mainToken(node) + 1 else { return }
      formatList(opening: mainToken(node) + 1, closing: endToken(node) - 1, fields) { $0.formatType($1) }
      return
    }
    formatList(opening: firstToken(node), closing: endToken(node) - 1, fields, isSpaced: true) { formatter, field in
      formatter.token(formatter.mainToken(field))
      formatter.text(": ")
      formatter.formatType(formatter.tree.child(field, 0))
    }
  }

  // MARK: - Policies

  mutating func formatPolicy(_ node: NodeID) {
    token(firstToken(node))
    space()
    token(mainToken(node))
    space()
    formatBraced(node, opening: mainToken(node) + 1, Array(tree.children(node))) { $0.formatRule($1) }
  }

  private mutating func formatRule(_ node: NodeID) {
    token(mainToken(node))
    text(": ")
    formatExpression(tree.child(node, 0))
    let condition = tree.child(node, 1)
    guard !isMissing(condition) else { return }
    text(" if ")
    formatExpression(condition)
  }
}
