extension Checker {
  /// Checks an expression and says what is known of its value.
  @discardableResult
  mutating func checkExpression(_ node: NodeID, isValueUsed: Bool = true) -> StaticType {
    let before = assignmentCount
    let type = checkKind(of: node, isValueUsed: isValueUsed)
    if assignmentCount != before { module.facts[Int(node)].insert(.assigns) }
    return type
  }

  private mutating func checkKind(of node: NodeID, isValueUsed: Bool) -> StaticType {
    switch tree.kind(node) {
    case .integerLiteral: return constant(node, .int)
    case .floatLiteral: return constant(node, .float)
    case .durationLiteral: return constant(node, .unknown)
    case .stringLiteral: return constant(node, .string)
    case .booleanLiteral: return constant(node, .bool)
    case .nullLiteral: return constant(node, .null)
    case .secretLiteral: return .secret
    case .identifier: return checkIdentifier(node)
    case .group:
      let type = checkExpression(tree.child(node, 0), isValueUsed: isValueUsed)
      if module.facts[Int(tree.child(node, 0))].contains(.isConstant) { module.facts[Int(node)].insert(.isConstant) }
      return type
    case .binary: return checkBinary(node)
    case .unary: return checkUnary(node)
    case .call: return checkCall(node)
    case .member:
      return checkMember(node)
    case .index: return checkIndex(node)
    case .arrayLiteral:
      checkChildren(of: node, from: 0)
      return .array
    case .recordLiteral: return checkRecord(node)
    case .lambda: return checkLambda(node, expecting: nil, by: nil)
    case .ifExpression, .ifLetExpression: return checkIf(node, isValueUsed: isValueUsed)
    case .matchExpression: return checkMatch(node, isValueUsed: isValueUsed)
    case .tryExpression: return checkTry(node, isValueUsed: isValueUsed)
    case .block: return checkBlock(node, isValueUsed: isValueUsed)
    default: return .unknown
    }
  }

  private mutating func constant(_ node: NodeID, _ type: StaticType) -> StaticType {
    module.facts[Int(node)].insert(.isConstant)
    return type
  }

  mutating func checkChildren(of node: NodeID, from first: Int) {
    for index in first..<max(first, Int(tree.nodes[Int(node)].childCount)) { checkExpression(tree.child(node, index)) }
  }

  private mutating func checkMember(_ node: NodeID) -> StaticType {
    let type = checkExpression(tree.child(node, 0))
    if type.isCertain, type != .record, type != .array, type != .string {
      report(.operandType, "`\(type.name)` has no fields", at: node)
    }
    return .unknown
  }

  private mutating func checkIndex(_ node: NodeID) -> StaticType {
    let base = checkExpression(tree.child(node, 0))
    let index = checkExpression(tree.child(node, 1))
    if base.isCertain, base != .record, base != .array, base != .string {
      report(.operandType, "`\(base.name)` has no elements", at: node)
    } else if index.isCertain, index != .int, index != .string {
      report(.operandType, "an index must be an `int` or a `String`, found `\(index.name)`", at: tree.child(node, 1))
    } else if base == .array, index == .string {
      report(.operandType, "an index of an array must be an `int`, found `String`", at: tree.child(node, 1))
    }
    return .unknown
  }

  private mutating func checkRecord(_ node: NodeID) -> StaticType {
    let count = Int(tree.nodes[Int(node)].childCount)
    stamp &+= 1
    for index in 0..<count {
      let field = tree.child(node, index)
      guard tree.kind(field) == .recordField else { continue }
      let name = module.name(of: field)
      if isRepeated(name) {
        report(.duplicateKey, "the key `\(text(name))` stands twice in this record", at: mainRange(field))
      }
    }
    if tree.mainToken(node).kind != .leftBrace { checkTypedRecord(node) }
    for index in 0..<count {
      let field = tree.child(node, index)
      if tree.kind(field) == .recordField { checkExpression(tree.child(field, 0)) }
    }
    return .record
  }

  /// Checks an `if` and all that follow its `else`, without recursion along the chain.
  private mutating func checkIf(_ first: NodeID, isValueUsed: Bool) -> StaticType {
    var node = first
    var type = StaticType.never
    while true {
      if tree.kind(node) == .ifLetExpression {
        checkExpression(tree.child(node, 0))
        let scope = openScope()
        declare(node, as: .pattern)
        type = type.joined(with: checkBlock(tree.child(node, 1), isValueUsed: isValueUsed))
        closeScope(scope)
      } else {
        checkCondition(tree.child(node, 0))
        type = type.joined(with: checkBlock(tree.child(node, 1), isValueUsed: isValueUsed))
      }
      guard tree.nodes[Int(node)].childCount > 2 else { return type.joined(with: .null) }
      let other = tree.child(node, 2)
      switch tree.kind(other) {
      case .ifExpression, .ifLetExpression: node = other
      case .missing: return type.joined(with: .null)
      default: return type.joined(with: checkBlock(other, isValueUsed: isValueUsed))
      }
    }
  }

  private mutating func checkTry(_ node: NodeID, isValueUsed: Bool) -> StaticType {
    var type = checkBlock(tree.child(node, 0), isValueUsed: isValueUsed)
    var catchesAll = false
    for index in 1..<max(1, Int(tree.nodes[Int(node)].childCount)) {
      let clause = tree.child(node, index)
      guard tree.kind(clause) == .catchClause else { continue }
      if catchesAll {
        report(.unreachable, "this is never reached: the clause above catches everything", at: clause)
      }
      if tree.kind(tree.child(clause, 0)) == .missing { catchesAll = true }
      let scope = openScope()
      if tree.mainToken(clause).kind == .identifier { declare(clause, as: .pattern) }
      type = type.joined(with: checkBlock(tree.child(clause, 1), isValueUsed: isValueUsed))
      closeScope(scope)
    }
    return type
  }
}
