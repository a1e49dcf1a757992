/// The types of runnable programs' expressions.
enum GeneratedType: CaseIterable {
  case int, string, bool, array, record
}

/// A variable of a runnable program.
struct Variable {
  let name: String
  let type: GeneratedType
  let isAssignable: Bool
}

/// A function of a runnable program.
struct FunctionSignature {
  let name: String
  let parameters: [GeneratedType]
  let result: GeneratedType
}

extension ProgramGenerator {
  /// A program that can be checked, compiled and run; its agent `main` takes `input: int` and returns a record of all its
  /// variables.
  mutating func runnableProgram() -> String {
    var parts: [String] = []
    for _ in 0..<random.below(4) { parts.append(runnableFunction()) }
    variables = [Variable(name: "input", type: .int, isAssignable: false)]
    depth = 0
    var statements: [String] = []
    for type in GeneratedType.allCases { statements.append(declaration(type)) }
    for _ in 0..<2 + random.below(options.maximumStatements) { statements.append(runnableStatement()) }
    let fields = variables.map { "\($0.name): \($0.name)" }.joined(separator: ", ")
    var body = "\(statements.joined(separator: "\n"))\nreturn { \(fields) };"
    if random.once(in: 3) { body = "with sandbox = \"tier1\", timeout = 30s {\n\(body)\n}" }
    parts.append("agent main(input: int) -> JSON {\n\(body)\n}")
    return parts.joined(separator: "\n\n") + "\n"
  }

  private mutating func freshName(_ prefix: String) -> String {
    nameCount += 1
    return "\(prefix)\(nameCount)"
  }

  private mutating func runnableFunction() -> String {
    let signature = FunctionSignature(
      name: freshName("function"),
      parameters: (0..<random.below(3)).map { _ in random.pick(GeneratedType.allCases) },
      result: random.pick(GeneratedType.allCases))
    variables = []
    depth = 1
    var parameters: [String] = []
    for type in signature.parameters {
      let variable = Variable(name: freshName("p"), type: type, isAssignable: true)
      parameters.append(variable.name)
      variables.append(variable)
    }
    var statements: [String] = []
    for _ in 0..<random.below(3) { statements.append(runnableStatement()) }
    let text = """
      function \(signature.name)(\(parameters.joined(separator: ", "))) {
      \(statements.joined(separator: "\n"))
      \(random.once(in: 2) ? "return \(value(signature.result));" : value(signature.result))
      }
      """
    functions.append(signature)
    return text
  }

  private mutating func declaration(_ type: GeneratedType) -> String {
    let text = value(type)
    let name = freshName("v")
    variables.append(Variable(name: name, type: type, isAssignable: true))
    return random.once(in: 3) ? "\(name) = \(text);" : "let \(name) = \(text);"
  }

  /// A block whose declarations end with it.
  private mutating func runnableBlock(_ count: Int) -> String {
    let outer = variables
    depth += 1
    defer {
      variables = outer
      depth -= 1
    }
    return "{\n" + (0..<count).map { _ in runnableStatement() }.joined(separator: "\n") + "\n}"
  }

  mutating func runnableStatement() -> String {
    let isNestable = depth < options.maximumDepth
    switch random.below(isNestable ? 13 : 5) {
    case 0, 1: return assignment()
    case 2: return options.usesEffects ? effect() : assignment()
    case 3: return declaration(random.pick(GeneratedType.allCases))
    case 4:
      guard loopDepth > 0 else { return assignment() }
      return "if \(value(.bool)) { \(random.pick(["break", "continue"])); }"
    case 5, 6: return "if \(value(.bool)) \(runnableBlock(2)) else \(runnableBlock(1))"
    case 7: return forLoop()
    case 8: return whileLoop()
    case 9: return matchStatement()
    case 10: return options.usesErrors ? tryStatement() : assignment()
    case 11:
      let name = freshName("some")
      return "if let Some(\(name)) = \(value(.record)).get(\"k\", null) { let copy = \(name); }"
    default: return "if \(value(.bool)) \(runnableBlock(1)) else if \(value(.bool)) \(runnableBlock(1))"
    }
  }

  private mutating func assignment() -> String {
    let places = variables.filter(\.isAssignable)
    guard !places.isEmpty else { return declaration(.int) }
    let place = random.pick(places)
    switch place.type {
    case .int:
      // All that is stored is kept small, so that loops cannot overflow it.
      return random.once(in: 2) ? "\(place.name) += \(value(.int)) % 100;" : "\(place.name) = \(value(.int)) % 10_000;"
    case .array where random.once(in: 2):
      return "\(place.name) = push(slice(\(place.name), 0, min(len(\(place.name)), 8)), \(value(.int)) % 100);"
    case .record where random.once(in: 2): return "\(place.name).\(random.pick(["k", "n"])) = \(value(.int)) % 10_000;"
    case .string:
      return
        "\(place.name) = \(value(.string));\nif len(\(place.name)) > 60 { \(place.name) = slice(\(place.name), 0, 60); }"
    default: return "\(place.name) = \(value(place.type));"
    }
  }

  private mutating func forLoop() -> String {
    let name = freshName("i")
    let list = random.once(in: 2) ? "range(0, \(1 + random.below(4)))" : value(.array)
    variables.append(Variable(name: name, type: .int, isAssignable: false))
    loopDepth += 1
    let text = "for \(name) in \(list) \(runnableBlock(2))"
    loopDepth -= 1
    variables.removeAll { $0.name == name }
    return text
  }

  /// The counter rises before anything else, so that `continue` cannot skip it.
  private mutating func whileLoop() -> String {
    let name = freshName("c")
    loopDepth += 1
    let body = runnableBlock(2).dropFirst()
    loopDepth -= 1
    return "let \(name) = 0;\nwhile \(name) < \(1 + random.below(4)) {\n\(name) += 1;\(body)"
  }

  private mutating func matchStatement() -> String {
    let name = freshName("m")
    let arms = random.pick([
      "0 => { }\n\(name) if \(name) > 3 => \(runnableBlock(1))\n_ => \(runnableBlock(1))",
      "1 | 2 => \(runnableBlock(1)), -1 => { } _ => null",
    ])
    return "match \(value(.int)) { \(arms) }"
  }

  private mutating func tryStatement() -> String {
    let failure = random.pick([
      "throw error(\"Custom\", \"on purpose\", { n: 1 });", "let bad = 1 / (1 - 1);", "let bad = [1][7];",
      "let ok = 1;",
    ])
    return """
      try \(runnableBlock(1).dropLast())\(failure)\n}
      catch (Custom e) { let kind = e.kind; }
      catch (e) \(runnableBlock(1))
      """
  }

  private mutating func effect() -> String {
    switch random.below(4) {
    case 0: return "remember(\"key\(random.below(3))\", \(value(.int)));"
    case 1: return "forget(\"key\(random.below(3))\");"
    case 2: return "log(\"info\", \(value(.string)), { n: \(value(.int)) });"
    default:
      let name = freshName("w")
      return "let \(name) = recall(\"key\(random.below(3))\", 0);"
    }
  }
}
