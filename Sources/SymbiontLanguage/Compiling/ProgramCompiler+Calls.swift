extension ProgramCompiler {
  /// How a call uses what is passed to it.
  private enum Passing {
    /// The callee keeps arguments, so containers of variables are marked as shared.
    case kept
    /// The callee only reads them.
    case read
  }

  /// Compiles a call.
  ///
  /// Its arguments lie in registers that follow one another, the first of which receives the result.
  mutating func compileCall(_ node: NodeID, into register: Int, isFresh: Bool) {
    let callee = tree.child(node, 0)
    let target = resolution(callee)
    guard kind(callee) == .identifier || kind(callee) == .member, target.kind == .callable else {
      compileClosureCall(node, into: register, isFresh: isFresh)
      return
    }
    let callable = module.callables[Int(target.index)]
    let layout = layOut(node, for: callable)
    switch callable.target {
    case .builtin(let builtin):
      compileBuiltin(builtin, node, layout, into: register, isFresh: isFresh)
    case .function(let index):
      let window = compileArguments(layout, into: register, isFresh: isFresh) { _ in .kept }
      locate(node)
      builder.emit(.call, window, index, layout.count)
      builder.move(register, window)
    case .effect(let effect):
      let window = compileArguments(layout, into: register, isFresh: isFresh) { _ in .read }
      locate(node)
      builder.emit(.callEffect, window, Int(effect.rawValue), callShape(layout))
      builder.move(register, window)
    case .tool(let index):
      let window = compileArguments(layout, into: register, isFresh: isFresh) { _ in .read }
      locate(node)
      builder.emit(.callTool, window, toolNumber(index), callShape(layout))
      builder.move(register, window)
    }
  }

  private mutating func callShape(_ layout: ArgumentLayout) -> Int {
    pool.callShape(
      .init(positionalCount: layout.positional.count, names: layout.named.map { module.names.text($0.name) }))
  }

  /// The number of a tool in the program; one of the project becomes the program's when it is used.
  mutating func toolNumber(_ index: Int) -> Int {
    if index < module.ownToolCount { return index }
    if let known = importedTools[index] { return known }
    importedTools[index] = tools.count
    tools.append(module.tools[index])
    return tools.count - 1
  }

  /// Where a call's registers begin: at the wanted register when that is the last one taken, else above all taken ones.
  mutating func window(for register: Int, isFresh: Bool) -> Int {
    isFresh && register == builder.nextRegister - 1 ? register : builder.allocate()
  }

  /// Compiles arguments into a window, and gives its first register.
  private mutating func compileArguments(
    _ layout: ArgumentLayout, into register: Int, isFresh: Bool, passing: (Int) -> Passing
  ) -> Int {
    let first = window(for: register, isFresh: isFresh)
    if layout.isReordered {
      compileReordered(layout, at: first)
      return first
    }
    let arguments = layout.positional + layout.named.map(\.node)
    for (index, argument) in arguments.enumerated() {
      let slot = first + index
      builder.setNextRegister(slot + 1)
      if let argument { pass(argument, into: slot, passing(index), isFollowedBy: arguments.dropFirst(index + 1)) }
    }
    builder.setNextRegister(first + max(1, arguments.count))
    return first
  }

  private mutating func pass(
    _ argument: NodeID, into slot: Int, _ passing: Passing, isFollowedBy later: ArraySlice<NodeID?>
  ) {
    let target = resolution(argument)
    if passing == .read, kind(argument) == .identifier, target.kind == .variable,
      !later.contains(where: { $0.map { assigns($0) } ?? false })
    {
      locate(argument)
      builder.emit(.move, slot, registers[Int(target.index)])
      return
    }
    compile(argument, to: .register(slot, isFresh: true))
  }

  /// Named arguments may stand in any order, but are evaluated as they stand.
  private mutating func compileReordered(_ layout: ArgumentLayout, at first: Int) {
    let slots = (layout.positional + layout.named.map(\.node)).enumerated()
    builder.setNextRegister(first + layout.count)
    let given = slots.compactMap { slot, node in node.map { (slot: slot, node: $0) } }
    let inOrder = given.sorted { tree.nodes[Int($0.node)].firstToken < tree.nodes[Int($1.node)].firstToken }
    for (slot, node) in inOrder {
      compile(node, to: .register(first + slot, isFresh: true))
      builder.setNextRegister(first + layout.count)
    }
    for (slot, node) in slots where node == nil { builder.emit(.loadNull, first + slot) }
  }

  private mutating func compileClosureCall(_ node: NodeID, into register: Int, isFresh: Bool) {
    let arguments = (1..<max(1, childCount(node))).map { tree.child(node, $0) }
    let callee = tree.child(node, 0)
    let closure = arguments.contains { assigns($0) } ? keptOperand(callee) : operand(callee)
    let first = window(for: register, isFresh: isFresh && closure < register)
    for (index, argument) in arguments.enumerated() { _ = keptOperand(argument, at: first + index) }
    builder.setNextRegister(first + max(1, arguments.count))
    locate(node)
    builder.emit(.callClosure, first, closure, arguments.count)
    builder.move(register, first)
  }

  // MARK: - Builtins

  private mutating func compileBuiltin(
    _ builtin: Builtin, _ node: NodeID, _ layout: ArgumentLayout, into register: Int, isFresh: Bool
  ) {
    let arguments = layout.positional
    switch builtin {
    case .some:
      if let value = arguments.first ?? nil { compileValueOrBlock(value, into: register, isFresh: isFresh) }
      return
    case .map, .filter, .reduce:
      compileInlinedLoop(builtin, node, layout, into: register, isFresh: isFresh)
      return
    case .sort:
      if arguments.count > 1, let key = arguments[1], kind(key) != .nullLiteral {
        compileSortByKeys(node, layout, into: register, isFresh: isFresh)
        return
      }
    default: break
    }
    let count = builtin == .sort ? 1 : layout.count
    var used = layout
    if builtin == .sort { used.positional = Array(used.positional.prefix(1)) }
    let window = compileArguments(used, into: register, isFresh: isFresh) {
      Self.keeps(builtin, argument: $0) ? .kept : .read
    }
    locate(node)
    builder.emit(.callBuiltin, window, Int(builtin.rawValue), count)
    builder.move(register, window)
  }

  /// Compiles any expression into a register that may be a variable's.
  private mutating func compileValueOrBlock(_ node: NodeID, into register: Int, isFresh: Bool) {
    if isFresh { compile(node, to: .register(register, isFresh: true)) } else { store(node, into: register) }
  }

  /// Whether the result of a builtin can hold or be the argument itself.
  private static func keeps(_ builtin: Builtin, argument: Int) -> Bool {
    switch builtin {
    // A temporary list may grow where it is.
    case .push: true
    case .get: argument == 2
    case .error: argument == 2
    case .min, .max, .ok, .err, .some, .values: true
    default: false
    }
  }

  /// The function that makes a builtin, an effect or a tool a value; a function of the file is one already.
  mutating func functionIndex(of callableIndex: Int32) -> Int {
    let callable = module.callables[Int(callableIndex)]
    if case .function(let index) = callable.target { return index }
    if let known = wrappers[callableIndex] { return known }
    let count = max(callable.required, callable.isVariadic ? 1 : 0)
    var wrapper = FunctionBuilder(usesLongJumps: false, parameterCount: count)
    wrapper.setNextRegister(max(1, count))
    switch callable.target {
    case .builtin(.some): break
    case .builtin(let builtin): wrapper.emit(.callBuiltin, 0, Int(builtin.rawValue), count)
    case .effect(let effect):
      wrapper.emit(.callEffect, 0, Int(effect.rawValue), pool.callShape(.init(positionalCount: count)))
    case .tool(let index):
      wrapper.emit(.callTool, 0, toolNumber(index), pool.callShape(.init(positionalCount: count)))
    case .function: break
    }
    wrapper.emit(.return, 0)
    functions.append(
      FunctionCode(
        name: module.names.text(callable.name), parameterCount: count, registerCount: wrapper.registerCount,
        instructions: wrapper.instructions, offsets: wrapper.offsets))
    wrappers[callableIndex] = functions.count - 1
    return functions.count - 1
  }
}
