extension ProgramGenerator {
  mutating func block() -> String { "{ \(nested { $0.body() }) }" }

  mutating func body() -> String {
    guard !isDeep else { return random.once(in: 2) ? "" : name() }
    var parts: [String] = []
    for _ in 0..<random.below(options.maximumStatements + 1) { parts.append(statement()) }
    if random.once(in: 3) { parts.append(expression()) }
    return parts.joined(separator: random.pick([" ", "\n", "\n\n"]))
  }

  mutating func statement() -> String {
    switch random.below(16) {
    case 0, 1: "let \(name())\(random.once(in: 3) ? ": \(type())" : "") = \(expression());"
    case 2, 3: "\(place()) \(random.pick(["=", "+=", "-=", "*=", "/=", "%="])) \(expression());"
    case 4: random.once(in: 2) ? "return;" : "return \(expression());"
    case 5: "throw \(expression());"
    case 6: random.pick(["break;", "continue;"])
    case 7: "for \(name()) in \(head()) \(block())"
    case 8: "while \(head()) \(block())"
    case 9: choice() + random.pick(["", ";"])
    case 10: match()
    case 11: tryCatch()
    case 12:
      "with " + ["sandbox = tier1", "memory: \"x\"", "timeout = 30s"].prefix(random.below(4)).joined(separator: ", ")
        + " " + block()
    case 13: isDeep ? ";" : function()
    case 14: isDeep ? "{}" : block()
    default: "\(call(name()));"
    }
  }

  private mutating func place() -> String {
    var text = name()
    for _ in 0..<random.below(3) { text += random.once(in: 2) ? ".\(name())" : "[\(nested { $0.expression() })]" }
    return text
  }

  /// An expression before a block: no record of its own.
  private mutating func head() -> String {
    switch random.below(4) {
    case 0: name()
    case 1: "(\(nested { $0.expression() }))"
    case 2: "\(name()) \(random.pick(["<", "==", "in", "&&"])) \(name())"
    default: call(name())
    }
  }

  mutating func choice() -> String {
    let head = random.pick(["if \(head())", "if let \(name()) = \(head())", "if let Some(\(name())) = \(head())"])
    let tail =
      random.below(3) == 0 ? " else \(block())" : random.once(in: 4) && !isDeep ? " else \(nested { $0.choice() })" : ""
    return "\(head) \(block())\(tail)"
  }

  mutating func match() -> String {
    var arms: [String] = []
    for _ in 0..<random.below(4) {
      let guardText = random.once(in: 4) ? " if \(head())" : ""
      let body: String
      switch random.below(6) {
      case 0, 1: body = block()
      case 2: body = "return \(nested { $0.expression() }),"
      case 3: body = "\(name()) += \(nested { $0.expression() }),"
      case 4: body = random.pick(["break,", "continue,", "throw x,", "return,"])
      default: body = nested { $0.expression() } + ","
      }
      arms.append("\(nested { $0.pattern() })\(guardText) => \(body)")
    }
    return "match \(head()) { \(arms.joined(separator: "\n")) }"
  }

  mutating func tryCatch() -> String {
    let clauses = ["catch (Timeout e) \(block())", "catch (_) \(block())", "catch (e) \(block())", "catch \(block())"]
    let count = 1 + random.below(2)
    return "try \(block()) " + clauses.shuffled(using: &random).prefix(count).joined(separator: " ")
  }

  mutating func pattern() -> String {
    guard !isDeep else { return random.pick(["_", "x", "1", "\"s\"", "None"]) }
    return nested {
      switch $0.random.below(9) {
      case 0: "\($0.random.pick(["Some", "Ok", "Err"]))(\($0.pattern()))"
      case 1: "{ " + $0.list(3) { $0.random.once(in: 2) ? $0.name() : "\($0.key()): \($0.pattern())" } + " }"
      case 2: "[" + $0.list(3) { $0.pattern() } + "]"
      case 3: "[\($0.pattern()), ..\($0.random.once(in: 2) ? "rest" : "")]"
      case 4: "\($0.pattern()) | \($0.pattern())"
      case 5: "-\($0.random.pick(["1", "2.5", "9223372036854775808"]))"
      case 6: $0.random.pick(["true", "null", "30s", "\"text\""])
      default: $0.random.pick(["_", "value", "None", "7"])
      }
    }
  }
}
