/// What the error handler knows of one agent.
public struct ErrorStatistics: Sendable, Hashable {
  /// The agent.
  public var agentID: AgentID
  /// How many errors there were since the history was cleared.
  public var totalErrors: Int
  /// How many there were of each type; types without an error are absent.
  public var errorCounts: [ErrorType: Int]
  /// How many there were within the window of the thresholds.
  public var errorsInWindow: Int
  /// When the first was.
  public var firstErrorAt: Timestamp?
  /// When the last was.
  public var lastErrorAt: Timestamp?
  /// What the last was.
  public var lastError: ErrorRecord?
  /// How many recoveries were tried.
  public var recoveryAttempts: Int
  /// How many of them held.
  public var successfulRecoveries: Int
  /// The state of the agent's circuit breaker.
  public var breaker: BreakerStatus

  /// Makes a value of its parts.
  public init(
    agentID: AgentID,
    totalErrors: Int,
    errorCounts: [ErrorType: Int],
    errorsInWindow: Int,
    firstErrorAt: Timestamp? = nil,
    lastErrorAt: Timestamp? = nil,
    lastError: ErrorRecord? = nil,
    recoveryAttempts: Int = 0,
    successfulRecoveries: Int = 0,
    breaker: BreakerStatus = .closed
  ) {
    self.agentID = agentID
    self.totalErrors = totalErrors
    self.errorCounts = errorCounts
    self.errorsInWindow = errorsInWindow
    self.firstErrorAt = firstErrorAt
    self.lastErrorAt = lastErrorAt
    self.lastError = lastError
    self.recoveryAttempts = recoveryAttempts
    self.successfulRecoveries = successfulRecoveries
    self.breaker = breaker
  }
}

extension ErrorStatistics: Codable {
  private enum CodingKeys: String, CodingKey {
    case breaker
    case agentID = "agent_id"
    case totalErrors = "total_errors"
    case errorCounts = "errors_by_type"
    case errorsInWindow = "errors_in_window"
    case firstErrorAt = "first_error_at"
    case lastErrorAt = "last_error_at"
    case lastError = "last_error"
    case recoveryAttempts = "recovery_attempts"
    case successfulRecoveries = "successful_recoveries"
  }
}
