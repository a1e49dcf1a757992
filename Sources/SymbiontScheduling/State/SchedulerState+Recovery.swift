package import SymbiontCore
package import SymbiontStore

extension SchedulerState {
  /// What a store holds of a scheduler.
  package struct Stored: Sendable {
    package var tasks: [TaskRow] = []
    package var finished: [(id: TaskID, ordinal: Int64, status: TaskStatus, bytes: Int)] = []
    package var schedules: [ScheduleEntry] = []
    package var runs: [ScheduleRunRow] = []
    package var isPaused = false
    /// Whether the scheduler before this one was not shut down.
    package var wasOpen = false

    package init() {}
  }

  /// Takes up what an earlier scheduler left; called once, before anything else.
  ///
  /// A task whose start is recorded was being executed when the runtime died. It is run again when its policy and its
  /// attempts allow, and the interrupted attempt counts; otherwise it fails with `TASK_INTERRUPTED`. Tasks of a scheduler
  /// that died begin their next attempt only when its start is durable, so that one that kills the runtime is counted.
  package mutating func restore(_ stored: Stored, now: Moment) {
    isPaused = stored.isPaused
    wasLeftOpen = stored.wasOpen
    if let oldest = stored.finished.first { finished.forgottenOrdinal = oldest.ordinal - 1 }
    for ended in stored.finished {
      finished.add(ended.id, ended.status, ordinal: ended.ordinal, bytes: ended.bytes)
      nextOrdinal = max(nextOrdinal, ended.ordinal + 1)
    }
    for var entry in stored.schedules {
      if entry.plan.restarts(base: entry.base, now: now.civil) { entry.base = now.civil }
      schedules.insert(entry)
    }
    for run in stored.runs {
      guard let outcome = ScheduleRun.Outcome(rawValue: run.outcome) else { continue }
      schedules[run.scheduleID]?.lastOrdinal = run.ordinal
      schedules.append(
        ScheduleRun(nominalTime: run.nominalAt, firedTime: run.firedAt, outcome: outcome, taskID: run.taskID),
        to: run.scheduleID)
    }
    for row in stored.tasks { restore(row, isCautious: stored.wasOpen, now) }
    for slot in schedules.used {
      guard let entry = schedules.entry(at: slot) else { continue }
      schedules.setTimer(of: entry.schedule.id)
    }
    fireHeldTimes(now)
    alarm(now)
  }

  /// Admits tasks and has schedules come due from now on, when it was made to wait with that.
  package mutating func begin(_ now: Moment) {
    guard !hasBegun else { return }
    hasBegun = true
    fireHeldTimes(now)
    alarm(now)
  }

  /// Whether a shutdown leaves nothing to be cautious about: what a crash interrupted was taken up, or there was none.
  package var isSettled: Bool { hasBegun || !wasLeftOpen }

  /// Times that wait for an earlier task have their turn when it ended as the scheduler died, or before it began.
  private mutating func fireHeldTimes(_ now: Moment) {
    for slot in schedules.used {
      guard let entry = schedules.entry(at: slot), entry.held != nil, entry.active.isEmpty else { continue }
      scheduledTaskEnded(Self.noTask, of: entry.schedule.id, now)
    }
  }

  private static var noTask: TaskID { TaskID(value: UniqueValue(high: 0, low: 0)) }

  private mutating func restore(_ row: TaskRow, isCautious: Bool, _ now: Moment) {
    nextSequence = max(nextSequence, row.sequence + 1)
    var entry = TaskEntry(
      sequence: row.sequence, task: row.task, dueAt: row.dueAt, readyAt: Self.readyAt(row.dueAt, now),
      scheduleID: row.scheduleID, phase: .unconfirmed)
    if isCautious { entry.awaitsStart = true }
    entry.isRetrying = row.isRetrying
    let slot = table.insert(entry)
    waitingCount += 1
    if let id = row.scheduleID { schedules[id]?.active.append(row.task.id) }
    if row.attempt != nil {
      interrupted(slot, now)
    } else if row.isRetrying {
      backOff(slot, now)
    } else {
      confirm(slot, now)
    }
  }

  private mutating func interrupted(_ slot: UInt32, _ now: Moment) {
    let task = table[slot].task
    guard !resumesAttempts else { return confirm(slot, now) }
    guard task.interruption == .runAgain, task.retryCount < configuration.retryAttempts else {
      waitingCount -= 1
      return finish(slot, .failed(ErrorRecord(SchedulerError.interrupted(taskID: task.id))), now)
    }
    table[slot].task.retryCount += 1
    table[slot].isRetrying = true
    let delay = retryDelay.microseconds(afterFailures: table[slot].task.retryCount, using: &random)
    table[slot].dueAt = now.civil + .microseconds(delay)
    outbox.append(
      JournalEntry(
        .retry(
          sequence: table[slot].sequence, retryCount: table[slot].task.retryCount, dueAt: table[slot].dueAt)))
    backOff(slot, now)
  }

  /// Lets a task wait for its next attempt: as long as it had to, but not longer than a repeat may.
  mutating func backOff(_ slot: UInt32, _ now: Moment) {
    let left = (table[slot].dueAt - now.civil).microseconds
    table[slot].phase = .backingOff
    deadlines.set(slot, at: now.elapsed + min(max(0, left), options.longestRetryDelay.microseconds))
    if table[slot].isHandedBack { handedBack.add(slot, of: table[slot].task.agentID) }
  }

  /// When a stored task became ready, on the clock of this process.
  private static func readyAt(_ dueAt: Timestamp, _ now: Moment) -> Int64 {
    now.elapsed - max(0, (now.civil - dueAt).microseconds)
  }
}
