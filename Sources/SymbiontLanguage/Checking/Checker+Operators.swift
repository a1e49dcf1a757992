extension Checker {
  /// Checks a chain of operators.
  ///
  /// Long chains lean to the left, so that side is walked without recursion.
  mutating func checkBinary(_ node: NodeID) -> StaticType {
    let before = assignmentCount
    var spine = [node]
    var left = tree.child(node, 0)
    while tree.kind(left) == .binary {
      spine.append(left)
      left = tree.child(left, 0)
    }
    var type = checkExpression(left)
    var isConstant = module.facts[Int(left)].contains(.isConstant)
    for current in spine.reversed() {
      let right = tree.child(current, 1)
      let rightType = checkExpression(right)
      isConstant = isConstant && module.facts[Int(right)].contains(.isConstant)
      if isConstant { module.facts[Int(current)].insert(.isConstant) }
      if assignmentCount != before { module.facts[Int(current)].insert(.assigns) }
      type = combine(type, rightType, at: current)
    }
    return type
  }

  private mutating func combine(_ left: StaticType, _ right: StaticType, at node: NodeID) -> StaticType {
    switch tree.mainToken(node).kind {
    case .andAnd, .orOr:
      for (type, index) in [(left, 0), (right, 1)] where type.isCertain && type != .bool {
        let word = tree.mainText(node)
        report(.conditionType, "`\(word)` takes bools, found `\(type.name)`", at: tree.child(node, index))
      }
      return .bool
    case .equal, .notEqual: return .bool
    case .in:
      if right.isCertain, right != .array, right != .record, right != .string {
        report(.operandType, "`in` looks into an array, a record or a string, found `\(right.name)`", at: node)
      }
      return .bool
    case .less, .lessEqual, .greater, .greaterEqual:
      checkOperands(left, right, at: node, "compare", allowsText: true)
      return .bool
    case .plus: return checkOperands(left, right, at: node, "add", allowsText: true)
    case .minus: return checkOperands(left, right, at: node, "subtract", allowsText: false)
    case .star: return checkOperands(left, right, at: node, "multiply", allowsText: false)
    case .slash, .percent: return checkOperands(left, right, at: node, "divide", allowsText: false)
    default: return .unknown
    }
  }

  /// Both operands must be numbers, or both strings where that is allowed.
  @discardableResult
  private mutating func checkOperands(
    _ left: StaticType, _ right: StaticType, at node: NodeID, _ verb: String, allowsText: Bool
  ) -> StaticType {
    func isFine(_ type: StaticType) -> Bool { !type.isCertain || type.isNumber || (allowsText && type == .string) }
    let clash = left.isCertain && right.isCertain && (left == .string) != (right == .string)
    if isFine(left), isFine(right), !clash {
      if left == .string || right == .string { return .string }
      guard left.isNumber, right.isNumber else { return .unknown }
      return left == .int && right == .int ? .int : .float
    }
    report(
      .operandType, "cannot \(verb) `\(left.name)` and `\(right.name)`", at: node,
      suggestion: operandHelp(left, right, verb))
    return .unknown
  }

  private func operandHelp(_ left: StaticType, _ right: StaticType, _ verb: String) -> String? {
    guard verb == "add" else { return nil }
    if left == .array || right == .array { return "use `push(list, value)`, or `list += [value]`" }
    return left == .string || right == .string ? "use `string(x)` to make a text of it" : nil
  }

  mutating func checkUnary(_ node: NodeID) -> StaticType {
    let operand = tree.child(node, 0)
    let type = checkExpression(operand)
    if module.facts[Int(operand)].contains(.isConstant) { module.facts[Int(node)].insert(.isConstant) }
    if tree.mainToken(node).kind == .minus {
      if type.isCertain, !type.isNumber { report(.operandType, "cannot negate `\(type.name)`", at: node) }
      return type.isNumber ? type : .unknown
    }
    if type.isCertain, type != .bool {
      report(.conditionType, "`\(tree.mainText(node))` takes a bool, found `\(type.name)`", at: operand)
    }
    return .bool
  }
}
