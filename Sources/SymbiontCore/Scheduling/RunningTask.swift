/// A task that is being executed.
public struct RunningTask: Sendable, Hashable {
  /// The task.
  public var task: ScheduledTask
  /// The execution that carries it out.
  public var executionID: ExecutionID
  /// When this attempt began.
  public var startedAt: Timestamp

  /// Makes a value of its parts.
  public init(
    task: ScheduledTask,
    executionID: ExecutionID,
    startedAt: Timestamp
  ) {
    self.task = task
    self.executionID = executionID
    self.startedAt = startedAt
  }
}

extension RunningTask: Codable {
  private enum CodingKeys: String, CodingKey {
    case task
    case executionID = "execution_id"
    case startedAt = "started_at"
  }
}

extension RunningTask {
  /// When this attempt is stopped if it has not ended.
  public var deadline: Timestamp { startedAt + task.timeout }
}
