extension LifecycleConfig {
  /// The bounds of the fields.
  public enum Bounds {
    /// Up to a day.
    public static let timeout: ClosedRange<Duration> = .milliseconds(1) ... .seconds(86_400)
    /// More often would cost more than it tells.
    public static let stateCheckInterval: ClosedRange<Duration> = .milliseconds(100) ... .seconds(86_400)
    /// From never.
    public static let restartAttempts: ClosedRange<Int> = 0...1_000
    /// As many as one store serves.
    public static let agents: ClosedRange<Int> = 1...1_000_000
  }

  /// Checks every field against its bounds, and throws at the first that is outside.
  public func validate() throws(ConfigurationError) {
    try Validation.require(initializationTimeout, in: Bounds.timeout, field: "initialization_timeout")
    try Validation.require(terminationTimeout, in: Bounds.timeout, field: "termination_timeout")
    try Validation.require(stateCheckInterval, in: Bounds.stateCheckInterval, field: "state_check_interval")
    try Validation.require(maxRestartAttempts, in: Bounds.restartAttempts, field: "max_restart_attempts")
    try Validation.require(maxAgents, in: Bounds.agents, field: "max_agents")
  }
}
