extension ProgramCompiler {
  /// What an inlined loop calls for each element.
  private enum Callee {
    /// A lambda whose body is compiled in place.
    case inlined(Lambda)
    /// A function, a builtin, an effect or a tool by name.
    case named(Callable)
    /// A closure in a register.
    case closure(Int)
  }

  /// Compiles a lambda to a function and makes a closure of it.
  mutating func compileClosure(_ node: NodeID, into register: Int) {
    let lambda = module.lambdas[Int(resolution(node).index)]
    let first = builder.nextRegister
    locate(node)
    for variable in lambda.captures { builder.emit(.copy, builder.allocate(), registers[Int(variable)]) }
    let index = compileLambda(lambda)
    locate(node)
    builder.emit(.makeClosure, register, index, lambda.captures.isEmpty ? 0 : first)
  }

  /// Compiles a lambda's body as a function of its own, whose captures follow its parameters.
  private mutating func compileLambda(_ lambda: Lambda) -> Int {
    let outside = lambda.captures.map { registers[Int($0)] }
    let code = compileUnit(
      name: "lambda", parameterCount: lambda.parameterCount, captureCount: lambda.captures.count, at: lambda.node
    ) { compiler in
      for (position, variable) in lambda.captures.enumerated() {
        compiler.registers[Int(variable)] = lambda.parameterCount + position
      }
      compiler.bindParameters(of: compiler.tree.child(lambda.node, 0), at: 0)
      compiler.compileBlock(compiler.tree.child(lambda.node, 1), to: .result)
    }
    for (variable, register) in zip(lambda.captures, outside) { registers[Int(variable)] = register }
    functions.append(code)
    return functions.count - 1
  }

  /// Gives parameters their registers.
  mutating func bindParameters(of parameters: NodeID, at first: Int) {
    for index in 0..<childCount(parameters) {
      let target = resolution(tree.child(parameters, index))
      if target.kind == .variable { registers[Int(target.index)] = first + index }
    }
  }

  // MARK: - Loops of builtins

  /// Compiles `map`, `filter` and `reduce` as loops.
  mutating func compileInlinedLoop(
    _ builtin: Builtin, _ node: NodeID, _ layout: ArgumentLayout, into register: Int, isFresh: Bool
  ) {
    let arguments = layout.positional.compactMap { $0 }
    guard arguments.count == (builtin == .reduce ? 3 : 2) else { return }
    let state = builder.allocate(3)
    loadCollection(arguments[0], into: state, isChanged: arguments.dropFirst().contains { assigns($0) })
    locate(node)
    builder.emit(.loadInteger, state + 1, immediate: 0)
    builder.setNextRegister(state + 3)
    let result = builder.allocate()
    if builtin == .reduce {
      _ = keptOperand(arguments[1], at: result)
    } else {
      builder.emit(.newArray, result, result, 0)
    }
    let callee = prepare(arguments[arguments.count - 1])
    let next = builder.makeLabel()
    let exit = builder.makeLabel()
    builder.bind(next)
    locate(node)
    builder.jump(.iterate, state, to: exit)
    let mark = builder.nextRegister
    switch builtin {
    case .map:
      let value = builder.allocate()
      call(callee, [state + 2], into: value, at: node)
      builder.emit(.append, result, value)
    case .filter: compileFilter(callee, state: state, result: result, next: next, at: node)
    default:
      let value = builder.allocate()
      call(callee, [result, state + 2], into: value, at: node)
      builder.emit(.move, result, value)
    }
    builder.nextRegister = mark
    builder.jump(to: next)
    builder.bind(exit)
    builder.emit(.move, register, result)
  }

  private mutating func compileFilter(
    _ callee: Callee, state: Int, result: Int, next: FunctionBuilder.Label, at node: NodeID
  ) {
    if case .inlined(let lambda) = callee, kind(tree.child(lambda.node, 1)) != .block {
      bindParameters(of: tree.child(lambda.node, 0), at: state + 2)
      jump(unless: tree.child(lambda.node, 1), to: next)
    } else {
      let value = builder.allocate()
      call(callee, [state + 2], into: value, at: node)
      builder.jump(.jumpIfFalse, value, to: next)
    }
    builder.emit(.append, result, state + 2)
  }

  /// `sort(list, key)`: the keys are computed by a loop, the builtin sorts both.
  mutating func compileSortByKeys(_ node: NodeID, _ layout: ArgumentLayout, into register: Int, isFresh: Bool) {
    guard let list = layout.positional[0], let key = layout.positional[1] else { return }
    let window = builder.allocate(2)
    loadCollection(list, into: window, isChanged: assigns(key))
    builder.setNextRegister(window + 2)
    builder.emit(.newArray, window + 1, window + 1, 0)
    let callee = prepare(key)
    let state = builder.allocate(3)
    locate(node)
    builder.emit(.move, state, window)
    builder.emit(.loadInteger, state + 1, immediate: 0)
    let next = builder.makeLabel()
    let exit = builder.makeLabel()
    builder.bind(next)
    builder.jump(.iterate, state, to: exit)
    let value = builder.allocate()
    call(callee, [state + 2], into: value, at: node)
    builder.emit(.append, window + 1, value)
    builder.jump(to: next)
    builder.bind(exit)
    builder.emit(.callBuiltin, window, Int(Builtin.sortByKeys.rawValue), 2)
    builder.emit(.move, register, window)
  }

  /// Evaluates what a loop calls; a lambda that leaves its captures and parameters alone is compiled in place.
  private mutating func prepare(_ node: NodeID) -> Callee {
    switch kind(node) {
    case .group: return prepare(tree.child(node, 0))
    case .lambda:
      let lambda = module.lambdas[Int(resolution(node).index)]
      if !lambda.assignsOutside { return .inlined(lambda) }
    case .identifier where resolution(node).kind == .callable:
      return .named(module.callables[Int(resolution(node).index)])
    default: break
    }
    return .closure(keptOperand(node))
  }

  /// Calls with arguments that are in registers; the result goes to a register that was just allocated.
  private mutating func call(_ callee: Callee, _ arguments: [Int], into register: Int, at node: NodeID) {
    if case .inlined(let lambda) = callee {
      inline(lambda, arguments, into: register)
      builder.setNextRegister(register + 1)
      locate(node)
      return
    }
    builder.setNextRegister(register + max(1, arguments.count))
    for (position, argument) in arguments.enumerated() { builder.emit(.copy, register + position, argument) }
    switch callee {
    case .inlined: break
    case .closure(let closure): builder.emit(.callClosure, register, closure, arguments.count)
    case .named(let callable):
      switch callable.target {
      case .function(let index): builder.emit(.call, register, index, arguments.count)
      case .builtin(.some): break
      case .builtin(let builtin): builder.emit(.callBuiltin, register, Int(builtin.rawValue), arguments.count)
      case .effect(let effect):
        let shape = pool.callShape(.init(positionalCount: arguments.count))
        builder.emit(.callEffect, register, Int(effect.rawValue), shape)
      case .tool(let index):
        let shape = pool.callShape(.init(positionalCount: arguments.count))
        builder.emit(.callTool, register, toolNumber(index), shape)
      }
    }
    builder.setNextRegister(register + 1)
  }

  /// Compiles a lambda's body in place; its parameters are the registers of the arguments.
  private mutating func inline(_ lambda: Lambda, _ arguments: [Int], into register: Int) {
    let parameters = tree.child(lambda.node, 0)
    for (position, argument) in arguments.enumerated() where position < childCount(parameters) {
      let target = resolution(tree.child(parameters, position))
      if target.kind == .variable { registers[Int(target.index)] = argument }
    }
    let body = tree.child(lambda.node, 1)
    guard kind(body) == .block else {
      compile(body, to: .register(register, isFresh: true))
      return
    }
    let end = builder.makeLabel()
    let loops = builder.loops
    builder.loops = []
    builder.returns.append(.init(register: register, label: end))
    compileBlock(body, to: .register(register, isFresh: true))
    builder.returns.removeLast()
    builder.loops = loops
    builder.bind(end)
  }
}
