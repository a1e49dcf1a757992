/// The usage of an agent at one moment of its history.
public struct ResourceSnapshot: Sendable, Hashable {
  /// The agent.
  public var agentID: AgentID
  /// When the usage was measured.
  public var takenAt: Timestamp
  /// What the agent used.
  public var usage: ResourceUsage

  /// Makes a value of its parts.
  public init(
    agentID: AgentID,
    takenAt: Timestamp,
    usage: ResourceUsage
  ) {
    self.agentID = agentID
    self.takenAt = takenAt
    self.usage = usage
  }
}

extension ResourceSnapshot: Codable {
  private enum CodingKeys: String, CodingKey {
    case usage
    case agentID = "agent_id"
    case takenAt = "taken_at"
  }
}
