public import SymbiontCore

/// What the scheduler needs to know beyond the specification's configuration.
public struct SchedulerOptions: Sendable, Hashable {
  /// How long a ready task waits to count as one priority more urgent.
  public var ageingInterval: Duration
  /// How many tasks of one agent may be executed at once.
  public var tasksPerAgent: Int
  /// How long the first repeat waits; each further one waits twice as long.
  public var retryDelay: Duration
  /// How long a repeat waits at most.
  public var longestRetryDelay: Duration
  /// The share of a repeat's delay that chance decides, from 0 to 1, so that what failed together is not repeated together.
  public var retryJitter: Double
  /// How many ended tasks are remembered.
  public var finishedTasks: Int
  /// How many bytes the results and errors of ended tasks that are remembered have together; beyond it the tasks that ended
  /// first are forgotten, result and status, though they are fewer than ``finishedTasks``.
  public var finishedBytes: Int
  /// How many runs of each schedule are remembered.
  public var runsPerSchedule: Int
  /// How many schedules there may be.
  public var schedules: Int

  /// Makes options; what is not given has its default.
  public init(
    ageingInterval: Duration = .seconds(60), tasksPerAgent: Int = 16, retryDelay: Duration = .seconds(1),
    longestRetryDelay: Duration = .seconds(300), retryJitter: Double = 0.5, finishedTasks: Int = 10_000,
    finishedBytes: Int = 67_108_864, runsPerSchedule: Int = 100, schedules: Int = 10_000
  ) {
    self.ageingInterval = ageingInterval
    self.tasksPerAgent = tasksPerAgent
    self.retryDelay = retryDelay
    self.longestRetryDelay = longestRetryDelay
    self.retryJitter = retryJitter
    self.finishedTasks = finishedTasks
    self.finishedBytes = finishedBytes
    self.runsPerSchedule = runsPerSchedule
    self.schedules = schedules
  }
}

extension SchedulerOptions {
  /// The bounds of the fields.
  public enum Bounds {
    /// Up to a day.
    public static let ageingInterval: ClosedRange<Duration> = .milliseconds(1) ... .seconds(86_400)
    /// As many as there may be tasks.
    public static let tasksPerAgent: ClosedRange<Int> = 1...100_000
    /// Up to a day.
    public static let retryDelay: ClosedRange<Duration> = .milliseconds(1) ... .seconds(86_400)
    /// A share.
    public static let retryJitter: ClosedRange<Double> = 0...1
    /// What fits in memory.
    public static let finishedTasks: ClosedRange<Int> = 1...10_000_000
    /// From one result of the largest size to what fits in memory.
    public static let finishedBytes: ClosedRange<Int> = DefaultScheduler.largestResult...68_719_476_736
    /// What a person looks through.
    public static let runsPerSchedule: ClosedRange<Int> = 1...100_000
    /// What fits in memory.
    public static let schedules: ClosedRange<Int> = 1...1_000_000
  }

  /// Checks every field against its bounds, and throws at the first that is outside.
  public func validate() throws(ConfigurationError) {
    try Self.require(ageingInterval, in: Bounds.ageingInterval, field: "ageing_interval")
    try Self.require(tasksPerAgent, in: Bounds.tasksPerAgent, field: "tasks_per_agent")
    try Self.require(retryDelay, in: Bounds.retryDelay, field: "retry_delay")
    try Self.require(longestRetryDelay, in: Bounds.retryDelay, field: "longest_retry_delay")
    try Self.require(retryJitter, in: Bounds.retryJitter, field: "retry_jitter")
    try Self.require(finishedTasks, in: Bounds.finishedTasks, field: "finished_tasks")
    try Self.require(finishedBytes, in: Bounds.finishedBytes, field: "finished_bytes")
    try Self.require(runsPerSchedule, in: Bounds.runsPerSchedule, field: "runs_per_schedule")
    try Self.require(schedules, in: Bounds.schedules, field: "schedules")
  }

  private static func require<Value: Comparable>(
    _ value: Value, in range: ClosedRange<Value>, field: String
  ) throws(ConfigurationError) {
    guard range.contains(value) else {
      throw .outOfRange(field: field, value: "\(value)", allowed: "from \(range.lowerBound) to \(range.upperBound)")
    }
  }
}
