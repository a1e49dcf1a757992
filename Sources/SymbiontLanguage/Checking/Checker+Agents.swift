extension Checker {
  /// Settings of an agent that the runtime reads.
  private static let agentSettings = ["capabilities", "sandbox", "memory", "timeout"]

  /// Reads the head of an agent: parameters, result, capabilities and settings.
  mutating func readAgent(_ index: Int) {
    let node = module.agents[index].node
    let parameters = tree.child(node, 0)
    for parameter in tree.children(parameters) where tree.kind(parameter) == .parameter {
      let name = module.name(of: parameter)
      let type = tree.child(parameter, 0)
      module.agents[index].parameterNames.append(name)
      module.agents[index].parameters.append(
        .init(name: text(name), type: tree.kind(type) == .missing ? .any : resolveType(type)))
    }
    let result = tree.child(node, 1)
    if tree.kind(result) != .missing { module.agents[index].result = resolveType(result) }
    for position in 2..<max(2, Int(tree.nodes[Int(node)].childCount)) {
      let child = tree.child(node, position)
      switch tree.kind(child) {
      case .entry: readSetting(child, of: index)
      case .with:
        for entry in tree.children(child) where tree.kind(entry) == .entry { readSetting(entry, of: index) }
      default: break
      }
    }
  }

  private mutating func readSetting(_ entry: NodeID, of agent: Int) {
    let key = module.name(of: entry)
    let known = KnownNames.shared[key]
    if known == .capabilities {
      readCapabilities(entry, of: agent)
      return
    }
    var settings = module.agents[agent].settings
    add(entry, to: &settings)
    let value = settings[text(key)]
    switch known {
    case .timeout: _ = checkTimeout(entry, value)
    case .sandbox: checkSandbox(entry, value)
    case .memory: checkText(entry, value)
    default: warnUnknownSetting(entry, key, among: Self.agentSettings)
    }
    module.agents[agent].settings = settings
  }

  private mutating func readCapabilities(_ entry: NodeID, of agent: Int) {
    guard let value = settingValue(tree.child(entry, 0)) else { return }
    let elements: [Value] = if case .array(let elements) = value { elements } else { [value] }
    for element in elements {
      guard case .string(let capability) = element, !capability.isEmpty else {
        report(
          .invalidSetting, "`capabilities` must be names, found `\(element.typeName)`", at: tree.child(entry, 0),
          suggestion: "for example `capabilities = [\"FileSystem\", \"Network\"]`")
        return
      }
      if !module.agents[agent].capabilities.contains(capability) {
        module.agents[agent].capabilities.append(capability)
      }
    }
  }

  private mutating func checkSandbox(_ entry: NodeID, _ value: Value?) {
    guard let value else { return }
    if case .string(let tier) = value, ["tier1", "tier2", "tier3"].contains(tier) { return }
    report(
      .invalidSetting, "`sandbox` must be `\"tier1\"`, `\"tier2\"` or `\"tier3\"`", at: tree.child(entry, 0),
      suggestion: "tier 1 is a container, 2 a user-space kernel, 3 a virtual machine")
  }

  private mutating func checkText(_ entry: NodeID, _ value: Value?) {
    guard let value else { return }
    if case .string = value { return }
    report(
      .invalidSetting, "`\(text(of: entry))` must be a `String`, found `\(value.typeName)`",
      at: tree.child(entry, 0))
  }

  /// Checks the policies, helper functions and body of an agent.
  mutating func checkAgent(_ index: Int) {
    let node = module.agents[index].node
    let names = Set(module.agents[index].parameterNames)
    let children = 2..<max(2, Int(tree.nodes[Int(node)].childCount))
    let scope = openScope()
    withNode = nil
    for position in children {
      let child = tree.child(node, position)
      switch tree.kind(child) {
      case .policy: module.agents[index].policies += readPolicy(child, names: names)
      case .with: if withNode == nil { withNode = child }
      case .function:
        let target = module.resolutions[Int(child)]
        if target.kind == .callable { bind(module.name(of: child), to: target) }
      default: break
      }
    }
    for position in children where tree.kind(tree.child(node, position)) == .function {
      checkFunction(tree.child(node, position))
    }
    let inner = openScope()
    (unit, unitNode) = (.agent(index), node)
    declareParameters(tree.child(node, 0))
    let type = checkSequence(of: node, from: 2, isValueUsed: true)
    checkResult(type, declared: module.agents[index].result, at: tree.child(node, 1), of: node)
    unit = .module
    closeScope(inner)
    closeScope(scope)
  }

  /// Checks a function's body.
  mutating func checkFunction(_ node: NodeID) {
    guard module.resolutions[Int(node)].kind == .callable else { return }
    let enclosing = (unit, unitNode)
    (unit, unitNode) = (.function, node)
    let scope = openScope()
    declareParameters(tree.child(node, 0))
    checkBlock(tree.child(node, 2), isValueUsed: true)
    closeScope(scope)
    (unit, unitNode) = enclosing
  }

  /// The last expression of an agent is its result.
  private mutating func checkResult(_ type: StaticType, declared: ValueType, at typeNode: NodeID, of node: NodeID) {
    guard type != .null, !type.canBe(declared, in: module.types) else { return }
    report(
      .declaredType,
      "`\(tree.mainText(node))` is declared to return `\(module.types.describe(declared))`, returns `\(type.name)`",
      at: typeNode)
  }
}
