/// Why a task could not be scheduled, changed or found.
public enum SchedulerError: CataloguedError, Hashable {
  /// There is no task of this id.
  case taskNotFound(taskID: TaskID)
  /// There already is a task of this id.
  case taskAlreadyExists(taskID: TaskID)
  /// The task is outside of its bounds.
  case taskInvalid(taskID: TaskID, reason: String)
  /// The task has ended, so it cannot be changed.
  case taskFinished(taskID: TaskID, status: String)
  /// The runtime died while the task ran, and its policy or its attempts forbid to run it again.
  case interrupted(taskID: TaskID)
  /// The last attempt of the task failed.
  case taskFailed(taskID: TaskID, reason: String)
  /// There is no schedule of this id.
  case scheduleNotFound(scheduleID: ScheduleID)
  /// There already is a schedule of this id.
  case scheduleAlreadyExists(scheduleID: ScheduleID)
  /// The schedule cannot be understood, or never comes due.
  case scheduleInvalid(expression: String, reason: String)
  /// The agent of the task cannot run.
  case agentUnavailable(agentID: AgentID, reason: String)
  /// The queue holds as many tasks as it may.
  case queueFull(maxSize: Int)
  /// The task did not end in time.
  case timedOut(taskID: TaskID, after: Duration)
  /// The store could not read or write what this needed; nothing was changed.
  case storeFailed(reason: String)
  /// The scheduler no longer takes work, because the runtime stops.
  case shuttingDown
}
