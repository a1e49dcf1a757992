extension Checker {
  /// Reads a `tool` block.
  mutating func readTool(_ node: NodeID) -> ToolDescriptor {
    var tool = ToolDescriptor(name: text(of: node), command: [])
    var given: Set<NameID> = []
    var outputs = 0
    for child in tree.children(node) {
      switch tree.kind(child) {
      case .toolInput: readInput(child, of: &tool)
      case .toolOutput:
        outputs += 1
        if outputs > 1 { report(.duplicateSetting, "`output` is given twice", at: mainRange(child)) }
        tool.output = readOutput(tree.child(child, 0))
      case .entry:
        let key = module.name(of: child)
        if !given.insert(key).inserted {
          report(.duplicateSetting, "`\(text(key))` is given twice", at: mainRange(child))
        }
        readSetting(child, key, of: &tool)
      default: break
      }
    }
    if tool.command.isEmpty {
      report(
        .invalidTool, "the tool `\(tool.name)` has no command", at: mainRange(node),
        suggestion: "add it: `command [\"program\", \"argument\"]`")
    }
    if tool.inputs.filter({ $0.target == .standardInput }).count > 1 {
      report(.invalidTool, "the tool `\(tool.name)` has more than one input for `stdin`", at: mainRange(node))
    }
    return tool
  }

  private mutating func readSetting(_ entry: NodeID, _ key: NameID, of tool: inout ToolDescriptor) {
    let node = tree.child(entry, 0)
    guard let value = settingValue(node) else { return }
    switch (KnownNames.shared[key], value) {
    case (.description, .string(let summary)): tool.summary = summary
    case (.command, .array(let parts)):
      let texts = parts.compactMap { if case .string(let part) = $0 { part } else { nil } }
      guard texts.count == parts.count, texts.first?.isEmpty == false else {
        report(
          .invalidTool, "`command` must begin with a program and hold only strings", at: node,
          suggestion: "for example `command [\"wc\", \"-w\"]`")
        tool.command = ["?"]
        return
      }
      tool.command = texts
    case (.command, _):
      report(
        .invalidTool, "`command` must be an array of strings, found `\(value.typeName)`", at: node,
        suggestion: "for example `command [\"wc\", \"-w\"]`")
      tool.command = ["?"]
    case (.timeout, _): tool.timeoutSeconds = checkTimeout(entry, value)
    case (.idempotent, .bool(let isIdempotent)): tool.isIdempotent = isIdempotent
    case (.description, _), (.idempotent, _):
      let expected = KnownNames.shared[key] == .description ? "String" : "bool"
      report(.invalidSetting, "`\(text(key))` must be a `\(expected)`, found `\(value.typeName)`", at: node)
    default:
      warnUnknownSetting(entry, key, among: ["description", "command", "input", "output", "timeout", "idempotent"])
    }
  }

  private mutating func readInput(_ node: NodeID, of tool: inout ToolDescriptor) {
    let name = text(of: node)
    if tool.inputs.contains(where: { $0.name == name }) {
      report(.duplicateDeclaration, "there are two inputs called `\(name)`", at: mainRange(node))
    }
    let target = tree.child(node, 1)
    tool.inputs.append(
      .init(name: name, type: resolveType(tree.child(node, 0)), target: readTarget(target) ?? .argument))
  }

  private mutating func readTarget(_ node: NodeID) -> ToolDescriptor.Target? {
    switch tree.kind(node) {
    case .missing, .error: return nil
    case .identifier where KnownNames.shared[module.name(of: node)] == .stdin: return .standardInput
    case .call where tree.nodes[Int(node)].childCount == 2:
      let callee = tree.child(node, 0)
      let argument = tree.child(node, 1)
      if tree.kind(callee) == .identifier, KnownNames.shared[module.name(of: callee)] == .env,
        tree.kind(argument) == .identifier || tree.kind(argument) == .stringLiteral
      {
        return .environment(text(of: argument))
      }
    default: break
    }
    report(
      .invalidTool, "an input goes to `stdin` or `env(NAME)`", at: node,
      suggestion: "leave the target out to append it to the command")
    return nil
  }

  private mutating func readOutput(_ node: NodeID) -> ToolDescriptor.Output {
    guard tree.kind(node) == .typeName else {
      if tree.kind(node) == .typeRecord { return .json }
      return .string
    }
    switch KnownNames.shared[module.name(of: node)] {
    case .string: return .string
    case .int: return .int
    case .float: return .float
    case .json: return .json
    case .lines: return .lines
    default:
      report(
        .invalidTool, "the output of a tool cannot be `\(text(of: node))`", at: node,
        suggestion: "it is `String`, `int`, `float`, `JSON` or `lines`")
      return .string
    }
  }

  /// Warns about a setting that nothing reads.
  mutating func warnUnknownSetting(_ entry: NodeID, _ key: NameID, among known: [String]) {
    var nearest = NearestNames(module.names.spelling(key))
    for word in known { nearest.consider(module.names.intern(word), in: module.names) }
    report(
      .unknownSetting, "nothing reads the setting `\(text(key))`", at: mainRange(entry),
      suggestion: nearest.suggestion(in: module.names)
        ?? "known are " + known.map { "`\($0)`" }.joined(separator: ", "))
  }
}
