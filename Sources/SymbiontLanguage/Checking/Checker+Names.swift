extension Checker {
  /// What a name stands for here, in the order of the language: a local name, a function of the file, a builtin, a tool.
  func target(of name: NameID) -> Resolution? {
    if let local = binding(of: name) { return local }
    return callableOfName[name].map { .callable($0) }
  }

  /// Checks a name that is used as a value.
  mutating func checkIdentifier(_ node: NodeID) -> StaticType {
    let name = module.name(of: node)
    if let target = target(of: name) {
      module.resolutions[Int(node)] = target
      guard target.kind == .callable else {
        read(target.index)
        return .unknown
      }
      return checkCallableAsValue(target.index, at: node)
    }
    if unit == .condition { return checkConditionName(name, at: node) }
    if agentOfName[name] != nil || externalAgents.contains(name) {
      module.resolutions[Int(node)] = .text(name)
      return .string
    }
    if KnownNames.shared[name] == .noneValue {
      module.resolutions[Int(node)] = .null
      return .null
    }
    reportUnknownName(name, at: node)
    return .unknown
  }

  private mutating func checkCallableAsValue(_ index: Int32, at node: NodeID) -> StaticType {
    let callable = module.callables[Int(index)]
    let name = text(callable.name)
    if unit == .condition {
      report(.nameInCondition, "a policy condition cannot use `\(name)` as a value", at: node)
      return .unknown
    }
    switch callable.target {
    case .builtin(.map), .builtin(.filter), .builtin(.reduce):
      report(
        .notCallable, "`\(name)` can only be called, it is no value", at: node,
        suggestion: "write a lambda that calls it")
      return .unknown
    default:
      return .function
    }
  }

  private mutating func checkConditionName(_ name: NameID, at node: NodeID) -> StaticType {
    let known = KnownNames.shared[name]
    if known == .agent || known == .context || conditionNames?.contains(name) ?? true {
      module.resolutions[Int(node)] = .condition(name)
      return .unknown
    }
    if known == .noneValue {
      module.resolutions[Int(node)] = .null
      return .null
    }
    var nearest = NearestNames(module.names.spelling(name))
    for candidate in conditionNames ?? [] { nearest.consider(candidate, in: module.names) }
    report(
      .nameInCondition, "a policy condition cannot see `\(text(name))`", at: node,
      suggestion: nearest.suggestion(in: module.names)
        ?? "conditions may use the agent's parameters, `agent`, `context` and literals")
    return .unknown
  }

  /// Reports a name that nothing declares, with the best help there is.
  mutating func reportUnknownName(_ name: NameID, at node: NodeID, isCallee: Bool = false) {
    let shown = text(name)
    if initializing.contains(name) {
      report(
        .usedBeforeDeclaration, "`\(shown)` is used in its own declaration", at: node,
        suggestion: "a lambda cannot call itself: declare it as `function \(shown)(…) { … }`")
      return
    }
    if let declaration = declarationInUnit(of: name) {
      let isLater = declaration > tree.range(node).lowerBound
      report(
        .usedBeforeDeclaration,
        isLater
          ? "`\(shown)` is used before its declaration on line \(line(declaration))"
          : "`\(shown)` is declared on line \(line(declaration)), in a block that has ended", at: node,
        suggestion: isLater ? nil : "declare it with `let` before that block")
      return
    }
    report(
      isCallee ? .unknownCallee : .unknownName, isCallee ? "unknown function `\(shown)`" : "unknown name `\(shown)`",
      at: node, suggestion: nearestName(to: name, onlyCallable: isCallee))
  }

  /// The names that were perhaps meant.
  private mutating func nearestName(to name: NameID, onlyCallable: Bool) -> String? {
    guard suggestionCount < Self.maximumSuggestions else { return nil }
    suggestionCount += 1
    var nearest = NearestNames(module.names.spelling(name))
    for binding in bindings.reversed() { nearest.consider(binding.name, in: module.names) }
    for callable in module.callables where isVisible(callable) { nearest.consider(callable.name, in: module.names) }
    if !onlyCallable { for agent in module.agents { nearest.consider(agent.name, in: module.names) } }
    return nearest.suggestion(in: module.names)
  }

  /// Whether a callable is visible in the whole file, or hidden in an agent.
  private func isVisible(_ callable: Callable) -> Bool { callableOfName[callable.name] != nil }

  /// Where the unit that is being checked declares a variable of this name, in whatever block; for messages only.
  private mutating func declarationInUnit(of name: NameID) -> UInt32? {
    guard unit != .module, unit != .condition, suggestionCount < Self.maximumSuggestions else { return nil }
    let tokens = tree.nodes[Int(unitNode)]
    for token in Int(tokens.firstToken)..<Int(tokens.endToken) where module.nameOfToken[token] == name {
      let previous = token > 0 ? tree.tokens[token - 1].kind : .endOfFile
      let next = token + 1 < tree.tokens.count ? tree.tokens[token + 1].kind : .endOfFile
      if previous == .let || (previous == .for && next == .in) { return tree.tokens[token].start }
      let startsStatement = previous == .semicolon || previous == .leftBrace || previous == .rightBrace
      if startsStatement, next == .assign { return tree.tokens[token].start }
    }
    return nil
  }
}
