extension SyntaxTree {

  /// The value of a literal; `nil` for other nodes, and for literals that the parser has reported.
  func literalValue(_ node: NodeID, isNegated: Bool = false) -> Value? {
    switch kind(node) {
    case .integerLiteral: (try? NumberLiteral.integer(mainBytes(node), isNegated: isNegated)).map { .int($0) }
    case .floatLiteral: (try? NumberLiteral.float(mainBytes(node))).map { .float(isNegated ? -$0 : $0) }
    case .durationLiteral: durationValue(node, isNegated: isNegated)
    case .stringLiteral where !isNegated: .string(StringLiteral.decode(mainBytes(node)))
    case .booleanLiteral where !isNegated: .bool(mainToken(node).kind == .true)
    case .nullLiteral where !isNegated: .null
    case .secretLiteral where !isNegated: SecretReference(mainText(node)).map { .secret($0) }
    default: nil
    }
  }

  private func durationValue(_ node: NodeID, isNegated: Bool) -> Value? {
    switch try? DurationLiteral.decode(mainBytes(node)) {
    case .whole(let seconds): .int(isNegated ? -seconds : seconds)
    case .fractional(let seconds): .float(isNegated ? -seconds : seconds)
    case nil: nil
    }
  }
}
