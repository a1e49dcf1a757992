public import SymbiontCore

/// One attempt to carry a task out.
public struct TaskAttempt: Sendable, Hashable {
  /// The task; its `retryCount` tells how many attempts failed before.
  public var task: ScheduledTask
  /// Names this attempt.
  public var executionID: ExecutionID
  /// The time of the schedule that made the task; nil for tasks that no schedule made.
  public var scheduleID: ScheduleID?

  /// Makes a value of its parts.
  public init(task: ScheduledTask, executionID: ExecutionID, scheduleID: ScheduleID? = nil) {
    self.task = task
    self.executionID = executionID
    self.scheduleID = scheduleID
  }
}
