package import SymbiontCore
package import SymbiontStore

/// A task that has not ended, as the scheduler holds it.
package struct TaskEntry: Sendable {
  /// Where a task is on its way.
  package enum Phase: Sendable, Hashable {
    /// Its record is not durable yet; no one but the caller who waits for that knows it.
    case unconfirmed
    /// It waits for its time.
    case delayed
    /// It may be admitted.
    case ready
    /// It was admitted, and waits for the record of its start.
    case starting
    /// It is being executed.
    case running
    /// It waits for its next attempt.
    case backingOff
    /// It has ended; the record of it is not durable yet.
    case ending
  }

  /// Why an attempt is made to stop.
  package enum Stop: Sendable, Hashable {
    case cancelled
    case timedOut
  }

  package var sequence: Int64
  package var task: ScheduledTask
  package var dueAt: Timestamp
  package var readyAt: Int64
  package var scheduleID: ScheduleID?
  package var phase: Phase
  /// Where a task came from that is ending by a request, so that it can go back when the store refuses.
  package var phaseBefore: Phase = .ready
  package var isRetrying = false
  /// Whether work may begin only when the record of its start is durable.
  package var awaitsStart: Bool
  package var attempt: TaskRow.Attempt?
  package var startedElapsed: Int64 = 0
  /// Since when its agent is held while it is being executed: that is no part of its time, and it has no place meanwhile.
  package var heldElapsed: Int64?
  /// Whether its performer gave it back, so that it waits for something else than time.
  package var isHandedBack = false
  /// Whether what it may be handed back for was over while it was being executed.
  package var mayRepeatAtOnce = false
  package var worker = 0
  package var stop: Stop?
  /// Whose it is from its next attempt on, when that changed while it was being executed.
  package var nextAgent: AgentID?
  /// Those who asked to cancel it, and wait.
  package var cancelRequests: [CallID] = []
  /// Those who wait for its end.
  package var endRequests: [CallID] = []

  package init(
    sequence: Int64, task: ScheduledTask, dueAt: Timestamp, readyAt: Int64, scheduleID: ScheduleID?, phase: Phase
  ) {
    self.sequence = sequence
    self.task = task
    self.dueAt = dueAt
    self.readyAt = readyAt
    self.scheduleID = scheduleID
    self.phase = phase
    awaitsStart = task.interruption == .fail
  }

  /// The task as it is stored while it does not run.
  var row: TaskRow {
    TaskRow(
      sequence: sequence, task: task, dueAt: dueAt, scheduleID: scheduleID, isRetrying: isRetrying, attempt: attempt)
  }

  var key: ReadyKey { ReadyKey(readyAt: readyAt, sequence: sequence) }

  /// Whether the task was admitted; it has a place of a worker unless its agent is held.
  var isAdmitted: Bool { phase == .starting || phase == .running }

  /// Whether the task counts as one that waits.
  var isWaiting: Bool {
    switch phase {
    case .unconfirmed, .delayed, .ready, .backingOff: true
    case .starting, .running, .ending: false
    }
  }

  var status: TaskStatus {
    switch phase == .ending ? phaseBefore : phase {
    case .starting, .running, .ending: .running
    case .backingOff: .retrying(attempt: task.retryCount + 1, at: dueAt)
    case .unconfirmed, .delayed, .ready: .pending
    }
  }
}

/// A call that waits for its answer.
package struct CallID: Sendable, Hashable {
  package let number: UInt64

  package init(_ number: UInt64) {
    self.number = number
  }
}
