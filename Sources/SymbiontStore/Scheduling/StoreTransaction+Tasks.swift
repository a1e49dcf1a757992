package import SymbiontCore

extension StoreTransaction {
  /// Adds a task.
  package func insertTask(_ row: TaskRow) throws {
    let task = row.task
    try execute(
      """
      INSERT INTO tasks (sequence, id, agent_id, priority, scheduled_at, due_at, timeout, retry_count, interruption, input,
        schedule_id, is_retrying, execution_id, started_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .int(row.sequence), .id(task.id), .id(task.agentID), .int(task.priority.rawValue), .time(task.scheduledTime),
      .time(row.dueAt), .int(task.timeout.inMicroseconds), .int(task.retryCount), .text(task.interruption.rawValue),
      .blob(task.input), .optional(row.scheduleID), .bool(row.isRetrying), .optional(row.attempt?.executionID),
      .optional(row.attempt?.startedAt))
  }

  /// Records that an attempt begins.
  package func startTask(_ sequence: Int64, attempt: TaskRow.Attempt) throws {
    try execute(
      "UPDATE tasks SET execution_id = ?, started_at = ?, is_retrying = 0 WHERE sequence = ?",
      .id(attempt.executionID), .time(attempt.startedAt), .int(sequence))
  }

  /// Records that an attempt ended and that another one is due.
  package func retryTask(_ sequence: Int64, retryCount: Int, dueAt: Timestamp) throws {
    try execute(
      """
      UPDATE tasks SET execution_id = NULL, started_at = NULL, is_retrying = 1, retry_count = ?, due_at = ?
      WHERE sequence = ?
      """, .int(retryCount), .time(dueAt), .int(sequence))
  }

  /// Changes how urgent a task is.
  package func updateTaskPriority(_ sequence: Int64, priority: Priority) throws {
    try execute("UPDATE tasks SET priority = ? WHERE sequence = ?", .int(priority.rawValue), .int(sequence))
  }

  /// Gives a task to another agent.
  package func updateTaskAgent(_ sequence: Int64, agentID: AgentID) throws {
    try execute("UPDATE tasks SET agent_id = ? WHERE sequence = ?", .id(agentID), .int(sequence))
  }

  /// Removes the tasks with sequences in the range.
  package func removeTasks(_ sequences: ClosedRange<Int64>) throws {
    try execute(
      "DELETE FROM tasks WHERE sequence BETWEEN ? AND ?", .int(sequences.lowerBound), .int(sequences.upperBound))
  }

  /// Keeps how a task ended.
  package func insertFinishedTask(_ row: FinishedTaskRow) throws {
    try execute(
      "INSERT INTO finished_tasks (ordinal, id, agent_id, status, outcome, finished_at) VALUES (?, ?, ?, ?, ?, ?)",
      .int(row.ordinal), .id(row.id), .id(row.agentID), .text(row.status), .optional(row.outcome),
      .time(row.finishedAt))
  }

  /// Forgets the tasks that ended first, up to the ordinal.
  package func removeFinishedTasks(through ordinal: Int64) throws {
    try execute("DELETE FROM finished_tasks WHERE ordinal <= ?", .int(ordinal))
  }

  /// Hands over every task that has not ended, in the order in which they were taken.
  package func eachTask(_ body: (TaskRow) throws -> Void) throws {
    try query(
      """
      SELECT sequence, id, agent_id, priority, scheduled_at, due_at, timeout, retry_count, interruption, input,
        schedule_id, is_retrying, execution_id, started_at FROM tasks ORDER BY sequence
      """
    ) { row in try body(TaskRow(row)) }
  }

  /// The tasks that ended last, oldest first: those whose outcomes have so many bytes together, and at least one.
  package func finishedTasks(upTo bytes: Int = .max) throws -> [FinishedTaskRow] {
    var oldest: Int64?
    var left = Int64(bytes)
    try query("SELECT ordinal, COALESCE(LENGTH(outcome), 0) FROM finished_tasks ORDER BY ordinal DESC") { row in
      guard left >= 0 else { return }
      left -= try row.int(1)
      if left >= 0 || oldest == nil { oldest = try row.int(0) }
    }
    guard let oldest else { return [] }
    return try all(
      """
      SELECT ordinal, id, agent_id, status, outcome, finished_at FROM finished_tasks WHERE ordinal >= ? ORDER BY ordinal
      """, .int(oldest), read: FinishedTaskRow.init)
  }

  /// Whether scheduling is paused, and whether a scheduler was open and not shut down.
  package func schedulerState() throws -> (isPaused: Bool, isOpen: Bool) {
    try first("SELECT is_paused, is_open FROM scheduler_state") { row in (try row.bool(0), try row.bool(1)) }
      ?? (false, false)
  }

  package func setSchedulerPaused(_ isPaused: Bool) throws {
    try execute("UPDATE scheduler_state SET is_paused = ?", .bool(isPaused))
  }

  package func setSchedulerOpen(_ isOpen: Bool) throws {
    try execute("UPDATE scheduler_state SET is_open = ?", .bool(isOpen))
  }
}

extension Duration {
  /// Whole microseconds; timeouts of tasks are at most a year, so they fit.
  fileprivate var inMicroseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds &* 1_000_000 &+ attoseconds / 1_000_000_000_000
  }
}
