extension Checker {
  /// Finds all declarations of the file, so that they may be used before they stand in the text.
  mutating func collectDeclarations() {
    collectCallables()
    collectTypes()
    collectFunctions()
    collectTools()
    for agent in options.agents { externalAgents.insert(module.names.intern(agent)) }
    for node in tree.children(tree.root) where tree.kind(node) == .agent {
      let name = module.name(of: node)
      if agentOfName[name] != nil { reportDuplicate("agent", name, at: node) }
      agentOfName[name] = module.agents.count
      module.agents.append(.init(node: node, name: name))
    }
  }

  private mutating func collectCallables() {
    for (index, signature) in BuiltinSignature.all.enumerated() {
      let target: Callable.Target =
        switch signature.target {
        case .builtin(let builtin): .builtin(builtin)
        case .effect(let effect): .effect(effect)
        }
      let name = module.names.intern(signature.name)
      callableOfName[name] = Int32(truncatingIfNeeded: index)
      module.callables.append(
        Callable(
          name: name, target: target, parameters: signature.parameters.map { module.names.intern($0) },
          required: signature.required, isVariadic: signature.isVariadic,
          options: signature.options.map { module.names.intern($0) }))
    }
  }

  private mutating func collectTypes() {
    var declared: [(node: NodeID, index: UInt32)] = []
    for node in tree.children(tree.root) where tree.kind(node) == .typeDeclaration {
      let name = module.name(of: node)
      if typeOfName[name] != nil { reportDuplicate("type", name, at: node) }
      let index = module.types.declare(text(name))
      typeOfName[name] = index
      declared.append((node, index))
    }
    for (node, index) in declared {
      let type = tree.child(node, 0)
      if tree.kind(type) == .typeRecord {
        module.types.define(index, as: .record(resolveFields(of: type, name: text(of: node))))
      } else {
        module.types.define(index, as: resolveType(type))
      }
    }
    for (node, index) in declared where isOnlyItself(index) {
      report(
        .recursiveType, "the type `\(text(of: node))` consists only of itself", at: mainRange(node),
        suggestion: "let it refer to itself in a field, an array or an `Optional` field")
      module.types.define(index, as: .any)
    }
  }

  /// Whether following names and optionals from a type never ends.
  private func isOnlyItself(_ index: UInt32) -> Bool {
    var type = ValueType.named(index)
    for _ in 0..<TypeLimits.maximumAliasSteps {
      switch type {
      case .named(let next): type = module.types[next] ?? .any
      case .optional(let wrapped): type = wrapped
      default: return false
      }
    }
    return true
  }

  private mutating func collectFunctions() {
    for node in tree.children(tree.root) {
      switch tree.kind(node) {
      case .function:
        let name = module.name(of: node)
        let callable = addFunction(node, name)
        if let known = callableOfName[name], case .function = module.callables[Int(known)].target {
          reportDuplicate("function", name, at: node)
        }
        callableOfName[name] = callable
      case .agent:
        var seen: Set<NameID> = []
        for child in tree.children(node) where tree.kind(child) == .function {
          let name = module.name(of: child)
          if !seen.insert(name).inserted { reportDuplicate("function", name, at: child) }
          _ = addFunction(child, name)
        }
      default: break
      }
    }
  }

  private mutating func addFunction(_ node: NodeID, _ name: NameID) -> Int32 {
    let index = Int32(truncatingIfNeeded: module.callables.count)
    var parameters: [NameID] = []
    var types: [ValueType] = []
    for parameter in tree.children(tree.child(node, 0)) where tree.kind(parameter) == .parameter {
      parameters.append(module.name(of: parameter))
      let type = tree.child(parameter, 0)
      types.append(tree.kind(type) == .missing ? .any : resolveType(type))
    }
    let result = tree.child(node, 1)
    if tree.kind(result) != .missing { _ = resolveType(result) }
    module.callables.append(
      Callable(
        name: name, target: .function(module.functions.count), parameters: parameters, required: parameters.count,
        isVariadic: false, options: [], types: types))
    module.functions.append(.init(node: node, name: name))
    module.resolutions[Int(node)] = .callable(index)
    return index
  }

  private mutating func collectTools() {
    for node in tree.children(tree.root) where tree.kind(node) == .tool {
      let name = module.name(of: node)
      if callableOfName[name] != nil {
        let isTool = if case .tool = module.callables[Int(callableOfName[name] ?? 0)].target { true } else { false }
        if isTool {
          reportDuplicate("tool", name, at: node)
        } else {
          report(
            .duplicateDeclaration, "`\(text(name))` is a function, so a tool of this name can never be called",
            at: mainRange(node), suggestion: "choose another name")
        }
      }
      addTool(readTool(node), name)
    }
    module.ownToolCount = module.tools.count
    for tool in options.tools {
      let name = module.names.intern(tool.name)
      if callableOfName[name] == nil { addTool(tool, name) }
    }
  }

  private mutating func addTool(_ tool: ToolDescriptor, _ name: NameID) {
    if callableOfName[name] == nil { callableOfName[name] = Int32(truncatingIfNeeded: module.callables.count) }
    let isOptional = tool.inputs.map { if case .optional = $0.type { true } else { false } }
    module.callables.append(
      Callable(
        name: name, target: .tool(module.tools.count), parameters: tool.inputs.map { module.names.intern($0.name) },
        required: (isOptional.lastIndex(of: false) ?? -1) + 1, isVariadic: false, options: [],
        types: tool.inputs.map(\.type)))
    module.tools.append(tool)
  }

  mutating func reportDuplicate(_ noun: String, _ name: NameID, at node: NodeID) {
    report(
      .duplicateDeclaration, "there are two \(noun)s called `\(text(name))`", at: mainRange(node),
      suggestion: "rename or remove one of them")
  }

  /// Checks everything that was found.
  mutating func checkDeclarations() {
    for index in module.agents.indices { readAgent(index) }
    let parameters = module.agents.isEmpty ? nil : Set(module.agents.flatMap(\.parameterNames))
    var seen: [SyntaxKind: Set<NameID>] = [:]
    for node in tree.children(tree.root) {
      let kind = tree.kind(node)
      switch kind {
      case .function: checkFunction(node)
      case .policy: module.policies += readPolicy(node, names: parameters)
      case .metadata:
        var metadata = module.declarations.metadata
        for entry in tree.children(node) where tree.kind(entry) == .entry { add(entry, to: &metadata) }
        module.declarations.metadata = metadata
      case .schedule, .channel, .memory, .webhook:
        let name = module.name(of: node)
        if !seen[kind, default: []].insert(name).inserted { reportDuplicate("\(kind) block", name, at: node) }
        addBlock(readBlock(node), kind)
      default: break
      }
    }
    for index in module.agents.indices { checkAgent(index) }
  }

  private mutating func addBlock(_ block: Declarations.Block, _ kind: SyntaxKind) {
    switch kind {
    case .schedule: module.declarations.schedules.append(block)
    case .channel: module.declarations.channels.append(block)
    case .memory: module.declarations.memories.append(block)
    default: module.declarations.webhooks.append(block)
    }
  }
}
