/// The configuration of the error handler (specification, "Error Handler").
public struct ErrorHandlerConfig: Sendable, Hashable {
  /// How many errors of an agent are kept; beyond, the oldest is dropped.
  public var maxErrorHistory: Int
  /// The time over which errors are counted.
  @WireSeconds public var errorAggregationWindow: Duration
  /// How many errors within the window bring the next stronger recovery.
  public var escalationThreshold: Int
  /// How many errors in a row open a circuit breaker.
  public var circuitBreakerThreshold: Int
  /// How long an open breaker waits before it lets one attempt through.
  @WireSeconds public var circuitBreakerTimeout: Duration
  /// Whether recovery is tried without being asked.
  public var isAutoRecoveryEnabled: Bool
  /// How many times recovery is tried.
  public var maxRecoveryAttempts: Int
  /// By how much the wait grows from one attempt to the next.
  public var recoveryBackoffMultiplier: Double

  /// Makes a configuration; what is not given has its default.
  public init(
    maxErrorHistory: Int = 1_000,
    errorAggregationWindow: Duration = .seconds(300),
    escalationThreshold: Int = 10,
    circuitBreakerThreshold: Int = 5,
    circuitBreakerTimeout: Duration = .seconds(60),
    isAutoRecoveryEnabled: Bool = true,
    maxRecoveryAttempts: Int = 3,
    recoveryBackoffMultiplier: Double = 2
  ) {
    self.maxErrorHistory = maxErrorHistory
    self.errorAggregationWindow = errorAggregationWindow
    self.escalationThreshold = escalationThreshold
    self.circuitBreakerThreshold = circuitBreakerThreshold
    self.circuitBreakerTimeout = circuitBreakerTimeout
    self.isAutoRecoveryEnabled = isAutoRecoveryEnabled
    self.maxRecoveryAttempts = maxRecoveryAttempts
    self.recoveryBackoffMultiplier = recoveryBackoffMultiplier
  }
}

extension ErrorHandlerConfig: Codable {
  private enum CodingKeys: String, CodingKey {
    case maxErrorHistory = "max_error_history"
    case errorAggregationWindow = "error_aggregation_window"
    case escalationThreshold = "escalation_threshold"
    case circuitBreakerThreshold = "circuit_breaker_threshold"
    case circuitBreakerTimeout = "circuit_breaker_timeout"
    case isAutoRecoveryEnabled = "enable_auto_recovery"
    case maxRecoveryAttempts = "max_recovery_attempts"
    case recoveryBackoffMultiplier = "recovery_backoff_multiplier"
  }

  /// Reads a configuration; a missing field has its default.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let defaults = ErrorHandlerConfig()
    self.init(
      maxErrorHistory: try container.value(.maxErrorHistory, default: defaults.maxErrorHistory),
      errorAggregationWindow: try container.seconds(.errorAggregationWindow, default: defaults.errorAggregationWindow),
      escalationThreshold: try container.value(.escalationThreshold, default: defaults.escalationThreshold),
      circuitBreakerThreshold: try container.value(.circuitBreakerThreshold, default: defaults.circuitBreakerThreshold),
      circuitBreakerTimeout: try container.seconds(.circuitBreakerTimeout, default: defaults.circuitBreakerTimeout),
      isAutoRecoveryEnabled: try container.value(.isAutoRecoveryEnabled, default: defaults.isAutoRecoveryEnabled),
      maxRecoveryAttempts: try container.value(.maxRecoveryAttempts, default: defaults.maxRecoveryAttempts),
      recoveryBackoffMultiplier: try container.value(
        .recoveryBackoffMultiplier, default: defaults.recoveryBackoffMultiplier))
  }
}
