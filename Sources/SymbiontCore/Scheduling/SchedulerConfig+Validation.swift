extension SchedulerConfig {
  /// The bounds of the fields.
  public enum Bounds {
    /// At least one, or nothing ever runs.
    public static let concurrentTasks: ClosedRange<Int> = 1...100_000
    /// Up to a year.
    public static let timeout: ClosedRange<Duration> = .milliseconds(1) ... .seconds(31_536_000)
    /// From never.
    public static let retryAttempts: ClosedRange<Int> = 0...1_000
    /// What fits in memory.
    public static let taskQueueSize: ClosedRange<Int> = 1...10_000_000
    /// At least one, or nothing ever runs.
    public static let workerThreads: ClosedRange<Int> = 1...1_024
    /// More often would cost more than it tells.
    public static let healthCheckInterval: ClosedRange<Duration> = .milliseconds(100) ... .seconds(86_400)
  }

  /// Checks every field against its bounds, and throws at the first that is outside.
  public func validate() throws(ConfigurationError) {
    try Validation.require(maxConcurrentTasks, in: Bounds.concurrentTasks, field: "max_concurrent_tasks")
    try Validation.require(taskTimeout, in: Bounds.timeout, field: "task_timeout")
    try Validation.require(retryAttempts, in: Bounds.retryAttempts, field: "retry_attempts")
    try Validation.require(taskQueueSize, in: Bounds.taskQueueSize, field: "task_queue_size")
    try Validation.require(workerThreads, in: Bounds.workerThreads, field: "worker_threads")
    try Validation.require(healthCheckInterval, in: Bounds.healthCheckInterval, field: "health_check_interval")
  }
}
