package import SymbiontCore

/// Which strategy holds for a type of error: the agent's own, the registered one, or the usual one.
package struct StrategyBook: Sendable {
  private var general: [ErrorType: RecoveryStrategy] = [:]
  private var special: [AgentID: [ErrorType: RecoveryStrategy]] = [:]

  package init() {}

  /// What holds when nothing was registered.
  package static func usual(for type: ErrorType) -> RecoveryStrategy {
    switch type {
    case .resourceExhaustion, .networkError: .retry(maxAttempts: 3, backoff: .seconds(1))
    case .systemError: .restart(preserveState: true)
    // Not its end: the agent can be the victim of a message that another one forged.
    case .securityViolation:
      .manual(reason: "isolation, identity or integrity was at stake: look at the agent's errors")
    case .policyViolation: .manual(reason: "the agent asked for what policy refuses: correct it, or change the policy")
    case .validationError: .none
    }
  }

  /// The strategy for errors of a type of an agent.
  package func strategy(for type: ErrorType, of agentID: AgentID) -> RecoveryStrategy {
    special[agentID]?[type] ?? general[type] ?? Self.usual(for: type)
  }

  /// Registers a strategy, for all agents or for one.
  package mutating func register(_ strategy: RecoveryStrategy, for type: ErrorType, of agentID: AgentID? = nil) {
    guard let agentID else {
      general[type] = strategy
      return
    }
    special[agentID, default: [:]][type] = strategy
  }

  /// Forgets the strategies of one agent: those of all agents hold for it again.
  package mutating func forget(_ agentID: AgentID) { special[agentID] = nil }
}
