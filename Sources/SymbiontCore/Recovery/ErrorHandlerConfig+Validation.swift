extension ErrorHandlerConfig {
  /// The bounds of the fields.
  public enum Bounds {
    /// What fits in memory.
    public static let errorHistory: ClosedRange<Int> = 1...1_000_000
    /// Up to a day.
    public static let duration: ClosedRange<Duration> = .milliseconds(1) ... .seconds(86_400)
    /// At least one error.
    public static let threshold: ClosedRange<Int> = 1...1_000_000
    /// From never.
    public static let recoveryAttempts: ClosedRange<Int> = 0...1_000
    /// The wait must not shrink.
    public static let backoffMultiplier: ClosedRange<Double> = 1...100
  }

  /// Checks every field against its bounds, and throws at the first that is outside.
  public func validate() throws(ConfigurationError) {
    try Validation.require(maxErrorHistory, in: Bounds.errorHistory, field: "max_error_history")
    try Validation.require(errorAggregationWindow, in: Bounds.duration, field: "error_aggregation_window")
    try Validation.require(escalationThreshold, in: Bounds.threshold, field: "escalation_threshold")
    try Validation.require(circuitBreakerThreshold, in: Bounds.threshold, field: "circuit_breaker_threshold")
    try Validation.require(circuitBreakerTimeout, in: Bounds.duration, field: "circuit_breaker_timeout")
    try Validation.require(maxRecoveryAttempts, in: Bounds.recoveryAttempts, field: "max_recovery_attempts")
    try Validation.require(
      recoveryBackoffMultiplier, in: Bounds.backoffMultiplier, field: "recovery_backoff_multiplier")
  }
}
