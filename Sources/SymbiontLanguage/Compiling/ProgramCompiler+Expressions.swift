extension ProgramCompiler {
  /// Compiles an expression to where its value goes.
  mutating func compile(_ node: NodeID, to destination: Destination) {
    switch kind(node) {
    case .group: compile(tree.child(node, 0), to: destination)
    case .block: compileBlock(node, to: destination)
    case .ifExpression, .ifLetExpression: compileIf(node, to: destination)
    case .matchExpression: compileMatch(node, to: destination)
    case .tryExpression: compileTry(node, to: destination)
    default:
      let mark = builder.nextRegister
      switch destination {
      case .discard: if kind(node) != .identifier, folded(node) == nil { _ = operand(node) }
      case .register(let register, let isFresh): compileValue(node, into: register, isFresh: isFresh)
      case .result: compileResult(node)
      }
      builder.nextRegister = mark
    }
  }

  private mutating func compileResult(_ node: NodeID) {
    let value = operand(node, isKept: true)
    locate(node)
    emitReturn(value)
  }

  /// The register that holds the value of an expression: a variable's own, or a temporary.
  ///
  /// - Parameter isKept: whether the value outlives the next write to a place, so that an element must be marked.
  mutating func operand(_ node: NodeID, isKept: Bool = false) -> Int {
    switch kind(node) {
    case .group: return operand(tree.child(node, 0), isKept: isKept)
    case .identifier where resolution(node).kind == .variable: return registers[Int(resolution(node).index)]
    case .member where !isKept, .index where !isKept:
      let register = builder.allocate()
      compileElement(node, into: register, isKept: false)
      return register
    default:
      let register = builder.allocate()
      compile(node, to: .register(register, isFresh: true))
      return register
    }
  }

  /// An operand that is read only after others were evaluated, which may assign to it.
  mutating func operand(_ node: NodeID, before later: NodeID) -> Int {
    guard assigns(later) else { return operand(node) }
    let register = builder.allocate()
    compile(node, to: .register(register, isFresh: true))
    return register
  }

  /// Compiles an expression that is no block into a register.
  ///
  /// Temporaries above the next free register are left taken.
  mutating func compileValue(_ node: NodeID, into register: Int, isFresh: Bool) {
    if kind(node) == .stringLiteral {
      locate(node)
      loadText(node, into: register)
      return
    }
    if let value = folded(node) {
      locate(node)
      load(value, into: register)
      return
    }
    switch kind(node) {
    case .identifier: compileName(node, into: register)
    case .secretLiteral:
      locate(node)
      load(tree.literalValue(node) ?? .null, into: register)
    case .binary: compileBinary(node, into: register, isFresh: isFresh)
    case .unary:
      let value = operand(tree.child(node, 0))
      locate(node)
      builder.emit(tree.mainToken(node).kind == .minus ? .negate : .not, register, value)
    case .member, .index: compileElement(node, into: register, isKept: true)
    case .call: compileCall(node, into: register, isFresh: isFresh)
    case .arrayLiteral: compileArray(node, into: register, isFresh: isFresh)
    case .recordLiteral: compileRecord(node, into: register, isFresh: isFresh)
    case .lambda: compileClosure(node, into: register)
    default: compile(node, to: .register(register, isFresh: isFresh))
    }
  }

  private mutating func compileName(_ node: NodeID, into register: Int) {
    locate(node)
    let target = resolution(node)
    switch target.kind {
    case .variable:
      let variable = registers[Int(target.index)]
      if variable != register { builder.emit(.copy, register, variable) }
    case .callable: builder.emit(.makeClosure, register, functionIndex(of: target.index), 0)
    case .text: load(.string(module.names.text(target.index)), into: register)
    case .condition: loadConditionName(target.index, into: register)
    case .null, .lambda, .none: builder.emit(.loadNull, register)
    }
  }

  private mutating func compileBinary(_ node: NodeID, into register: Int, isFresh: Bool) {
    let left = tree.child(node, 0)
    let right = tree.child(node, 1)
    let operation = tree.mainToken(node).kind
    if operation == .andAnd || operation == .orOr {
      compileShortCircuit(node, into: register, isFresh: isFresh)
      return
    }
    let leftRegister = operand(left, before: right)
    if operation == .plus || operation == .minus, let small = smallInteger(right),
      let immediate = Int16(exactly: operation == .plus ? small : -small)
    {
      locate(node)
      builder.emit(.addImmediate, register, leftRegister, Int(UInt16(bitPattern: immediate)))
      return
    }
    let rightRegister = operand(right)
    locate(node)
    switch operation {
    case .plus: builder.emit(.add, register, leftRegister, rightRegister)
    case .minus: builder.emit(.subtract, register, leftRegister, rightRegister)
    case .star: builder.emit(.multiply, register, leftRegister, rightRegister)
    case .slash: builder.emit(.divide, register, leftRegister, rightRegister)
    case .percent: builder.emit(.remainder, register, leftRegister, rightRegister)
    case .equal: builder.emit(.equal, register, leftRegister, rightRegister)
    case .notEqual: builder.emit(.notEqual, register, leftRegister, rightRegister)
    case .less: builder.emit(.less, register, leftRegister, rightRegister)
    case .lessEqual: builder.emit(.lessOrEqual, register, leftRegister, rightRegister)
    case .greater: builder.emit(.less, register, rightRegister, leftRegister)
    case .greaterEqual: builder.emit(.lessOrEqual, register, rightRegister, leftRegister)
    default: builder.emit(.contained, register, leftRegister, rightRegister)
    }
  }

  /// `a && b` as a value.
  ///
  /// The right side is not evaluated when the left one decides.
  private mutating func compileShortCircuit(_ node: NodeID, into register: Int, isFresh: Bool) {
    let result = isFresh ? register : builder.allocate()
    let end = builder.makeLabel()
    compile(tree.child(node, 0), to: .register(result, isFresh: true))
    locate(node)
    builder.jump(tree.mainToken(node).kind == .andAnd ? .jumpIfFalse : .jumpIfTrue, result, to: end)
    compile(tree.child(node, 1), to: .register(result, isFresh: true))
    locate(node)
    builder.emit(.checkBool, result)
    builder.bind(end)
    builder.move(register, result)
  }

  /// Reads a field or an element.
  ///
  /// What stands between is only read, so it is not marked as shared.
  private mutating func compileElement(_ node: NodeID, into register: Int, isKept: Bool) {
    let baseNode = tree.child(node, 0)
    if kind(node) == .member {
      let base = operand(baseNode)
      locate(node)
      builder.emit(isKept ? .getField : .peekField, register, base, symbol(of: node))
      return
    }
    let indexNode = tree.child(node, 1)
    let base = assigns(indexNode) ? keptOperand(baseNode) : operand(baseNode)
    let index = operand(indexNode)
    locate(node)
    builder.emit(isKept ? .getIndex : .peekIndex, register, base, index)
  }

  /// The value of an expression in a temporary of its own.
  mutating func keptOperand(_ node: NodeID) -> Int {
    let register = builder.allocate()
    compile(node, to: .register(register, isFresh: true))
    return register
  }

  private mutating func compileArray(_ node: NodeID, into register: Int, isFresh: Bool) {
    let count = childCount(node)
    let atOnce = min(count, Self.mostPartsAtOnce)
    let first = builder.nextRegister
    for index in 0..<atOnce { _ = keptOperand(tree.child(node, index), at: first + index) }
    locate(node)
    guard count > atOnce else {
      builder.emit(.newArray, register, count == 0 ? register : first, atOnce)
      return
    }
    builder.emit(.newArray, first, first, atOnce)
    for index in atOnce..<count {
      let value = keptOperand(tree.child(node, index), at: first + 1)
      locate(node)
      builder.emit(.append, first, value)
    }
    builder.emit(.move, register, first)
  }

  /// The value of an expression in this register, with all above it free.
  mutating func keptOperand(_ node: NodeID, at register: Int) -> Int {
    builder.setNextRegister(register + 1)
    compile(node, to: .register(register, isFresh: true))
    builder.setNextRegister(register + 1)
    return register
  }

  private mutating func compileRecord(_ node: NodeID, into register: Int, isFresh: Bool) {
    let fields = tree.children(node).filter { kind($0) == .recordField }
    let atOnce = min(fields.count, Self.mostPartsAtOnce)
    let first = builder.nextRegister
    var shape: [UInt32] = []
    for (index, field) in fields.prefix(atOnce).enumerated() {
      shape.append(UInt32(truncatingIfNeeded: symbol(of: field)))
      _ = keptOperand(tree.child(field, 0), at: first + index)
    }
    locate(node)
    let shapeNumber = pool.shape(shape)
    let type = tree.mainToken(node).kind == .leftBrace ? nil : module.typeOfNode[node]
    let isInPlace = fields.count == atOnce && (type == nil || isFresh)
    if fields.isEmpty { builder.setNextRegister(first + 1) }
    let result = isInPlace ? register : first
    builder.emit(.newRecord, result, first, shapeNumber)
    for field in fields.dropFirst(atOnce) {
      let value = keptOperand(tree.child(field, 0), at: first + 1)
      locate(field)
      builder.emit(.setField, first, symbol(of: field), value)
    }
    if let type { builder.emit(.checkType, result, immediate: Int32(bitPattern: type)) }
    builder.move(register, result)
  }
}
