extension Checker {
  /// Opens a scope; give the result to ``closeScope(_:)``.
  mutating func openScope() -> (start: Int, count: Int) {
    let enclosing = (scopeStart, bindings.count)
    scopeStart = bindings.count
    return enclosing
  }

  /// Closes a scope and forgets its names.
  mutating func closeScope(_ enclosing: (start: Int, count: Int)) {
    while bindings.count > enclosing.count {
      guard let binding = bindings.popLast() else { break }
      bindingOfName[Int(binding.name)] = binding.hidden
      if binding.target.kind == .variable { warnIfUnused(module.variables[Int(binding.target.index)]) }
    }
    scopeStart = enclosing.start
  }

  /// What a name is bound to in the open scopes.
  func binding(of name: NameID) -> Resolution? {
    let index = Int(name)
    guard index < bindingOfName.count, bindingOfName[index] >= 0 else { return nil }
    return bindings[Int(bindingOfName[index])].target
  }

  /// Binds a name in the innermost scope.
  mutating func bind(_ name: NameID, to target: Resolution) {
    let index = Int(name)
    if index >= bindingOfName.count {
      bindingOfName.append(contentsOf: repeatElement(-1, count: module.names.count - bindingOfName.count))
    }
    bindings.append(Binding(name: name, hidden: bindingOfName[index], target: target))
    bindingOfName[index] = Int32(truncatingIfNeeded: bindings.count - 1)
  }

  /// Declares a variable named by a node's main token, and notes it as the node's resolution.
  @discardableResult
  mutating func declare(_ node: NodeID, as origin: Variable.Origin) -> Int32 {
    let name = module.name(of: node)
    let token = tree.nodes[Int(node)].mainToken
    if origin != .parameter, Int(name) < bindingOfName.count, Int(bindingOfName[Int(name)]) >= scopeStart,
      case let hidden = bindings[Int(bindingOfName[Int(name)])].target, hidden.kind == .variable
    {
      let previous = tree.tokens[Int(module.variables[Int(hidden.index)].token)].start
      report(
        .redeclared, "`\(text(name))` is already declared in this block, on line \(line(previous))",
        at: mainRange(node), suggestion: "assign to it, or choose another name")
    }
    let variable = Int32(truncatingIfNeeded: module.variables.count)
    module.variables.append(
      Variable(name: name, origin: origin, depth: Int32(truncatingIfNeeded: lambdaStack.count), token: token))
    module.resolutions[Int(node)] = .variable(variable)
    bind(name, to: .variable(variable))
    return variable
  }

  /// Notes that a variable is read here: every lambda between here and its declaration captures it.
  mutating func read(_ variable: Int32) {
    module.variables[Int(variable)].isRead = true
    capture(variable)
  }

  /// Notes that a variable is assigned to here.
  mutating func assign(to variable: Int32, at node: NodeID) {
    assignmentCount &+= 1
    let index = Int(variable)
    module.variables[index].isAssigned = true
    module.variables[index].lastAssignment = assignmentCount
    let declaredDepth = Int(module.variables[index].depth)
    capture(variable)
    if declaredDepth < lambdaStack.count {
      report(
        .assignmentToCapture,
        "the lambda has its own copy of `\(text(module.variables[index].name))`; this assignment is lost when it returns",
        at: node, suggestion: "use a loop, or return the new value")
      for level in declaredDepth..<lambdaStack.count { module.lambdas[Int(lambdaStack[level])].assignsOutside = true }
    }
    if module.variables[index].origin == .parameter, declaredDepth > 0 {
      module.lambdas[Int(lambdaStack[declaredDepth - 1])].assignsOutside = true
    }
  }

  private mutating func capture(_ variable: Int32) {
    let declaredDepth = Int(module.variables[Int(variable)].depth)
    var level = lambdaStack.count
    while level > declaredDepth {
      level -= 1
      let lambda = lambdaStack[level]
      let key = UInt64(UInt32(bitPattern: lambda)) << 32 | UInt64(UInt32(bitPattern: variable))
      guard captured.insert(key).inserted else { return }
      module.lambdas[Int(lambda)].captures.append(variable)
    }
  }

  private mutating func warnIfUnused(_ variable: Variable) {
    guard variable.origin == .declaration, !variable.isRead,
      module.names.firstByte(variable.name) != UInt8(ascii: "_")
    else { return }
    let name = text(variable.name)
    report(
      .unusedVariable, "`\(name)` is never read", at: tree.tokens[Int(variable.token)].range,
      suggestion: "remove it, or call it `_\(name)`")
  }
}
