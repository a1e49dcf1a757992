/// What an agent was given (specification, "Resource Types").
public struct ResourceAllocation: Sendable, Hashable {
  /// The agent.
  public var agentID: AgentID
  /// When the resources were given.
  public var allocatedAt: Timestamp
  /// The limits that hold for the agent.
  public var limits: ResourceLimits
  /// What the agent uses at present.
  public var currentUsage: ResourceUsage

  /// Makes a value of its parts.
  public init(
    agentID: AgentID,
    allocatedAt: Timestamp,
    limits: ResourceLimits,
    currentUsage: ResourceUsage = ResourceUsage()
  ) {
    self.agentID = agentID
    self.allocatedAt = allocatedAt
    self.limits = limits
    self.currentUsage = currentUsage
  }
}

extension ResourceAllocation: Codable {
  private enum CodingKeys: String, CodingKey {
    case limits
    case agentID = "agent_id"
    case allocatedAt = "allocated_at"
    case currentUsage = "current_usage"
  }
}
