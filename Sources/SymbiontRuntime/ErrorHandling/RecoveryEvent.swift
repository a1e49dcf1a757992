public import SymbiontCore
public import SymbiontRecovery

/// A recovery of an agent that came to its end.
public struct RecoveryEvent: Sendable, Hashable {
  /// The agent.
  public let agentID: AgentID
  /// What became of it.
  public let outcome: RecoveryOutcome
}
