extension ProgramCompiler {
  /// Compiles `match`: each arm tests its pattern and goes to the next when it does not fit.
  mutating func compileMatch(_ node: NodeID, to destination: Destination) {
    let mark = builder.nextRegister
    defer { builder.nextRegister = mark }
    let subject = operand(tree.child(node, 0), isKept: true)
    let isVariable = subject < mark
    let end = builder.makeLabel()
    for index in 1..<max(1, childCount(node)) where kind(tree.child(node, index)) == .matchArm {
      let arm = tree.child(node, index)
      let next = builder.makeLabel()
      let armMark = builder.nextRegister
      test(tree.child(arm, 0), subject, isVariable: isVariable, otherwise: next)
      if kind(tree.child(arm, 1)) != .missing { jump(unless: tree.child(arm, 1), to: next) }
      compileBlock(tree.child(arm, 2), to: destination)
      builder.nextRegister = armMark
      if builder.isReachable { builder.jump(to: end) }
      builder.bind(next)
      if matchesEverything(arm) {
        builder.bind(end)
        return
      }
    }
    throwMatchError(node, subject)
    builder.bind(end)
  }

  private func matchesEverything(_ arm: NodeID) -> Bool {
    let pattern = kind(tree.child(arm, 0))
    return kind(tree.child(arm, 1)) == .missing && (pattern == .wildcardPattern || pattern == .bindingPattern)
  }

  private mutating func throwMatchError(_ node: NodeID, _ subject: Int) {
    locate(node)
    let error = builder.allocate(3)
    load(.string("MatchError"), into: error)
    load(.string("no arm of the match fits the value"), into: error + 1)
    builder.emit(.copy, error + 2, subject)
    builder.emit(.callBuiltin, error, Int(Builtin.error.rawValue), 3)
    builder.emit(.throw, error)
  }

  /// Goes on when the value in a register fits a pattern, with its names bound, and jumps when not.
  private mutating func test(
    _ pattern: NodeID, _ value: Int, isVariable: Bool, otherwise: FunctionBuilder.Label
  ) {
    locate(pattern)
    switch kind(pattern) {
    case .bindingPattern: bind(pattern, to: value, isVariable: isVariable)
    case .literalPattern: testLiteral(tree.child(pattern, 0), value, otherwise: otherwise)
    case .constructorPattern: testConstructor(pattern, value, isVariable: isVariable, otherwise: otherwise)
    case .recordPattern:
      for field in tree.children(pattern) where kind(field) == .fieldPattern {
        testField(field, of: value, otherwise: otherwise)
      }
      if childCount(pattern) == 0 { testIsRecord(value, otherwise: otherwise) }
    case .arrayPattern: testArray(pattern, value, otherwise: otherwise)
    case .alternativePattern:
      let fits = builder.makeLabel()
      let count = childCount(pattern)
      for index in 0..<count {
        let next = index == count - 1 ? otherwise : builder.makeLabel()
        let mark = builder.nextRegister
        test(tree.child(pattern, index), value, isVariable: isVariable, otherwise: next)
        builder.nextRegister = mark
        if index < count - 1 {
          builder.jump(to: fits)
          builder.bind(next)
        }
      }
      builder.bind(fits)
    default: break
    }
  }

  /// A binding is a variable of its own: what belongs to another variable is copied.
  private mutating func bind(_ node: NodeID, to value: Int, isVariable: Bool) {
    let target = resolution(node)
    guard target.kind == .variable else { return }
    guard isVariable else {
      registers[Int(target.index)] = value
      return
    }
    let register = builder.allocate()
    builder.emit(.copy, register, value)
    registers[Int(target.index)] = register
  }

  private mutating func testLiteral(_ literal: NodeID, _ value: Int, otherwise: FunctionBuilder.Label) {
    if kind(literal) == .nullLiteral {
      builder.jump(.jumpIfNotNull, value, to: otherwise)
      return
    }
    let mark = builder.nextRegister
    let expected = keptOperand(literal)
    jumpUnlessEqual(value, expected, to: otherwise)
    builder.nextRegister = mark
  }

  private mutating func testConstructor(
    _ pattern: NodeID, _ value: Int, isVariable: Bool, otherwise: FunctionBuilder.Label
  ) {
    switch KnownNames.shared[module.name(of: pattern)] {
    case .someValue:
      builder.jump(.jumpIfNull, value, to: otherwise)
      test(tree.child(pattern, 0), value, isVariable: isVariable, otherwise: otherwise)
    case .ok: testMember(symbol("ok"), tree.child(pattern, 0), of: value, otherwise: otherwise)
    case .err: testMember(symbol("error"), tree.child(pattern, 0), of: value, otherwise: otherwise)
    default: builder.jump(.jumpIfNotNull, value, to: otherwise)
    }
  }

  private mutating func testField(_ field: NodeID, of value: Int, otherwise: FunctionBuilder.Label) {
    let inner = childCount(field) > 0 ? tree.child(field, 0) : nil
    let symbol = symbol(of: field)
    if let inner, kind(inner) != .missing {
      testMember(symbol, inner, of: value, otherwise: otherwise)
      return
    }
    let found = loadMember(symbol, of: value, otherwise: otherwise)
    bind(field, to: found, isVariable: false)
  }

  private mutating func testMember(
    _ symbol: Int, _ pattern: NodeID, of value: Int, otherwise: FunctionBuilder.Label
  ) {
    let found = loadMember(symbol, of: value, otherwise: otherwise)
    test(pattern, found, isVariable: false, otherwise: otherwise)
  }

  private mutating func loadMember(_ symbol: Int, of value: Int, otherwise: FunctionBuilder.Label) -> Int {
    let found = builder.allocate()
    builder.emit(.hasField, found, value, symbol)
    builder.jump(.jumpIfFalse, found, to: otherwise)
    builder.emit(.getField, found, value, symbol)
    return found
  }

  /// `{}` fits every record.
  private mutating func testIsRecord(_ value: Int, otherwise: FunctionBuilder.Label) {
    let mark = builder.nextRegister
    let type = builder.allocate(2)
    builder.emit(.move, type, value)
    builder.emit(.callBuiltin, type, Int(Builtin.typeOf.rawValue), 1)
    load(.string(StaticType.record.name), into: type + 1)
    jumpUnlessEqual(type, type + 1, to: otherwise)
    builder.nextRegister = mark
  }

  private mutating func testArray(_ pattern: NodeID, _ value: Int, otherwise: FunctionBuilder.Label) {
    let parts = Array(tree.children(pattern))
    let rest = parts.last.flatMap { kind($0) == .restPattern ? $0 : nil }
    let count = parts.count - (rest == nil ? 0 : 1)
    let fits = builder.allocate()
    builder.emit(rest == nil ? .isArrayOfCount : .isArrayOfAtLeast, fits, value, count)
    builder.jump(.jumpIfFalse, fits, to: otherwise)
    for (index, part) in parts.prefix(count).enumerated() where kind(part) != .wildcardPattern {
      let element = builder.allocate()
      builder.emit(.loadInteger, element, immediate: Int32(truncatingIfNeeded: index))
      builder.emit(.getIndex, element, value, element)
      test(part, element, isVariable: false, otherwise: otherwise)
    }
    if let rest, resolution(rest).kind == .variable {
      let register = builder.allocate()
      builder.emit(.arrayRest, register, value, count)
      bind(rest, to: register, isVariable: false)
    }
  }
}
