package import SymbiontCore

/// What became of one time of a schedule, as it is stored.
package struct ScheduleRunRow: Sendable, Hashable {
  package var scheduleID: ScheduleID
  /// The place of the run in the history of its schedule.
  package var ordinal: Int64
  /// The time that the schedule names.
  package var nominalAt: Timestamp
  /// When it was dealt with.
  package var firedAt: Timestamp
  package var outcome: String
  package var taskID: TaskID?

  package init(
    scheduleID: ScheduleID, ordinal: Int64, nominalAt: Timestamp, firedAt: Timestamp, outcome: String, taskID: TaskID?
  ) {
    self.scheduleID = scheduleID
    self.ordinal = ordinal
    self.nominalAt = nominalAt
    self.firedAt = firedAt
    self.outcome = outcome
    self.taskID = taskID
  }

  init(_ row: borrowing StoreRow) throws(StoreError) {
    self.init(
      scheduleID: try row.identifier(0), ordinal: try row.int(1), nominalAt: try row.time(2), firedAt: try row.time(3),
      outcome: try row.text(4), taskID: row.isNull(5) ? nil : try row.identifier(5))
  }
}
