extension Checker {
  mutating func checkMatch(_ node: NodeID, isValueUsed: Bool) -> StaticType {
    checkExpression(tree.child(node, 0))
    var type = StaticType.never
    var matchesAll = false
    for index in 1..<max(1, Int(tree.nodes[Int(node)].childCount)) {
      let arm = tree.child(node, index)
      guard tree.kind(arm) == .matchArm else { continue }
      if matchesAll {
        report(.unreachable, "this is never reached: an arm above matches everything", at: arm)
      }
      let scope = openScope()
      let pattern = tree.child(arm, 0)
      checkPattern(pattern)
      let guardNode = tree.child(arm, 1)
      if tree.kind(guardNode) != .missing { checkCondition(guardNode) }
      let body = tree.child(arm, 2)
      type = type.joined(
        with: tree.kind(body) == .block
          ? checkBlock(body, isValueUsed: isValueUsed) : checkExpression(body, isValueUsed: isValueUsed))
      closeScope(scope)
      if tree.kind(guardNode) == .missing, isIrrefutable(pattern) { matchesAll = true }
    }
    return type
  }

  private func isIrrefutable(_ pattern: NodeID) -> Bool {
    tree.kind(pattern) == .wildcardPattern || tree.kind(pattern) == .bindingPattern
  }

  private mutating func checkPattern(_ node: NodeID) {
    switch tree.kind(node) {
    case .bindingPattern: declare(node, as: .pattern)
    case .literalPattern: checkExpression(tree.child(node, 0))
    case .constructorPattern: checkConstructor(node)
    case .recordPattern:
      for child in tree.children(node) where tree.kind(child) == .fieldPattern {
        let hasPattern = tree.nodes[Int(child)].childCount > 0 && tree.kind(tree.child(child, 0)) != .missing
        if hasPattern { checkPattern(tree.child(child, 0)) } else { declare(child, as: .pattern) }
      }
    case .arrayPattern:
      for child in tree.children(node) {
        if tree.kind(child) != .restPattern {
          checkPattern(child)
        } else if tree.mainToken(child).kind == .identifier {
          declare(child, as: .pattern)
        }
      }
    case .alternativePattern:
      let before = module.variables.count
      for child in tree.children(node) {
        let scope = openScope()
        checkPattern(child)
        closeScope(scope)
      }
      if module.variables.count > before {
        report(
          .invalidPattern, "alternatives cannot bind names", at: node,
          suggestion: "write an arm for each, or match `_` and look at the value")
      }
    default: break
    }
  }

  private mutating func checkConstructor(_ node: NodeID) {
    let name = module.name(of: node)
    let count = Int(tree.nodes[Int(node)].childCount)
    // The parser has reported patterns in `None`.
    if count != 1, KnownNames.shared[name] != .noneValue {
      report(.invalidPattern, "`\(text(name))` takes one pattern, found \(count)", at: node)
    }
    for child in tree.children(node) { checkPattern(child) }
  }
}
