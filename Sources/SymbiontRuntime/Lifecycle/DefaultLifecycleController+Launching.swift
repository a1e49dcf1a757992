public import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontStore

extension DefaultLifecycleController {
  /// Creates an agent that works at once: what ``createAgent(_:)``, ``initializeAgent(_:)`` and ``startAgent(_:)`` do one after
  /// the other, in one transaction, or nothing.
  ///
  /// An agent that has a schedule takes the three steps, and one that fails leaves it as the step before did.
  ///
  /// - Throws: what they throw.
  @discardableResult
  public func launchAgent(_ config: AgentConfig) async throws(LifecycleError) -> AgentInstance {
    try admit()
    do { try config.validate() } catch { throw .configurationInvalid(reason: error.message) }
    let checked = try await check(config)
    if !checked.program.program.declarations.schedules.isEmpty || AgentMode(config.executionMode) == .scheduled {
      try await createAgent(config)
      try await initializeAgent(config.id)
      try await startAgent(config.id)
      return try await getAgent(config.id)
    }
    if checked.program.program.canRunCommands(checked.agent) {
      try await attest(config.id, max(config.securityTier, checked.agent.tier), config.resourceLimits)
    }
    let initial = records()
    var row = try Self.row(config, .running, program: checked.program.hash, at: initial.now)
    row.entry = checked.agent.name
    row.timeLimit = checked.timeLimit
    let (agent, maximum) = (row, configuration.maxAgents)
    let isCalled = agent.mode == .ephemeral && checked.agent.parameters.isEmpty
    // Nearly all succeed: a savepoint for each would cost more than the repetition of those beside one that does not.
    let consequences = try await store.write(throwing: LifecycleError.self) { store in
      try Self.insert(agent, of: config, atMost: maximum, in: store)
      var records = initial
      if isCalled { try records.start(ExecutionRow(calling: agent, input: .null, at: records.now), in: store) }
      return records.consequences
    }
    executions.apply(consequences)
    return AgentInstance(
      id: config.id, config: config, state: .running, createdAt: agent.createdAt, lastUpdated: agent.createdAt)
  }

  /// A new agent as it is stored.
  static func row(
    _ config: AgentConfig, _ state: AgentState, program: [UInt8], at time: Timestamp
  ) throws(LifecycleError) -> AgentRow {
    AgentRow(
      id: config.id, name: config.name, state: state, mode: AgentMode(config.executionMode),
      configuration: try AgentConfiguration.encode(config), program: program, createdAt: time, updatedAt: time)
  }

  /// Stores a new agent with its program, unless there is one of its id, or there are as many as may be.
  static func insert(
    _ row: AgentRow, of config: AgentConfig, atMost maximum: Int, in store: borrowing StoreTransaction
  ) throws {
    guard try store.agentStanding(row.id) == nil else { throw LifecycleError.agentAlreadyExists(agentID: row.id) }
    guard try store.countLivingAgents() < maximum else { throw LifecycleError.limitReached(maxAgents: maximum) }
    try store.insertProgram(hash: row.program, name: sourceName(config), source: Array(config.dslSource.utf8))
    try store.insertAgent(row)
  }
}
