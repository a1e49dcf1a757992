package import SymbiontCore

/// A task that has not ended, as it is stored.
package struct TaskRow: Sendable, Hashable {
  /// The place of the task in the order in which tasks were taken.
  package var sequence: Int64
  package var task: ScheduledTask
  /// When it comes due: its time or, when that had passed, the moment it was taken; later the time of its next attempt.
  package var dueAt: Timestamp
  package var scheduleID: ScheduleID?
  /// Whether its last attempt failed and the next one is to come.
  package var isRetrying: Bool
  /// The attempt that is being executed.
  package var attempt: Attempt?

  /// An attempt whose start is on disk.
  package struct Attempt: Sendable, Hashable {
    package var executionID: ExecutionID
    package var startedAt: Timestamp

    package init(executionID: ExecutionID, startedAt: Timestamp) {
      self.executionID = executionID
      self.startedAt = startedAt
    }
  }

  package init(
    sequence: Int64, task: ScheduledTask, dueAt: Timestamp, scheduleID: ScheduleID? = nil, isRetrying: Bool = false,
    attempt: Attempt? = nil
  ) {
    self.sequence = sequence
    self.task = task
    self.dueAt = dueAt
    self.scheduleID = scheduleID
    self.isRetrying = isRetrying
    self.attempt = attempt
  }

  init(_ row: borrowing StoreRow) throws(StoreError) {
    sequence = try row.int(0)
    guard let priority = Priority(rawValue: Int(try row.int(3))) else { throw row.malformed(3, "a priority") }
    task = ScheduledTask(
      id: try row.identifier(1), agentID: try row.identifier(2), priority: priority, scheduledTime: try row.time(4),
      timeout: .microseconds(try row.int(6)), retryCount: Int(try row.int(7)), input: try row.blob(9),
      interruption: try row.parse(8, as: "an interruption policy", InterruptionPolicy.init(rawValue:)))
    dueAt = try row.time(5)
    scheduleID = row.isNull(10) ? nil : try row.identifier(10)
    isRetrying = try row.bool(11)
    if !row.isNull(12) {
      attempt = Attempt(executionID: try row.identifier(12), startedAt: try row.time(13))
    }
  }
}
