package import SymbiontCore

/// What is decided about one error: a pure function of what is known of the agent.
package enum RecoveryDecision: Sendable, Hashable {
  /// This recovery is carried out.
  case recover(RecoveryStrategy)
  /// The call fails at once: the breaker of its operation is open.
  case failFast(until: Timestamp)
  /// As many recoveries in a row failed as are allowed; a person has to look at it.
  case exhausted(attempts: Int)

  /// What a decision depends on.
  package struct Facts: Sendable, Hashable {
    /// The strategy for the type of the error.
    package var strategy: RecoveryStrategy
    /// The errors of the agent in its window, this one included.
    package var errorsInWindow: Int
    /// How many of them bring the next stronger recovery.
    package var escalationThreshold: Int
    /// How many recoveries in a row did not help.
    package var failedRecoveries: Int
    /// How many may not.
    package var maximumRecoveries: Int
    /// Whether recovery is tried without a person.
    package var isAutomatic: Bool
    /// Until when the breaker of the operation is open, if it was open before this error.
    package var openUntil: Timestamp?

    package init(
      strategy: RecoveryStrategy, errorsInWindow: Int, escalationThreshold: Int, failedRecoveries: Int = 0,
      maximumRecoveries: Int = 3, isAutomatic: Bool = true, openUntil: Timestamp? = nil
    ) {
      self.strategy = strategy
      self.errorsInWindow = errorsInWindow
      self.escalationThreshold = escalationThreshold
      self.failedRecoveries = failedRecoveries
      self.maximumRecoveries = maximumRecoveries
      self.isAutomatic = isAutomatic
      self.openUntil = openUntil
    }
  }

  /// Decides.
  ///
  /// In this order: what ends or isolates the agent is never held up; then recoveries that were tried too often; then an
  /// open breaker; and nothing but that is tried when it is not asked for.
  package static func decide(_ facts: Facts) -> RecoveryDecision {
    switch facts.strategy {
    case .terminate, .manual: return .recover(facts.strategy)
    case .none: break
    case .retry, .restart, .failover:
      guard facts.failedRecoveries < facts.maximumRecoveries else {
        return .exhausted(attempts: facts.failedRecoveries)
      }
    }
    let level = facts.errorsInWindow / max(1, facts.escalationThreshold)
    let strategy = RecoveryLadder.climb(level + facts.failedRecoveries, from: facts.strategy)
    if case .manual = strategy { return .recover(strategy) }
    if let until = facts.openUntil { return .failFast(until: until) }
    guard facts.isAutomatic || strategy == .none else { return .recover(.manual(reason: switchedOff)) }
    return .recover(strategy)
  }

  /// What is tried after a recovery that failed; nil when nothing is left.
  package static func afterFailure(
    of strategy: RecoveryStrategy, failedRecoveries: Int, maximumRecoveries: Int
  ) -> RecoveryStrategy? {
    switch strategy {
    case .manual, .terminate, .none: nil
    case .retry, .restart, .failover:
      failedRecoveries >= maximumRecoveries
        ? .exhausted(after: failedRecoveries)
        : RecoveryLadder.next(after: strategy)
    }
  }

  /// What a person is told when recovery is switched off.
  package static let switchedOff = "recovery without a person is switched off (`enable_auto_recovery`)"
}

extension RecoveryStrategy {
  /// What is said to the caller of a strategy; to do nothing is to retry no time.
  package var action: ErrorAction {
    switch self {
    case .retry(let maxAttempts, let backoff): .retry(maxAttempts: maxAttempts, backoff: backoff)
    case .restart: .restart
    case .failover: .failover
    case .terminate: .terminate
    case .manual: .suspend
    case .none: .retry(maxAttempts: 0, backoff: .zero)
    }
  }

  /// What is done when so many recoveries in a row did not help.
  static func exhausted(after attempts: Int) -> RecoveryStrategy {
    .manual(reason: "\(attempts) recoveries in a row did not help: \(RecoveryLadder.lookAtErrors)")
  }

  /// Whether it brings the agent back by itself, so that it can hold or not.
  package var isRecovery: Bool {
    switch self {
    case .retry, .restart, .failover: true
    case .terminate, .manual, .none: false
    }
  }
}
