extension ProgramGenerator {
  mutating func item() -> String {
    depth = 0
    switch random.below(12) {
    case 0: return "metadata { \(settings(separators: [" = ", ": "])) }"
    case 1: return policy()
    case 2: return "type \(name()) = \(type())" + (random.once(in: 3) ? ";" : "")
    case 3: return function()
    case 4: return "schedule \(name()) { \(settings(separators: [": "])) }"
    case 5:
      let extras = random.once(in: 2) ? "\(policy()) data_classification { \(settings(separators: [": "])) }" : ""
      return "channel \(name()) { \(settings(separators: [": "])) \(extras) }"
    case 6: return "memory \(name()) { \(settings(separators: [" "])) search { \(settings(separators: [" "])) } }"
    case 7: return "webhook \(name()) { \(settings(separators: [" "])) filter { \(settings(separators: [" "])) } }"
    case 8: return tool()
    default: return agent()
    }
  }

  private mutating func settings(separators: [String]) -> String {
    var parts: [String] = []
    for _ in 0..<random.below(4) {
      let separator = random.pick(separators)
      // Without a separator a bracket could be taken for a section.
      let value = separator == " " ? literal() : settingValue()
      parts.append(key() + separator + value + random.pick(["", "", ",", ";"]))
    }
    return parts.joined(separator: "\n")
  }

  private mutating func settingValue() -> String {
    switch random.below(5) {
    case 0: name()
    case 1: "[\(list(4) { $0.literal() })]"
    case 2: "{ \(list(3) { "\($0.key()): \($0.literal())" }) }"
    default: literal()
    }
  }

  private mutating func policy() -> String {
    var rules: [String] = []
    for _ in 0..<random.below(5) {
      let subject = random.pick([
        "all", "exec", "exec(\"git\", any)", "[exec, http]", "{ rate_limit: \"500/minute\", x: 1 }",
        "approval(\"ops\")",
        "read(resource)",
      ])
      let condition = random.once(in: 3) ? " if \(expression())" : ""
      rules.append(random.pick(["allow", "deny", "require", "audit"]) + ": " + subject + condition)
    }
    return "policy \(name()) { \(rules.joined(separator: random.pick(["\n", ", ", "; "]))) }"
  }

  private mutating func tool() -> String {
    """
    tool \(name()) {
      description \(random.pick(["\"counts\"", "\"x\""]))
      command ["wc", "-w", \(literal())]
      input \(name()): \(type()) -> \(random.pick(["stdin", "env(NAME)", "argument(2)"]))
      input \(name()): \(type())
      timeout: 10s,
      env { PATH: "/bin" }
      output \(type())
    }
    """
  }

  private mutating func agent() -> String {
    var members: [String] = []
    for _ in 0..<random.below(4) {
      switch random.below(5) {
      case 0: members.append("capabilities \(random.pick(["=", ":"])) [\"FileSystem\", Network]")
      case 1: members.append("\(key()): \(settingValue())" + random.pick(["", ",", ";"]))
      case 2: members.append(policy())
      default: members.append(statement() + "\n")
      }
      // A statement after a setting must not continue the setting's value.
      if members.last?.hasSuffix("]") == true || members.last?.hasSuffix("}") == true { members.append(";") }
    }
    let head = "agent \(name())\(random.once(in: 3) ? "" : parameters())\(random.once(in: 2) ? " -> \(type())" : "")"
    return "\(head) {\n\(members.joined(separator: "\n"))\n;\(body())\n}"
  }

  mutating func function() -> String {
    "function \(name())\(parameters())\(random.once(in: 2) ? " -> \(type())" : "") \(block())"
  }

  private mutating func parameters() -> String {
    "(" + list(4) { $0.name() + ($0.random.once(in: 2) ? ": \($0.type())" : "") } + ")"
  }

  mutating func type() -> String {
    guard !isDeep else { return random.pick(["int", "String", "JSON"]) }
    return nested {
      switch $0.random.below(7) {
      case 0: "Array<\($0.type())>"
      case 1: "Map<\($0.type()), \($0.type()),>"
      case 2: "{ " + $0.list(3) { "\($0.key()): \($0.type())" } + " }"
      default: $0.random.pick(["int", "float", "bool", "String", "any", "Ticket"])
      }
    }
  }
}
