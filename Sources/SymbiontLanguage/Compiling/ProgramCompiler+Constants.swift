extension ProgramCompiler {
  /// The value of a node that is made of literals, where computing it now changes no error.
  func folded(_ node: NodeID) -> Value? {
    guard module.facts[Int(node)].contains(.isConstant) else { return nil }
    switch kind(node) {
    case .group: return folded(tree.child(node, 0))
    case .unary:
      let operand = tree.child(node, 0)
      if tree.mainToken(node).kind != .minus {
        guard case .bool(let value) = folded(operand) else { return nil }
        return .bool(!value)
      }
      if let literal = tree.literalValue(operand, isNegated: true) { return literal }
      switch folded(operand) {
      case .int(let value) where value != .min: return .int(-value)
      case .float(let value): return .float(-value)
      default: return nil
      }
    case .binary:
      guard let left = folded(tree.child(node, 0)), let right = folded(tree.child(node, 1)) else { return nil }
      return Self.fold(tree.mainToken(node).kind, left, right)
    default: return tree.literalValue(node)
    }
  }

  private static func fold(_ operation: TokenKind, _ left: Value, _ right: Value) -> Value? {
    switch (operation, left, right) {
    case (.plus, .string(let left), .string(let right)): return .string(left + right)
    case (.plus, .int(let left), .int(let right)): return whole(left.addingReportingOverflow(right))
    case (.minus, .int(let left), .int(let right)): return whole(left.subtractingReportingOverflow(right))
    case (.star, .int(let left), .int(let right)): return whole(left.multipliedReportingOverflow(by: right))
    case (.plus, .float(let left), .float(let right)): return finite(left + right)
    case (.minus, .float(let left), .float(let right)): return finite(left - right)
    case (.star, .float(let left), .float(let right)): return finite(left * right)
    default: return nil
    }
  }

  private static func whole(_ result: (partialValue: Int64, overflow: Bool)) -> Value? {
    result.overflow ? nil : .int(result.partialValue)
  }

  private static func finite(_ result: Double) -> Value? { result.isFinite ? .float(result) : nil }

  /// The value of a constant that fits an immediate operand.
  func smallInteger(_ node: NodeID) -> Int? {
    guard case .int(let value) = folded(node) else { return nil }
    return Int16(exactly: value).map(Int.init)
  }

  /// Loads a value that is known now.
  mutating func load(_ value: Value, into register: Int) {
    switch value {
    case .null: builder.emit(.loadNull, register)
    case .bool(let value): builder.emit(.loadBool, register, value ? 1 : 0)
    case .int(let value):
      if let small = Int32(exactly: value) {
        builder.emit(.loadInteger, register, immediate: small)
      } else {
        builder.emit(.loadConstant, register, immediate: pool.number(of: .int(value)))
      }
    default: builder.emit(.loadConstant, register, immediate: pool.number(of: value))
    }
  }

  /// Loads a string literal, which is decoded only where it stands for the first time.
  mutating func loadText(_ node: NodeID, into register: Int) {
    let token = tree.mainToken(node)
    let name = module.names.intern(tree.source.bytes, Int(token.start)..<Int(token.end))
    let number = pool.number(ofLiteral: name, StringLiteral.decode(tree.mainBytes(node)))
    builder.emit(.loadConstant, register, immediate: number)
  }
}
