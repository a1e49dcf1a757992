extension ProgramCompiler {
  /// Compiles `while` with its condition at the end, so that a turn needs one jump.
  mutating func compileWhile(_ node: NodeID) {
    let condition = tree.child(node, 0)
    let body = builder.makeLabel()
    let next = builder.makeLabel()
    let exit = builder.makeLabel()
    builder.jump(to: next)
    builder.bind(body)
    builder.loops.append(.init(exit: exit, next: next))
    compileBlock(tree.child(node, 1), to: .discard)
    builder.loops.removeLast()
    builder.bind(next)
    jump(if: condition, to: body)
    builder.bind(exit)
  }

  /// Compiles `for`; over `range(a, b)` it counts.
  mutating func compileFor(_ node: NodeID) {
    let mark = builder.nextRegister
    defer { builder.nextRegister = mark }
    let collection = tree.child(node, 0)
    let range = rangeArguments(collection)
    // The collection and the position in it, or the next number and the end; then the element.
    let state = builder.allocate(3)
    if let range {
      _ = keptOperand(range.0, at: state)
      _ = keptOperand(range.1, at: state + 1)
      locate(collection)
      builder.emit(.checkRange, state)
    } else {
      loadCollection(collection, into: state, isChanged: module.facts[Int(node)].contains(.changesCollection))
      builder.emit(.loadInteger, state + 1, immediate: 0)
    }
    builder.setNextRegister(state + 3)
    registers[Int(resolution(node).index)] = state + 2
    let next = builder.makeLabel()
    let exit = builder.makeLabel()
    builder.bind(next)
    locate(collection)
    builder.jump(range == nil ? .iterate : .iterateRange, state, to: exit)
    builder.loops.append(.init(exit: exit, next: next))
    compileBlock(tree.child(node, 1), to: .discard)
    builder.loops.removeLast()
    if builder.isReachable { builder.jump(to: next) }
    builder.bind(exit)
  }

  /// Puts a collection into a loop's register.
  ///
  /// A variable that the loop leaves alone need not be marked as shared: the loop only reads it.
  mutating func loadCollection(_ node: NodeID, into register: Int, isChanged: Bool) {
    let target = resolution(node)
    if kind(node) == .identifier, target.kind == .variable, !isChanged {
      locate(node)
      builder.emit(.move, register, registers[Int(target.index)])
    } else {
      _ = keptOperand(node, at: register)
    }
  }

  /// The bounds of a call of the builtin `range`.
  private mutating func rangeArguments(_ node: NodeID) -> (NodeID, NodeID)? {
    guard kind(node) == .call, kind(tree.child(node, 0)) == .identifier, childCount(node) == 3 else { return nil }
    let target = resolution(tree.child(node, 0))
    guard target.kind == .callable, case .builtin(.range) = module.callables[Int(target.index)].target,
      kind(tree.child(node, 1)) != .namedArgument, kind(tree.child(node, 2)) != .namedArgument
    else { return nil }
    return (tree.child(node, 1), tree.child(node, 2))
  }
}
