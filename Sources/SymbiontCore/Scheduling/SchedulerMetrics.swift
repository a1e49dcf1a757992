/// What the scheduler has done since it was started, and what it holds.
public struct SchedulerMetrics: Sendable, Hashable {
  /// How many tasks wait to come due or to be admitted.
  public var pendingTasks: Int
  /// How many tasks are being executed.
  public var runningTasks: Int
  /// How many tasks ended well.
  public var completedTasks: Int
  /// How many tasks failed for good.
  public var failedTasks: Int
  /// How many tasks were cancelled.
  public var cancelledTasks: Int
  /// How many tasks were stopped at their timeout.
  public var timedOutTasks: Int
  /// How many attempts were repeats after a failure.
  public var retriedAttempts: Int
  /// How many tasks were refused because the queue was full.
  public var rejectedTasks: Int
  /// How long a task waited between coming due and being admitted, on average.
  @WireSeconds public var meanQueueTime: Duration
  /// How long an attempt took, on average.
  @WireSeconds public var meanRunTime: Duration
  /// Whether scheduling is paused.
  public var isPaused: Bool

  /// Makes metrics; what is not given is nothing.
  public init(
    pendingTasks: Int = 0,
    runningTasks: Int = 0,
    completedTasks: Int = 0,
    failedTasks: Int = 0,
    cancelledTasks: Int = 0,
    timedOutTasks: Int = 0,
    retriedAttempts: Int = 0,
    rejectedTasks: Int = 0,
    meanQueueTime: Duration = .zero,
    meanRunTime: Duration = .zero,
    isPaused: Bool = false
  ) {
    self.pendingTasks = pendingTasks
    self.runningTasks = runningTasks
    self.completedTasks = completedTasks
    self.failedTasks = failedTasks
    self.cancelledTasks = cancelledTasks
    self.timedOutTasks = timedOutTasks
    self.retriedAttempts = retriedAttempts
    self.rejectedTasks = rejectedTasks
    self.meanQueueTime = meanQueueTime
    self.meanRunTime = meanRunTime
    self.isPaused = isPaused
  }
}

extension SchedulerMetrics: Codable {
  private enum CodingKeys: String, CodingKey {
    case pendingTasks = "pending_tasks"
    case runningTasks = "running_tasks"
    case completedTasks = "completed_tasks"
    case failedTasks = "failed_tasks"
    case cancelledTasks = "cancelled_tasks"
    case timedOutTasks = "timed_out_tasks"
    case retriedAttempts = "retried_attempts"
    case rejectedTasks = "rejected_tasks"
    case meanQueueTime = "mean_queue_time"
    case meanRunTime = "mean_run_time"
    case isPaused = "paused"
  }
}
