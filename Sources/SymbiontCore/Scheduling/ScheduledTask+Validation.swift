extension ScheduledTask {
  /// The bounds of the fields.
  public enum Bounds {
    /// Up to a year.
    public static let timeout: ClosedRange<Duration> = .milliseconds(1) ... .seconds(31_536_000)
    /// The bound of `SchedulerConfig.retryAttempts`.
    public static let retryCount: ClosedRange<Int> = 0...1_000
    /// Every task that waits is held in memory; larger inputs belong into a file of the agent.
    public static let inputBytes = 1_048_576
  }

  /// Checks every field against its bounds, and throws at the first that is outside.
  public func validate() throws(ConfigurationError) {
    try Validation.require(timeout, in: Bounds.timeout, field: "timeout")
    try Validation.require(retryCount, in: Bounds.retryCount, field: "retry_count")
    try Validation.require(count: input.count, atMost: Bounds.inputBytes, field: "input")
  }
}
