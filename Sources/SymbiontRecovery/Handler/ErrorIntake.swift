package import SymbiontCore
package import SymbiontStore

/// Takes one error into what is known of its agent, and decides about it.
///
/// It is a value: what it read before and what it leaves behind are rows; nothing else is touched.
package struct ErrorIntake: Sendable {
  /// One error.
  package struct Incident: Sendable {
    package var agentID: AgentID
    package var operation: OperationName
    package var type: ErrorType
    package var record: ErrorRecord
    package var time: Timestamp
    /// Whether the operation was tried: a call that a breaker refused says nothing about it.
    package var isOfOperation = true

    package init(
      agentID: AgentID, operation: OperationName, type: ErrorType, record: ErrorRecord, time: Timestamp
    ) {
      self.agentID = agentID
      self.operation = operation
      self.type = type
      self.record = record
      self.time = time
    }
  }

  package let configuration: ErrorHandlerConfig
  package private(set) var agent: RecoveryAgentRow
  package private(set) var breaker: CircuitBreaker
  /// When it was, in the order of the agent's errors.
  package private(set) var time: Timestamp
  /// Until when the breaker was open before this error.
  package private(set) var wasOpenUntil: Timestamp?

  package init(
    _ configuration: ErrorHandlerConfig, agent: RecoveryAgentRow, breaker: CircuitBreaker, at time: Timestamp
  ) {
    self.configuration = configuration
    self.agent = agent
    self.breaker = breaker
    self.time = agent.lastErrorAt.map { max($0, time) } ?? time
  }

  /// The agent's own thresholds, or those of the configuration.
  package var thresholds: ErrorThresholds { agent.thresholds ?? configuration.thresholds }

  /// When the breaker opens.
  package var limits: CircuitBreaker.Limits {
    CircuitBreaker.Limits(
      threshold: thresholds.circuitBreakerThreshold, timeout: thresholds.circuitBreakerTimeout,
      window: thresholds.window)
  }

  /// How many errors there are in the window.
  package var errorsInWindow: Int { agent.lastNumber - agent.windowFirst + 1 }

  /// Counts the error.
  ///
  /// - Parameter timeOf: The time of a kept error by its number.
  package mutating func count(_ incident: Incident, timeOf: (Int) throws -> Timestamp?) rethrows {
    // Recoveries that failed long ago say nothing about this error.
    if let last = agent.lastErrorAt, time - last >= thresholds.window { agent.failuresInRow = 0 }
    var window = ErrorWindow(first: agent.windowFirst, last: agent.lastNumber)
    let number = window.append()
    let now = time
    try window.slide(to: now, window: thresholds.window, keeping: configuration.maxErrorHistory) {
      $0 == number ? now : try timeOf($0)
    }
    agent.lastNumber = number
    agent.windowFirst = window.first
    agent.firstErrorAt = agent.firstErrorAt ?? now
    agent.lastErrorAt = now
    agent.counts[incident.type.position] += 1
    if case .open(let until) = breaker.status(at: now) { wasOpenUntil = until }
    if incident.isOfOperation { breaker.recordFailure(at: now, limits: limits) }
  }

  /// Decides what is done about the error that was counted.
  ///
  /// - Parameter escalates: Whether many errors, and recoveries that failed, bring something stronger.
  package func decide(_ strategy: RecoveryStrategy, escalates: Bool = true) -> RecoveryDecision {
    let decision = RecoveryDecision.decide(
      .init(
        strategy: strategy, errorsInWindow: escalates ? errorsInWindow : 0,
        escalationThreshold: thresholds.escalationThreshold,
        failedRecoveries: escalates ? agent.failuresInRow : 0, maximumRecoveries: configuration.maxRecoveryAttempts,
        isAutomatic: configuration.isAutoRecoveryEnabled, openUntil: wasOpenUntil))
    // The error that opened the breaker is retried when the breaker lets a call through, not before.
    if case .recover(.retry(let maxAttempts, let backoff)) = decision, case .open(let until) = breaker.status(at: time)
    {
      return .recover(.retry(maxAttempts: maxAttempts, backoff: max(backoff, until - time)))
    }
    return decision
  }

  /// Counts a recovery that is begun.
  package mutating func countAttempt(_ strategy: RecoveryStrategy) {
    if strategy.isRecovery { agent.attempts += 1 }
  }

  /// Takes the good end of a recovery.
  package mutating func succeeded(_ strategy: RecoveryStrategy) {
    guard strategy.isRecovery else { return }
    agent.successes += 1
    agent.failuresInRow = 0
    if case .retry = strategy { breaker.recordSuccess(at: time) } else { breaker.allowTrial(at: time) }
  }

  /// Takes the bad end of a recovery, whose error was counted.
  package mutating func failed(_ strategy: RecoveryStrategy) {
    if strategy.isRecovery { agent.failuresInRow += 1 }
  }

  /// Takes a success of the operation.
  package mutating func operationSucceeded() {
    breaker.recordSuccess(at: time)
    if breaker.phase == .closed { agent.failuresInRow = 0 }
  }
}

extension ErrorHandlerConfig {
  /// The thresholds of agents that have none of their own.
  var thresholds: ErrorThresholds {
    ErrorThresholds(
      escalationThreshold: escalationThreshold, window: errorAggregationWindow,
      circuitBreakerThreshold: circuitBreakerThreshold, circuitBreakerTimeout: circuitBreakerTimeout)
  }
}

extension ErrorType {
  /// Its place in the order of declaration, which is that of stored counts.
  var position: Int {
    switch self {
    case .resourceExhaustion: 0
    case .networkError: 1
    case .securityViolation: 2
    case .policyViolation: 3
    case .systemError: 4
    case .validationError: 5
    }
  }
}
