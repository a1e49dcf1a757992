public import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontStore

extension DefaultLifecycleController {
  /// Parses and checks the agent's program.
  ///
  /// `InitializationFailed` carries the diagnostics as people read them, and the agent is `Failed`.
  public func initializeAgent(_ agentID: AgentID) async throws(LifecycleError) {
    try admit()
    try await initialize(agentID, from: nil)
  }

  /// Initializes; `state` is the state that the agent was found in when it needs no transition.
  func initialize(_ agentID: AgentID, from state: AgentState?) async throws(LifecycleError) {
    if state != .initializing { try await transition(agentID, to: .initializing) }
    let agent = try await getAgent(agentID)
    do throws(LifecycleError) {
      let checked = try await check(agent.config)
      let now = time.now()
      try await store.write(isolated: true, throwing: LifecycleError.self) { store in
        try store.setAgentEntry(
          agentID, to: checked.agent.name, timeLimitMicroseconds: checked.timeLimit.microseconds)
        try Self.transition(agentID, to: .ready, at: now, in: store)
      }
    } catch {
      try await markFailed(agentID)
      throw error
    }
  }

  /// What is known of an agent whose program was checked.
  struct Checked: Sendable {
    let program: LoadedProgram
    /// The agent of the program that runs.
    let agent: AgentDescriptor
    /// How long one execution may take: the shorter of the configuration's `execution_timeout` and the agent's own `with
    /// timeout`.
    let timeLimit: Duration
  }

  /// Compiles a configuration's program, and finds the agent in it that runs.
  func check(_ config: AgentConfig) async throws(LifecycleError) -> Checked {
    let source = SourceText(name: Self.sourceName(config), text: config.dslSource)
    guard let compiled = await compile(source) else {
      throw .timedOut(operation: "initialize_agent", after: configuration.initializationTimeout)
    }
    let program: LoadedProgram
    do { program = try compiled.get() } catch {
      throw .initializationFailed(agentID: config.id, reason: "\n\(error.diagnostics)")
    }
    let agents = program.program.agents
    let named = agents.first { $0.name == config.name } ?? (agents.count == 1 ? agents.first : nil)
    guard let agent = named else {
      let names = agents.map { "`\($0.name)`" }.joined(separator: ", ")
      throw .initializationFailed(
        agentID: config.id,
        reason: agents.isEmpty
          ? "the program declares no agent" : "the program declares no agent `\(config.name)`; it declares \(names)")
    }
    let granted = Set(config.capabilities.map(\.name))
    if let missing = agent.capabilities.first(where: { !granted.contains($0) }) {
      throw .initializationFailed(
        agentID: config.id,
        reason: "the program needs the capability `\(missing)`, which the configuration does not grant")
    }
    guard config.policies.isEmpty else {
      throw .initializationFailed(
        agentID: config.id,
        reason: "policies given as values need the policy engine; write them as `policy` blocks of the program")
    }
    let seconds = agent.settings["timeout"]?.floatValue ?? agent.settings["timeout"]?.intValue.map(Double.init)
    let own = seconds.map { Duration.seconds($0) } ?? config.resourceLimits.executionTimeout
    return Checked(program: program, agent: agent, timeLimit: min(own, config.resourceLimits.executionTimeout))
  }

  /// Compiles on a thread of its own; `nil` when that takes too long.
  ///
  /// A program that other agents share is at hand.
  private func compile(_ source: SourceText) async -> Result<LoadedProgram, CompilationFailure>? {
    let programs = programs
    if let known = programs.program(hash: LoadedProgram.hash(source.bytes)) { return .success(known) }
    return await TimeLimit.runBlocking(configuration.initializationTimeout) {
      Result { () throws(CompilationFailure) in try programs.compile(source) }
    }
  }

  private func markFailed(_ agentID: AgentID) async throws(LifecycleError) {
    let now = time.now()
    try await store.write(throwing: LifecycleError.self) { store in
      guard try store.agentStanding(agentID)?.state == .initializing else { return }
      try store.setAgentState(agentID, to: .failed, at: now)
      try store.countAgent(agentID, errors: 1, at: now)
    }
  }

  /// Replaces an agent's configuration.
  ///
  /// Executions that run go on with the program that they began with; a new program is checked first, and refused with
  /// its diagnostics.
  public func updateAgentConfig(_ agentID: AgentID, config: AgentConfig) async throws(LifecycleError) {
    try admit()
    do { try config.validate() } catch { throw .configurationInvalid(reason: error.message) }
    guard config.id == agentID else {
      throw .configurationInvalid(reason: "the configuration is of agent `\(config.id)`, not of `\(agentID)`")
    }
    let current = try await getAgent(agentID)
    guard current.state != .terminating, current.state != .terminated else {
      throw .invalidStateTransition(from: current.state, to: .initializing)
    }
    let checked = current.state == .created ? nil : try await check(config)
    let encoded = try AgentConfiguration.encode(config)
    let source = Array(config.dslSource.utf8)
    let now = time.now()
    try await store.write(isolated: true, throwing: LifecycleError.self) { store in
      let hash = LoadedProgram.hash(source)
      try store.insertProgram(hash: hash, name: Self.sourceName(config), source: source)
      try store.updateAgent(
        agentID, name: config.name, mode: AgentMode(config.executionMode), configuration: encoded, program: hash,
        at: now)
      if let checked {
        try store.setAgentEntry(
          agentID, to: checked.agent.name, timeLimitMicroseconds: checked.timeLimit.microseconds)
      }
    }
    if current.state != .created { try await startSchedules(agentID) }
  }
}
