extension ErrorThresholds {
  /// The bounds of the fields.
  public enum Bounds {
    /// At least one error.
    public static let threshold: ClosedRange<Int> = 1...1_000_000
    /// Up to a day.
    public static let duration: ClosedRange<Duration> = .milliseconds(1) ... .seconds(86_400)
  }

  /// Checks every field against its bounds, and throws at the first that is outside.
  public func validate() throws(ConfigurationError) {
    try Validation.require(escalationThreshold, in: Bounds.threshold, field: "escalation_threshold")
    try Validation.require(window, in: Bounds.duration, field: "window")
    try Validation.require(circuitBreakerThreshold, in: Bounds.threshold, field: "circuit_breaker_threshold")
    try Validation.require(circuitBreakerTimeout, in: Bounds.duration, field: "circuit_breaker_timeout")
  }
}
