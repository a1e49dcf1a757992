/// The runtime as a whole, at one moment.
public struct SystemStatus: Sendable, Hashable {
  /// What the runtime is doing.
  public var phase: RuntimePhase
  /// When the runtime was started.
  public var startedAt: Timestamp
  /// When this was measured.
  public var takenAt: Timestamp
  /// How many agents are in each state; states without an agent are absent.
  public var agentCounts: [AgentState: Int]

  /// Makes a value of its parts.
  public init(
    phase: RuntimePhase,
    startedAt: Timestamp,
    takenAt: Timestamp,
    agentCounts: [AgentState: Int]
  ) {
    self.phase = phase
    self.startedAt = startedAt
    self.takenAt = takenAt
    self.agentCounts = agentCounts
  }
}

extension SystemStatus: Codable {
  private enum CodingKeys: String, CodingKey {
    case phase
    case startedAt = "started_at"
    case takenAt = "taken_at"
    case agentCounts = "agents_by_state"
  }
}

extension SystemStatus {
  /// How many agents there are, in all states.
  public var agentCount: Int { agentCounts.values.reduce(0, +) }

  /// How long the runtime has been running.
  public var uptime: Duration { takenAt - startedAt }
}
