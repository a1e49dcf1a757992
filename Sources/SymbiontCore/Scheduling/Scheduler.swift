/// Decides when which agent's function is called (specification, "Scheduler").
///
/// Every method that names a task throws ``SchedulerError/taskNotFound(taskID:)`` when there is none of that id.
public protocol Scheduler: Sendable {
  /// Takes a task; it is durable when this returns. Throws ``SchedulerError/queueFull(maxSize:)`` when too many wait.
  func scheduleTask(_ task: ScheduledTask) async throws(SchedulerError)

  /// Cancels a task, whether it waits or runs; throws ``SchedulerError/taskFinished(taskID:status:)`` when it has ended.
  func cancelTask(_ taskID: TaskID) async throws(SchedulerError)

  /// What became of the task.
  func getTaskStatus(_ taskID: TaskID) async throws(SchedulerError) -> TaskStatus

  /// The tasks that wait, in the order in which they will be admitted.
  func listPendingTasks() async -> [ScheduledTask]

  /// The tasks that are being executed.
  func listRunningTasks() async -> [RunningTask]

  /// What the scheduler has done and holds.
  func getSchedulerMetrics() async -> SchedulerMetrics

  /// Changes how urgent a waiting task is.
  func updateTaskPriority(_ taskID: TaskID, priority: Priority) async throws(SchedulerError)

  /// Admits no more tasks until resumed; those that run go on, and new ones are still taken.
  func pauseScheduling() async throws(SchedulerError)

  /// Admits tasks again.
  func resumeScheduling() async throws(SchedulerError)

  /// Takes no more tasks, and returns when none runs.
  func shutdown() async throws(SchedulerError)
}
