extension Checker {
  /// Checks a block in a scope of its own; its type is that of its last expression.
  @discardableResult
  mutating func checkBlock(_ node: NodeID, isValueUsed: Bool) -> StaticType {
    guard tree.kind(node) == .block else {
      return tree.kind(node) == .missing || tree.kind(node) == .error ? .unknown : checkExpression(node)
    }
    let scope = openScope()
    let type = checkSequence(of: node, from: 0, isValueUsed: isValueUsed)
    closeScope(scope)
    return type
  }

  /// Checks statements in the current scope.
  mutating func checkSequence(of node: NodeID, from first: Int, isValueUsed: Bool) -> StaticType {
    let count = Int(tree.nodes[Int(node)].childCount)
    var last = StaticType.null
    var isUnreachable = false
    var hasWarned = false
    for index in first..<max(first, count) {
      let child = tree.child(node, index)
      if isUnreachable, !hasWarned, tree.kind(child) != .error, tree.kind(child) != .missing {
        report(.unreachable, "this is never reached", at: child, suggestion: "remove it")
        hasWarned = true
      }
      last = checkStatement(child, isValueUsed: isValueUsed && index == count - 1)
      if last == .never { isUnreachable = true }
    }
    return isUnreachable ? .never : last
  }

  private mutating func checkStatement(_ node: NodeID, isValueUsed: Bool) -> StaticType {
    switch tree.kind(node) {
    case .letStatement: return checkLet(node)
    case .assignment: return checkAssignment(node)
    case .returnStatement:
      if tree.nodes[Int(node)].childCount > 0 { checkExpression(tree.child(node, 0)) }
      return .never
    case .throwStatement:
      checkExpression(tree.child(node, 0))
      return .never
    case .breakStatement, .continueStatement:
      if loopDepth == 0 {
        let word = tree.kind(node) == .breakStatement ? "break" : "continue"
        report(.outsideLoop, "`\(word)` stands outside a loop", at: node)
      }
      return .never
    case .forStatement: return checkFor(node)
    case .whileStatement:
      checkCondition(tree.child(node, 0))
      loopDepth += 1
      checkBlock(tree.child(node, 1), isValueUsed: false)
      loopDepth -= 1
      return .null
    case .with: return checkWith(node, isValueUsed: isValueUsed)
    case .function: return checkNestedFunction(node)
    case .expressionStatement:
      let expression = tree.child(node, 0)
      let type = checkOptionallyUsed(expression, isValueUsed: isValueUsed)
      if !isValueUsed { warnIfPure(expression) }
      return type
    case .error, .missing, .entry, .policy: return .null
    default: return checkOptionallyUsed(node, isValueUsed: isValueUsed)
    }
  }

  private mutating func checkOptionallyUsed(_ node: NodeID, isValueUsed: Bool) -> StaticType {
    tree.kind(node) == .block
      ? checkBlock(node, isValueUsed: isValueUsed) : checkExpression(node, isValueUsed: isValueUsed)
  }

  private mutating func checkWith(_ node: NodeID, isValueUsed: Bool) -> StaticType {
    if node != withNode {
      report(
        .misplacedDeclaration, "`with` can stand only once, and directly in an agent", at: mainRange(node),
        suggestion: "give all settings to one `with`")
    }
    return checkBlock(tree.child(node, 0), isValueUsed: isValueUsed)
  }

  /// Helpers directly in an agent are passed over here; they are checked before its body.
  private mutating func checkNestedFunction(_ node: NodeID) -> StaticType {
    if module.resolutions[Int(node)].kind == .callable { return .null }
    report(
      .misplacedDeclaration, "a `function` can be declared only in a file or directly in an agent",
      at: mainRange(node), suggestion: "move it there, or use a lambda: `let f = (x) => …;`")
    return .null
  }

  private mutating func checkLet(_ node: NodeID) -> StaticType {
    let value = tree.child(node, 1)
    initializing.append(module.name(of: node))
    let type = checkExpression(value)
    initializing.removeLast()
    checkDeclaredType(tree.child(node, 0), of: node, value: value, type: type)
    declare(node, as: .declaration)
    return type == .never ? .never : .null
  }

  /// Resolves a written type, compares it with what is known of the value, and notes it for the compiler.
  private mutating func checkDeclaredType(_ typeNode: NodeID, of node: NodeID, value: NodeID, type: StaticType) {
    guard tree.kind(typeNode) != .missing else { return }
    let declared = resolveType(typeNode)
    if declared == .any { return }
    module.typeOfNode[node] = module.types.append(declared)
    if !type.canBe(declared, in: module.types) {
      report(
        .declaredType,
        "`\(text(of: node))` is declared as `\(module.types.describe(declared))`, found `\(type.name)`",
        at: value)
    }
  }

  private mutating func checkFor(_ node: NodeID) -> StaticType {
    let collection = tree.child(node, 0)
    let type = checkExpression(collection)
    if type.isCertain, type != .array, type != .record, type != .string {
      report(
        .operandType, "cannot iterate over `\(type.name)`", at: collection,
        suggestion: type == .int ? "use `range(0, n)`" : nil)
    }
    let before = assignmentCount
    let scope = openScope()
    declare(node, as: .loop)
    loopDepth += 1
    checkBlock(tree.child(node, 1), isValueUsed: false)
    loopDepth -= 1
    closeScope(scope)
    let target = module.resolutions[Int(collection)]
    if target.kind == .variable, module.variables[Int(target.index)].lastAssignment > before {
      module.facts[Int(node)].insert(.changesCollection)
    }
    return .null
  }

  /// Warns about an expression statement that only computes a value.
  private mutating func warnIfPure(_ node: NodeID) {
    guard tree.kind(node) == .call else { return }
    let target = module.resolutions[Int(tree.child(node, 0))]
    guard target.kind == .callable else { return }
    let callable = module.callables[Int(target.index)]
    guard case .builtin(let builtin) = callable.target, ![.map, .filter, .reduce].contains(builtin) else { return }
    let name = text(callable.name)
    report(
      .unusedResult, "the result of `\(name)` is not used", at: node,
      suggestion: builtin == .push ? "`push` gives a new list: write `list = push(list, value)`" : nil)
  }

  /// Whether a condition is a bool, as far as that is visible.
  mutating func checkCondition(_ node: NodeID) {
    let type = checkExpression(node)
    guard type.isCertain, type != .bool else { return }
    report(
      .conditionType, "a condition must be a `bool`, found `\(type.name)`", at: node,
      suggestion: type == .null ? nil : "compare it with something")
  }
}
