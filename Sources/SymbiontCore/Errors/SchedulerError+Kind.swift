extension SchedulerError {
  /// The kinds of this error, by their stable codes.
  public enum Kind: String, ErrorKind {
    case taskNotFound = "TASK_NOT_FOUND"
    case taskAlreadyExists = "TASK_ALREADY_EXISTS"
    case taskInvalid = "TASK_INVALID"
    case taskFinished = "TASK_FINISHED"
    case interrupted = "TASK_INTERRUPTED"
    case taskFailed = "TASK_FAILED"
    case scheduleNotFound = "SCHEDULE_NOT_FOUND"
    case scheduleAlreadyExists = "SCHEDULE_ALREADY_EXISTS"
    case scheduleInvalid = "SCHEDULE_INVALID"
    case agentUnavailable = "TASK_AGENT_UNAVAILABLE"
    case queueFull = "TASK_QUEUE_FULL"
    case timedOut = "TASK_TIMED_OUT"
    case storeFailed = "SCHEDULER_STORE_FAILED"
    case shuttingDown = "SCHEDULER_SHUTTING_DOWN"

    /// The part of the runtime that reports these errors.
    public static var component: String { "scheduler" }

    /// Whether the same request can succeed later, unchanged.
    public var isRetryable: Bool {
      switch self {
      case .queueFull, .timedOut, .taskFailed, .storeFailed, .shuttingDown: true
      case .taskNotFound, .taskAlreadyExists, .taskInvalid, .taskFinished, .interrupted, .scheduleNotFound,
        .scheduleAlreadyExists, .scheduleInvalid, .agentUnavailable:
        false
      }
    }

    /// What the error means, and what to do about it.
    public var explanation: String {
      switch self {
      case .taskNotFound:
        "No task has this id. List the tasks to see the ids that exist."
      case .taskAlreadyExists:
        "A task of this id exists already. Schedule it under another id."
      case .taskInvalid:
        "The task is outside of its bounds. The message names the field and its bounds."
      case .taskFinished:
        "The task has ended, so it cannot be cancelled or changed."
      case .interrupted:
        """
        The runtime died while the task ran. Its policy says that it must not begin twice, or its attempts are used up. \
        Look at what it did, then schedule it again under another id.
        """
      case .taskFailed:
        "Every attempt of the task failed. The message tells why the last one did."
      case .scheduleNotFound:
        "No schedule has this id. List the schedules to see the ids that exist."
      case .scheduleAlreadyExists:
        "A schedule of this id exists already. Remove it first, or use another id."
      case .scheduleInvalid:
        "The schedule cannot be understood, or never comes due. The message names the part that is wrong."
      case .agentUnavailable:
        "The agent of the task does not exist or cannot run in its state. Start or resume it first."
      case .queueFull:
        "The queue holds as many tasks as it may. Try again later, or raise `task_queue_size`."
      case .timedOut:
        "The task did not end in time and was stopped. Raise its timeout, or have it do less."
      case .storeFailed:
        """
        The store could not read or write what this needed, and nothing was changed. Look at the disk and the \
        log of the store, then try again.
        """
      case .shuttingDown:
        "The component no longer takes work because the runtime stops. Try again after the restart."
      }
    }
  }

  /// Which of the kinds this error is.
  public var kind: Kind {
    switch self {
    case .taskNotFound: .taskNotFound
    case .taskAlreadyExists: .taskAlreadyExists
    case .taskInvalid: .taskInvalid
    case .taskFinished: .taskFinished
    case .interrupted: .interrupted
    case .taskFailed: .taskFailed
    case .scheduleNotFound: .scheduleNotFound
    case .scheduleAlreadyExists: .scheduleAlreadyExists
    case .scheduleInvalid: .scheduleInvalid
    case .agentUnavailable: .agentUnavailable
    case .queueFull: .queueFull
    case .timedOut: .timedOut
    case .storeFailed: .storeFailed
    case .shuttingDown: .shuttingDown
    }
  }
}
