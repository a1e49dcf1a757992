extension ProgramGenerator {
  mutating func expression() -> String {
    guard !isDeep else { return random.once(in: 2) ? literal() : name() }
    return nested { $0.deepExpression() }
  }

  private mutating func deepExpression() -> String {
    switch random.below(18) {
    case 0, 1, 2:
      operand() + " " + random.pick(["||", "&&", "+", "-", "*", "/", "%"]) + " " + operand()
    case 3: operand() + " " + random.pick(["==", "!=", "<", ">", "<=", ">=", "in"]) + " " + operand()
    case 4: random.pick(["!", "not ", "-", "- -"]) + operand()
    case 5, 6: call(name())
    case 7: "(\(expression())).\(name())" + (random.once(in: 2) ? "(\(arguments()))" : "")
    case 8: "\(name())[\(expression())]"
    case 9: "[\(list(4) { $0.expression() })]"
    case 10: "{ \(list(4) { $0.field() }) }"
    case 11: "\(random.pick(["Ticket", "item", "policy"])) { \(list(3) { $0.field() }) }"
    case 12: "(\(choice()))"
    case 13: "(\(match()))"
    case 14: lambda()
    case 15: "(\(tryCatch()))"
    case 16: "5 .seconds"
    default: random.once(in: 2) ? literal() : name()
    }
  }

  /// A part of an expression with operators: nothing that would swallow what follows.
  private mutating func operand() -> String {
    switch random.below(5) {
    case 0: literal()
    case 1: "(\(expression()))"
    case 2: call(name())
    case 3: operandChain()
    default: name()
    }
  }

  private mutating func operandChain() -> String {
    let sign = random.pick(["*", "+", "-", "&&"])
    return (0..<2 + random.below(8)).map { _ in random.once(in: 2) ? name() : "some_long_name" }
      .joined(separator: " \(sign) ")
  }

  mutating func call(_ callee: String) -> String { "\(callee)(\(arguments()))" }

  private mutating func arguments() -> String {
    list(4) { generator in
      let value = generator.expression()
      switch generator.random.below(5) {
      case 0: return "\(generator.key()) = \(value)"
      case 1: return "\(generator.key()): \(value)"
      default: return value
      }
    }
  }

  private mutating func field() -> String {
    (random.once(in: 3) ? "\"a key\"" : key()) + ": " + expression()
  }

  mutating func lambda() -> String {
    let head = random.pick(["x", "()", "(a, b)", "_", "(x: int)", "(a,)"])
    return "\(head) => " + (random.once(in: 2) ? block() : expression())
  }
}
