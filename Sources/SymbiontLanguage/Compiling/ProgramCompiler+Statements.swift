extension ProgramCompiler {
  /// Compiles a block; its variables' registers are free again after it.
  mutating func compileBlock(_ node: NodeID, to destination: Destination) {
    guard kind(node) == .block else {
      compile(node, to: destination)
      return
    }
    let mark = builder.nextRegister
    compileSequence(of: node, from: 0, to: destination)
    builder.nextRegister = mark
  }

  /// Compiles statements; the value of the last expression goes to the destination, null when there is none.
  mutating func compileSequence(of node: NodeID, from first: Int, to destination: Destination) {
    let statements = (first..<max(first, childCount(node))).map { tree.child(node, $0) }
      .filter { ![.entry, .policy, .function].contains(kind($0)) }
    for statement in statements.dropLast() { compileStatement(statement, to: .discard) }
    guard let last = statements.last else {
      compileNull(to: destination)
      return
    }
    compileStatement(last, to: destination)
  }

  private mutating func compileNull(to destination: Destination) {
    switch destination {
    case .discard: break
    case .register(let register, _): builder.emit(.loadNull, register)
    case .result: emitReturnNull()
    }
  }

  private mutating func compileStatement(_ node: NodeID, to destination: Destination) {
    locate(node)
    switch kind(node) {
    case .expressionStatement:
      compile(tree.child(node, 0), to: destination)
      return
    case .with:
      compileBlock(tree.child(node, 0), to: destination)
      return
    case .returnStatement:
      compileReturn(node)
      return
    case .throwStatement:
      let mark = builder.nextRegister
      let value = operand(tree.child(node, 0), isKept: true)
      locate(node)
      builder.emit(.throw, value)
      builder.nextRegister = mark
      return
    case .breakStatement:
      if let loop = builder.loops.last { builder.jump(to: loop.exit) }
      return
    case .continueStatement:
      if let loop = builder.loops.last { builder.jump(to: loop.next) }
      return
    case .letStatement: compileLet(node)
    case .assignment: compileAssignment(node)
    case .forStatement: compileFor(node)
    case .whileStatement: compileWhile(node)
    default:
      compile(node, to: destination)
      return
    }
    compileNull(to: destination)
  }

  private mutating func compileLet(_ node: NodeID) {
    let register = builder.allocate()
    compile(tree.child(node, 1), to: .register(register, isFresh: true))
    builder.setNextRegister(register + 1)
    if kind(tree.child(node, 0)) != .missing, let type = module.typeOfNode[node] {
      locate(node)
      builder.emit(.checkType, register, immediate: Int32(bitPattern: type))
    }
    registers[Int(resolution(node).index)] = register
  }

  // MARK: - Returning

  private mutating func compileReturn(_ node: NodeID) {
    let mark = builder.nextRegister
    defer { builder.nextRegister = mark }
    guard childCount(node) > 0, kind(tree.child(node, 0)) != .missing else {
      emitReturnNull()
      return
    }
    let value = tree.child(node, 0)
    if builder.returns.isEmpty {
      compile(value, to: .result)
      return
    }
    let register = operand(value, isKept: true)
    locate(node)
    emitReturn(register, isVariable: register < mark)
  }

  /// Returns a register's value, or takes it to where the enclosing code wants it.
  mutating func emitReturn(_ register: Int, isVariable: Bool = false) {
    guard let exit = builder.returns.last else {
      builder.emit(.return, register)
      return
    }
    if isVariable, register != exit.register {
      builder.emit(.copy, exit.register, register)
    } else {
      builder.move(exit.register, register)
    }
    builder.jump(to: exit.label)
  }

  mutating func emitReturnNull() {
    guard let exit = builder.returns.last else {
      builder.emit(.returnNull)
      return
    }
    builder.emit(.loadNull, exit.register)
    builder.jump(to: exit.label)
  }

  // MARK: - Choices

  /// Compiles an `if` and all that follow its `else`.
  mutating func compileIf(_ first: NodeID, to destination: Destination) {
    let end = builder.makeLabel()
    var node = first
    while true {
      let otherwise = builder.makeLabel()
      let mark = builder.nextRegister
      if kind(node) == .ifLetExpression {
        let value = builder.allocate()
        compile(tree.child(node, 0), to: .register(value, isFresh: true))
        builder.setNextRegister(value + 1)
        registers[Int(resolution(node).index)] = value
        locate(node)
        builder.jump(.jumpIfNull, value, to: otherwise)
      } else {
        jump(unless: tree.child(node, 0), to: otherwise)
      }
      compileBlock(tree.child(node, 1), to: destination)
      builder.nextRegister = mark
      let other = childCount(node) > 2 ? tree.child(node, 2) : nil
      let hasMore = other.map { kind($0) != .missing } ?? false
      if hasMore || !isDiscarded(destination), builder.isReachable { builder.jump(to: end) }
      builder.bind(otherwise)
      guard hasMore, let other else {
        compileNull(to: destination)
        break
      }
      if kind(other) == .ifExpression || kind(other) == .ifLetExpression {
        node = other
        continue
      }
      compileBlock(other, to: destination)
      break
    }
    builder.bind(end)
  }

  private func isDiscarded(_ destination: Destination) -> Bool {
    if case .discard = destination { true } else { false }
  }

  /// Compiles `try`; the error goes to a register above everything that is in use.
  mutating func compileTry(_ node: NodeID, to destination: Destination) {
    let mark = builder.nextRegister
    defer { builder.nextRegister = mark }
    let end = builder.makeLabel()
    let start = builder.position
    compileBlock(tree.child(node, 0), to: destination)
    let covered = start..<builder.position
    guard !covered.isEmpty else { return }
    if builder.isReachable { builder.jump(to: end) }
    let error = builder.allocate()
    // What the handler jumps to is reached although nothing in the code jumps there.
    let handler = builder.makeLabel()
    builder.bind(handler)
    builder.addHandler(covered, target: builder.position, register: error)
    for index in 1..<max(1, childCount(node)) where kind(tree.child(node, index)) == .catchClause {
      compileCatch(tree.child(node, index), error: error, end: end, to: destination)
    }
    if builder.isReachable {
      locate(node)
      builder.emit(.throw, error)
    }
    builder.bind(end)
  }

  private mutating func compileCatch(
    _ clause: NodeID, error: Int, end: FunctionBuilder.Label, to destination: Destination
  ) {
    let next = builder.makeLabel()
    let mark = builder.nextRegister
    locate(clause)
    let kindNode = tree.child(clause, 0)
    let hasKind = kind(kindNode) != .missing
    if hasKind {
      let found = builder.allocate(2)
      builder.emit(.peekField, found, error, symbol("kind"))
      load(.string(tree.mainText(kindNode)), into: found + 1)
      jumpUnlessEqual(found, found + 1, to: next)
      builder.nextRegister = mark
    }
    if resolution(clause).kind == .variable { registers[Int(resolution(clause).index)] = error }
    compileBlock(tree.child(clause, 1), to: destination)
    if builder.isReachable { builder.jump(to: end) }
    if hasKind { builder.bind(next) }
  }

  /// Jumps when two registers are not equal, near or far.
  mutating func jumpUnlessEqual(_ left: Int, _ right: Int, to label: FunctionBuilder.Label) {
    guard builder.usesLongJumps else {
      builder.compareAndJump(.jumpIfNotEqual, left, right, to: label)
      return
    }
    let result = builder.allocate()
    builder.emit(.equal, result, left, right)
    builder.jump(.jumpIfFalse, result, to: label)
  }
}
