package import SymbiontCore
package import SymbiontStore

/// Something that the scheduler wants to be durable.
package struct JournalEntry: Sendable {
  package enum Record: Sendable {
    /// Tasks that were asked for.
    case insert([TaskRow], slots: [UInt32])
    /// An attempt begins.
    case start(sequence: Int64, slot: UInt32, attempt: TaskRow.Attempt, isAwaited: Bool)
    /// An attempt ended, and another one is due.
    case retry(sequence: Int64, retryCount: Int, dueAt: Timestamp)
    case priority(sequence: Int64, slot: UInt32, id: TaskID, Priority)
    /// Tasks that wait have another agent.
    case reassign([Reassignment], to: AgentID)
    /// A task ended; its ordinal is given when the record is written.
    case finish(sequence: Int64, slot: UInt32, FinishedTaskRow, TaskStatus)
    case paused(Bool)
    /// A schedule was added, or changed from a state.
    case schedule(ScheduleRow, before: ScheduleStatus.State?)
    /// Times of a schedule were dealt with.
    case fired(ScheduleRow, runs: [ScheduleRunRow], tasks: [TaskRow], slots: [UInt32])
    case scheduleRemoved(ScheduleID)
  }

  /// A task whose agent changes.
  package struct Reassignment: Sendable {
    let sequence: Int64
    let slot: UInt32
  }

  package var record: Record
  /// The call that waits for it: when the store refuses, the call is told, and the record is dropped.
  ///
  /// A record without one is a fact, and is written until it is durable.
  package var request: CallID?

  package init(_ record: Record, request: CallID? = nil) {
    self.record = record
    self.request = request
  }
}
