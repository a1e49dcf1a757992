/// What the error handler knows of all agents.
public struct SystemErrorStatistics: Sendable, Hashable {
  /// How many errors there were.
  public var totalErrors: Int
  /// How many there were of each type; types without an error are absent.
  public var errorCounts: [ErrorType: Int]
  /// How many there were within the aggregation window.
  public var errorsInWindow: Int
  /// How many agents had an error.
  public var affectedAgents: Int
  /// How many circuit breakers are open.
  public var openBreakers: Int
  /// How many recoveries were tried.
  public var recoveryAttempts: Int
  /// How many of them held.
  public var successfulRecoveries: Int

  /// Makes a value of its parts.
  public init(
    totalErrors: Int,
    errorCounts: [ErrorType: Int],
    errorsInWindow: Int,
    affectedAgents: Int,
    openBreakers: Int,
    recoveryAttempts: Int,
    successfulRecoveries: Int
  ) {
    self.totalErrors = totalErrors
    self.errorCounts = errorCounts
    self.errorsInWindow = errorsInWindow
    self.affectedAgents = affectedAgents
    self.openBreakers = openBreakers
    self.recoveryAttempts = recoveryAttempts
    self.successfulRecoveries = successfulRecoveries
  }
}

extension SystemErrorStatistics: Codable {
  private enum CodingKeys: String, CodingKey {
    case totalErrors = "total_errors"
    case errorCounts = "errors_by_type"
    case errorsInWindow = "errors_in_window"
    case affectedAgents = "affected_agents"
    case openBreakers = "open_breakers"
    case recoveryAttempts = "recovery_attempts"
    case successfulRecoveries = "successful_recoveries"
  }
}
