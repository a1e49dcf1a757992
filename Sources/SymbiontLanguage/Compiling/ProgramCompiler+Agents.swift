extension ProgramCompiler {
  /// Compiles a `function`.
  mutating func compileFunction(_ index: Int) {
    let node = module.functions[index].node
    let parameters = tree.child(node, 0)
    functions[index] = compileUnit(
      name: module.names.text(module.functions[index].name), parameterCount: childCount(parameters), at: node
    ) { compiler in
      compiler.bindParameters(of: parameters, at: 0)
      compiler.compileBlock(compiler.tree.child(node, 2), to: .result)
    }
  }

  /// Compiles an agent's body: checks its parameters, runs its statements, checks its result.
  mutating func compileAgentBody(_ index: Int) {
    let agent = module.agents[index]
    let parameters = tree.child(agent.node, 0)
    let code = compileUnit(
      name: module.names.text(agent.name), parameterCount: childCount(parameters), at: agent.node
    ) { compiler in
      compiler.bindParameters(of: parameters, at: 0)
      for (position, parameter) in agent.parameters.enumerated() where parameter.type != .any {
        compiler.locate(compiler.tree.child(parameters, position))
        compiler.builder.emit(.checkType, position, immediate: compiler.typeNumber(parameter.type))
      }
      guard agent.result != .any else {
        compiler.compileSequence(of: agent.node, from: 2, to: .result)
        return
      }
      compiler.compileCheckedBody(of: agent)
    }
    functions[module.functions.count + index] = code
  }

  /// All ways out lead to one place, where the result is checked outside of every `try`.
  private mutating func compileCheckedBody(of agent: CheckedModule.Agent) {
    let result = builder.allocate()
    let exit = builder.makeLabel()
    builder.returns.append(.init(register: result, label: exit))
    compileSequence(of: agent.node, from: 2, to: .register(result, isFresh: true))
    builder.returns.removeLast()
    builder.bind(exit)
    builder.offset = tree.range(tree.child(agent.node, 1)).lowerBound
    builder.emit(.checkType, result, immediate: typeNumber(agent.result))
    builder.emit(.return, result)
  }

  /// The agent as data, with its own rules after the file's, in the order of the text.
  mutating func describeAgent(_ index: Int) -> AgentDescriptor {
    let agent = module.agents[index]
    let rules = (module.policies + agent.policies).sorted { $0.node < $1.node }
    conditionAgent = index
    defer { conditionAgent = nil }
    return AgentDescriptor(
      name: module.names.text(agent.name), function: module.functions.count + index, parameters: agent.parameters,
      result: agent.result, capabilities: agent.capabilities, policies: rules.map { describe($0, for: agent) },
      settings: agent.settings)
  }

  private mutating func describe(
    _ rule: CheckedModule.PolicyRule, for agent: CheckedModule.Agent
  ) -> PolicyRuleDescriptor {
    PolicyRuleDescriptor(
      outcome: rule.outcome,
      subjects: rule.subjects.map { $0.descriptor(names: module.names, parameters: agent.parameterNames) },
      condition: rule.condition.map { compileCondition($0, for: agent, of: rule) },
      position: tree.source.position(at: tree.range(rule.node).lowerBound), policyName: rule.policyName)
  }

  /// A condition is a function of the agent's parameters, `agent` and `context`.
  private mutating func compileCondition(
    _ node: NodeID, for agent: CheckedModule.Agent, of rule: CheckedModule.PolicyRule
  ) -> Int {
    let code = compileUnit(
      name: "policy \(rule.policyName)", parameterCount: agent.parameterNames.count + 2, at: node
    ) { $0.compile(node, to: .result) }
    functions.append(code)
    return functions.count - 1
  }

  /// Loads a name of a policy condition.
  ///
  /// A parameter that this agent does not have cannot be decided: it is an error, and a condition with an error
  /// denies.
  mutating func loadConditionName(_ name: NameID, into register: Int) {
    guard let conditionAgent else {
      builder.emit(.loadNull, register)
      return
    }
    let agent = module.agents[conditionAgent]
    if let position = agent.parameterNames.firstIndex(of: name) {
      builder.emit(.copy, register, position)
    } else if KnownNames.shared[name] == .agent {
      builder.emit(.copy, register, agent.parameterNames.count)
    } else if KnownNames.shared[name] == .context {
      builder.emit(.copy, register, agent.parameterNames.count + 1)
    } else {
      let error = builder.allocate(2)
      let message = "agent `\(module.names.text(agent.name))` has no parameter `\(module.names.text(name))`"
      load(.string("FieldError"), into: error)
      load(.string(message), into: error + 1)
      builder.emit(.callBuiltin, error, Int(Builtin.error.rawValue), 2)
      builder.emit(.throw, error)
    }
  }
}
