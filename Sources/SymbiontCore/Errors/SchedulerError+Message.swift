extension SchedulerError {
  /// What happened, with what, and what to do.
  public var message: String {
    switch self {
    case .taskNotFound(let taskID):
      "there is no task `\(taskID)`: list the tasks to see their ids"
    case .taskAlreadyExists(let taskID):
      "task `\(taskID)` already exists: schedule it under another id"
    case .taskInvalid(let taskID, let reason):
      "task `\(taskID)` is invalid: \(reason)"
    case .taskFinished(let taskID, let status):
      "task `\(taskID)` has ended as \(quoted(status)), so it cannot be changed"
    case .interrupted(let taskID):
      "task `\(taskID)` ran when the runtime died and is not run again: look at what it did, then schedule a new one"
    case .taskFailed(let taskID, let reason):
      "the last attempt of task `\(taskID)` failed: \(reason)"
    case .scheduleNotFound(let scheduleID):
      "there is no schedule `\(scheduleID)`: list the schedules to see their ids"
    case .scheduleAlreadyExists(let scheduleID):
      "schedule `\(scheduleID)` already exists: remove it first, or use another id"
    case .scheduleInvalid(let expression, let reason):
      "the schedule \(quoted(expression)) is invalid: \(reason)"
    case .agentUnavailable(let agentID, let reason):
      "agent `\(agentID)` cannot take tasks: \(reason)"
    case .queueFull(let maxSize):
      "the queue already holds \(maxSize) tasks, its maximum: try again later, or raise `task_queue_size`"
    case .timedOut(let taskID, let after):
      "task `\(taskID)` did not end within \(after): raise its timeout, or have it do less"
    case .storeFailed(let reason):
      "the scheduler could not reach the store: \(reason)"
    case .shuttingDown:
      "the scheduler is shutting down: try again after the restart"
    }
  }
}
