public import SymbiontCore

/// Something that the resource manager noticed.
public enum ResourceEvent: Sendable, Hashable {
  /// An agent's usage has been above a threshold for the time that was asked for.
  case alertRaised(ResourceViolation)
  /// The usage is clearly below the threshold again.
  case alertCleared(AgentID, ResourceKind)
  /// The kernel held an agent back or ended what it ran; the violation carries what the kernel counted.
  case violated(ResourceViolation)

  /// The agent.
  public var agentID: AgentID {
    switch self {
    case .alertRaised(let violation), .violated(let violation): violation.agentID
    case .alertCleared(let agentID, _): agentID
    }
  }
}
