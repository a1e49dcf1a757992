package import SymbiontCore

extension StoreTransaction {
  /// Keeps a schedule as it is now.
  package func putSchedule(_ row: ScheduleRow) throws {
    try execute(
      """
      INSERT INTO schedules (id, definition, state, base_at, held_at) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET state = excluded.state, base_at = excluded.base_at, held_at = excluded.held_at
      """, .id(row.id), .blob(row.definition), .text(row.state), .time(row.baseAt), .optional(row.heldAt))
  }

  /// Forgets a schedule and its history.
  package func removeSchedule(_ id: ScheduleID) throws {
    try execute("DELETE FROM schedules WHERE id = ?", .id(id))
    try execute("DELETE FROM schedule_runs WHERE schedule_id = ?", .id(id))
  }

  /// Adds to the history of a schedule, and forgets all but its last runs.
  package func insertScheduleRun(_ row: ScheduleRunRow, keeping limit: Int) throws {
    try execute(
      """
      INSERT INTO schedule_runs (schedule_id, ordinal, nominal_at, fired_at, outcome, task_id) VALUES (?, ?, ?, ?, ?, ?)
      """, .id(row.scheduleID), .int(row.ordinal), .time(row.nominalAt), .time(row.firedAt), .text(row.outcome),
      .optional(row.taskID))
    try execute(
      "DELETE FROM schedule_runs WHERE schedule_id = ? AND ordinal <= ?", .id(row.scheduleID),
      .int(row.ordinal - Int64(limit)))
  }

  /// All schedules.
  package func schedules() throws -> [ScheduleRow] {
    try all("SELECT id, definition, state, base_at, held_at FROM schedules ORDER BY id", read: ScheduleRow.init)
  }

  /// The histories of all schedules, oldest first.
  package func scheduleRuns() throws -> [ScheduleRunRow] {
    try all(
      """
      SELECT schedule_id, ordinal, nominal_at, fired_at, outcome, task_id FROM schedule_runs
      ORDER BY schedule_id, ordinal
      """, read: ScheduleRunRow.init)
  }
}
