extension ProgramCompiler {
  /// Compiles `place op= e`: the value first, then the indices of the place.
  mutating func compileAssignment(_ node: NodeID) {
    let mark = builder.nextRegister
    let place = tree.child(node, 0)
    let value = tree.child(node, 1)
    if resolution(node).kind == .variable {
      let register = builder.allocate()
      compile(value, to: .register(register, isFresh: true))
      builder.setNextRegister(register + 1)
      registers[Int(resolution(node).index)] = register
      return
    }
    if kind(place) == .identifier {
      compileVariableAssignment(node, to: registers[Int(resolution(place).index)], value)
    } else {
      compilePlaceAssignment(node, place, value)
    }
    builder.nextRegister = mark
  }

  private mutating func compileVariableAssignment(_ node: NodeID, to register: Int, _ value: NodeID) {
    let sign = tree.mainToken(node).kind
    if sign == .assign {
      if let pushed = pushedValue(value, onto: tree.child(node, 0)) {
        let element = keptOperand(pushed)
        locate(value)
        builder.emit(.append, register, element)
      } else {
        store(value, into: register)
      }
      return
    }
    if sign == .plusAssign, kind(value) == .arrayLiteral {
      compileAppends(of: value, to: register)
      return
    }
    if sign == .plusAssign || sign == .minusAssign, let small = smallInteger(value),
      let immediate = Int16(exactly: sign == .plusAssign ? small : -small)
    {
      locate(node)
      builder.emit(.addImmediate, register, register, Int(UInt16(bitPattern: immediate)))
      return
    }
    let right = operand(value)
    locate(node)
    builder.emit(Self.operation(of: sign), register, register, right)
  }

  /// Compiles an expression into the register of a variable that it may read.
  mutating func store(_ value: NodeID, into register: Int) {
    switch kind(value) {
    case .group: store(tree.child(value, 0), into: register)
    case .block, .ifExpression, .ifLetExpression, .matchExpression, .tryExpression:
      let temporary = keptOperand(value)
      builder.emit(.move, register, temporary)
    default: compileValue(value, into: register, isFresh: false)
    }
  }

  /// `list += [a, b]`: all elements are evaluated before the list changes.
  private mutating func compileAppends(of literal: NodeID, to register: Int) {
    let elements = Array(tree.children(literal))
    for group in stride(from: 0, to: elements.count, by: Self.mostPartsAtOnce) {
      let mark = builder.nextRegister
      let part = elements[group..<min(group + Self.mostPartsAtOnce, elements.count)]
      let values = part.map { keptOperand($0) }
      locate(literal)
      for value in values { builder.emit(.append, register, value) }
      builder.nextRegister = mark
    }
    guard elements.isEmpty else { return }
    // Nothing is added, but the variable must be a list all the same.
    let empty = builder.allocate()
    locate(literal)
    builder.emit(.copy, empty, register)
    let element = builder.allocate()
    builder.emit(.loadNull, element)
    builder.emit(.append, empty, element)
  }

  static func operation(of sign: TokenKind) -> Opcode {
    switch sign {
    case .minusAssign: .subtract
    case .starAssign: .multiply
    case .slashAssign: .divide
    case .percentAssign: .remainder
    default: .add
    }
  }

  // MARK: - Appending in place

  /// `v` of `push(place, v)`, when the call appends to the very place that the result is assigned to.
  func pushedValue(_ value: NodeID, onto place: NodeID) -> NodeID? {
    guard kind(value) == .call else { return nil }
    let callee = tree.child(value, 0)
    let target = resolution(callee)
    guard target.kind == .callable, case .builtin(.push) = module.callables[Int(target.index)].target else {
      return nil
    }
    let list: NodeID
    let element: NodeID
    if kind(callee) == .member, childCount(value) == 2 {
      list = tree.child(callee, 0)
      element = tree.child(value, 1)
    } else if kind(callee) == .identifier, childCount(value) == 3 {
      list = tree.child(value, 1)
      element = tree.child(value, 2)
    } else {
      return nil
    }
    guard kind(element) != .namedArgument, kind(list) != .namedArgument, !assigns(element), !assigns(list),
      isSamePlace(place, list)
    else { return nil }
    return element
  }

  /// Whether two expressions are the same place: a variable, its fields, and its elements by variables or literals.
  private func isSamePlace(_ left: NodeID, _ right: NodeID) -> Bool {
    guard kind(left) == kind(right) else { return false }
    switch kind(left) {
    case .identifier: return resolution(left).kind == .variable && resolution(left) == resolution(right)
    case .member: return isSameWord(left, right) && isSamePlace(tree.child(left, 0), tree.child(right, 0))
    case .index:
      let indices = (tree.child(left, 1), tree.child(right, 1))
      let isSameIndex =
        kind(indices.0) == .identifier ? isSamePlace(indices.0, indices.1) : isSameLiteral(indices.0, indices.1)
      return isSameIndex && isSamePlace(tree.child(left, 0), tree.child(right, 0))
    default: return false
    }
  }

  private func isSameLiteral(_ left: NodeID, _ right: NodeID) -> Bool {
    guard let first = tree.literalValue(left), let second = tree.literalValue(right) else { return false }
    return first == second
  }

  private func isSameWord(_ left: NodeID, _ right: NodeID) -> Bool {
    tree.mainBytes(left).elementsEqual(tree.mainBytes(right))
  }
}
