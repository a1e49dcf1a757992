extension ProgramCompiler {
  /// Jumps when a condition is false, and goes on when it is true.
  mutating func jump(unless node: NodeID, to label: FunctionBuilder.Label) {
    let mark = builder.nextRegister
    defer { builder.nextRegister = mark }
    switch kind(node) {
    case .group: jump(unless: tree.child(node, 0), to: label)
    case .unary where tree.mainToken(node).kind != .minus: jump(if: tree.child(node, 0), to: label)
    case .booleanLiteral: if tree.mainToken(node).kind == .false { builder.jump(to: label) }
    case .binary:
      switch tree.mainToken(node).kind {
      case .andAnd:
        jump(unless: tree.child(node, 0), to: label)
        jump(unless: tree.child(node, 1), to: label)
      case .orOr:
        let holds = builder.makeLabel()
        jump(if: tree.child(node, 0), to: holds)
        jump(unless: tree.child(node, 1), to: label)
        builder.bind(holds)
      default: jumpOnComparison(node, when: false, to: label)
      }
    default: jumpOnValue(node, when: false, to: label)
    }
  }

  /// Jumps when a condition is true, and goes on when it is false.
  mutating func jump(if node: NodeID, to label: FunctionBuilder.Label) {
    let mark = builder.nextRegister
    defer { builder.nextRegister = mark }
    switch kind(node) {
    case .group: jump(if: tree.child(node, 0), to: label)
    case .unary where tree.mainToken(node).kind != .minus: jump(unless: tree.child(node, 0), to: label)
    case .booleanLiteral: if tree.mainToken(node).kind == .true { builder.jump(to: label) }
    case .binary:
      switch tree.mainToken(node).kind {
      case .andAnd:
        let fails = builder.makeLabel()
        jump(unless: tree.child(node, 0), to: fails)
        jump(if: tree.child(node, 1), to: label)
        builder.bind(fails)
      case .orOr:
        jump(if: tree.child(node, 0), to: label)
        jump(if: tree.child(node, 1), to: label)
      default: jumpOnComparison(node, when: true, to: label)
      }
    default: jumpOnValue(node, when: true, to: label)
    }
  }

  private mutating func jumpOnValue(_ node: NodeID, when outcome: Bool, to label: FunctionBuilder.Label) {
    let value = operand(node)
    locate(node)
    builder.jump(outcome ? .jumpIfTrue : .jumpIfFalse, value, to: label)
  }

  private mutating func jumpOnComparison(_ node: NodeID, when outcome: Bool, to label: FunctionBuilder.Label) {
    let left = tree.child(node, 0)
    let right = tree.child(node, 1)
    let operation = tree.mainToken(node).kind
    if operation == .equal || operation == .notEqual, kind(right) == .nullLiteral {
      let value = operand(left)
      locate(node)
      builder.jump((operation == .equal) == outcome ? .jumpIfNull : .jumpIfNotNull, value, to: label)
      return
    }
    guard !builder.usesLongJumps, let comparison = Comparison(operation) else {
      jumpOnValue(node, when: outcome, to: label)
      return
    }
    let leftRegister = operand(left, before: right)
    if !outcome, let immediate = comparison.immediate, let small = smallInteger(right) {
      locate(node)
      builder.compareAndJump(
        immediate, leftRegister, Int(UInt16(bitPattern: Int16(truncatingIfNeeded: small))), to: label)
      return
    }
    let rightRegister = operand(right)
    locate(node)
    let operands = comparison.isSwapped ? (rightRegister, leftRegister) : (leftRegister, rightRegister)
    builder.compareAndJump(outcome ? comparison.holds : comparison.fails, operands.0, operands.1, to: label)
  }

  /// The fused instructions of a comparison.
  private struct Comparison {
    let holds: Opcode
    let fails: Opcode
    let immediate: Opcode?
    let isSwapped: Bool

    init?(_ operation: TokenKind) {
      switch operation {
      case .equal: self.init(.jumpIfEqual, .jumpIfNotEqual, .jumpIfNotEqualImmediate)
      case .notEqual: self.init(.jumpIfNotEqual, .jumpIfEqual, nil)
      case .less: self.init(.jumpIfLess, .jumpIfNotLess, .jumpIfNotLessImmediate)
      case .lessEqual: self.init(.jumpIfLessOrEqual, .jumpIfNotLessOrEqual, .jumpIfNotLessOrEqualImmediate)
      case .greater: self.init(.jumpIfLess, .jumpIfNotLess, .jumpIfNotGreaterImmediate, isSwapped: true)
      case .greaterEqual:
        self.init(.jumpIfLessOrEqual, .jumpIfNotLessOrEqual, .jumpIfNotGreaterOrEqualImmediate, isSwapped: true)
      default: return nil
      }
    }

    private init(_ holds: Opcode, _ fails: Opcode, _ immediate: Opcode?, isSwapped: Bool = false) {
      self.holds = holds
      self.fails = fails
      self.immediate = immediate
      self.isSwapped = isSwapped
    }
  }
}
