extension Checker {
  /// Checks one argument; `position` is that of its parameter.
  mutating func checkArgument(_ node: NodeID, _ position: Int?, of callable: Callable) {
    if tree.kind(node) == .lambda, let position, let expected = lambdaParameterCount(of: callable, at: position) {
      _ = checkLambda(node, expecting: expected, by: callable.name)
      return
    }
    if position == 0, namesAgent(callable), checkAgentName(node) { return }
    if takesFunction(callable, at: position), tree.kind(node) == .identifier, checkInlinedCallee(node) { return }
    let type = checkExpression(node)
    guard let position, type.isCertain else { return }
    if takesFunction(callable, at: position), type != .function, !(isSort(callable) && type == .null) {
      report(.operandType, "`\(text(callable.name))` needs a function here, found `\(type.name)`", at: node)
    }
    guard position < callable.types.count else { return }
    let declared = callable.types[position]
    guard !type.canBe(declared, in: module.types) else { return }
    report(
      .declaredType,
      "`\(text(callable.parameters[position]))` of `\(text(callable.name))` is declared as "
        + "`\(module.types.describe(declared))`, found `\(type.name)`", at: node)
  }

  /// `map(list, f)` with the name of something that can be called with one argument.
  private mutating func checkInlinedCallee(_ node: NodeID) -> Bool {
    guard let target = target(of: module.name(of: node)), target.kind == .callable,
      case .builtin(let builtin) = module.callables[Int(target.index)].target,
      [.map, .filter, .reduce].contains(builtin)
    else { return false }
    checkExpression(node)
    return true
  }

  private func isSort(_ callable: Callable) -> Bool {
    if case .builtin(.sort) = callable.target { true } else { false }
  }

  private func takesFunction(_ callable: Callable, at position: Int?) -> Bool {
    guard let position else { return false }
    return lambdaParameterCount(of: callable, at: position) != nil
  }

  /// How many arguments a builtin gives to the function that it takes at this position.
  private func lambdaParameterCount(of callable: Callable, at position: Int) -> Int? {
    guard case .builtin(let builtin) = callable.target else { return nil }
    return switch (builtin, position) {
    case (.map, 1), (.filter, 1), (.sort, 1): 1
    case (.reduce, 2): 2
    default: nil
    }
  }

  private func namesAgent(_ callable: Callable) -> Bool {
    guard case .effect(let effect) = callable.target else { return false }
    return [.call, .spawn, .ask, .send].contains(effect)
  }

  /// An agent may be named by a bare word or a text; one that the file does not declare may be in another file.
  private mutating func checkAgentName(_ node: NodeID) -> Bool {
    let name: NameID
    switch tree.kind(node) {
    case .stringLiteral: name = module.name(of: node)
    case .identifier:
      name = module.name(of: node)
      guard target(of: name) == nil, KnownNames.shared[name] != .noneValue else { return false }
      module.resolutions[Int(node)] = .text(name)
    default: return false
    }
    guard agentOfName[name] == nil, !externalAgents.contains(name) else {
      return tree.kind(node) == .identifier
    }
    var nearest = NearestNames(module.names.spelling(name))
    for agent in module.agents { nearest.consider(agent.name, in: module.names) }
    report(
      .unknownAgent, "no agent of this file is called `\(text(name))`", at: node,
      suggestion: nearest.suggestion(in: module.names) ?? "fine when another file declares it")
    return tree.kind(node) == .identifier
  }

  /// Checks that a callable may be used where it is called.
  mutating func checkUse(of callable: Callable, at node: NodeID) {
    if unit == .condition, !callable.isPure {
      report(.callInCondition, "a policy condition cannot call `\(text(callable.name))`", at: node)
    }
    guard case .agent(let index) = unit, case .effect(let effect) = callable.target,
      let capability = effect.requiredCapability, !module.agents[index].capabilities.contains(capability)
    else { return }
    let agent = text(module.agents[index].name)
    report(
      .missingCapability,
      "`\(text(callable.name))` needs the capability `\(capability)`, which `\(agent)` does not declare",
      at: calleeOrSelf(node), suggestion: "add it: `capabilities = [\"\(capability)\"]`")
  }

  private func calleeOrSelf(_ node: NodeID) -> NodeID { tree.kind(node) == .call ? tree.child(node, 0) : node }
}
