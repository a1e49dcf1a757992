/// An agent as the runtime holds it (specification, "Agent Types").
public struct AgentInstance: Sendable, Hashable, Identifiable {
  /// The agent.
  public var id: AgentID
  /// The configuration that is in force.
  public var config: AgentConfig
  /// The present state.
  public var state: AgentState
  /// When the agent was created.
  public var createdAt: Timestamp
  /// When anything of this last changed.
  public var lastUpdated: Timestamp
  /// How many executions were started.
  public var executionCount: Int
  /// How many executions failed.
  public var errorCount: Int
  /// How many times the agent was restarted.
  public var restartCount: Int

  /// Makes a value of its parts.
  public init(
    id: AgentID,
    config: AgentConfig,
    state: AgentState,
    createdAt: Timestamp,
    lastUpdated: Timestamp,
    executionCount: Int = 0,
    errorCount: Int = 0,
    restartCount: Int = 0
  ) {
    self.id = id
    self.config = config
    self.state = state
    self.createdAt = createdAt
    self.lastUpdated = lastUpdated
    self.executionCount = executionCount
    self.errorCount = errorCount
    self.restartCount = restartCount
  }
}

extension AgentInstance: Codable {
  private enum CodingKeys: String, CodingKey {
    case id, config, state
    case createdAt = "created_at"
    case lastUpdated = "last_updated"
    case executionCount = "execution_count"
    case errorCount = "error_count"
    case restartCount = "restart_count"
  }
}
