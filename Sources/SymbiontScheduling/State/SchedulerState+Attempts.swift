import Foundation
package import SymbiontCore
import SymbiontStore

extension SchedulerState {
  /// The work of an attempt has stopped.
  package mutating func attemptEnded(_ slot: UInt32, executionID: ExecutionID, _ end: AttemptEnd, now: Moment) {
    guard table[slot].phase == .running, table[slot].attempt?.executionID == executionID else { return }
    deadlines.cancel(slot)
    runTimes.add((table[slot].heldElapsed ?? now.elapsed) - table[slot].startedElapsed)
    release(slot)
    switch (end, table[slot].stop) {
    case (.completed(let result), _): finish(slot, .completed(result: result), now)
    case (.failed, .cancelled), (.handedBack, .cancelled): finish(slot, .cancelled, now)
    case (.handedBack(let delay), nil):
      table[slot].isHandedBack = true
      wait(slot, now, atLeast: delay.microseconds)
      if table[slot].mayRepeatAtOnce { endBackOff(slot, now) }
    case (.failed, .timedOut), (.handedBack, .timedOut):
      if mayRetry(slot) { retry(slot, now) } else { finish(slot, .timedOut, now) }
    case (.failed(let error), nil):
      if error.isRetryable, mayRetry(slot) { retry(slot, now) } else { finish(slot, .failed(error), now) }
    }
    admit(now)
    answerShutdownIfDone()
  }

  /// Gives the place of an admitted task free, when it has one.
  mutating func release(_ slot: UInt32) {
    if table[slot].heldElapsed.take() == nil { workers.release(table[slot].worker) } else { heldCount -= 1 }
    readyQueue.release(slot, agentID: table[slot].task.agentID)
    admittedCount -= 1
  }

  /// Records that a task has ended; it has when the record is durable.
  mutating func finish(_ slot: UInt32, _ status: TaskStatus, request: CallID? = nil, _ now: Moment) {
    table[slot].phaseBefore = table[slot].phase
    table[slot].phase = .ending
    let outcome: [UInt8]? =
      switch status {
      case .completed(let result): result.isEmpty ? nil : result
      // A record of three plain fields always has a JSON form.
      case .failed(let error): (try? JSONEncoder().encode(error)).map { [UInt8]($0) }
      default: nil
      }
    let row = FinishedTaskRow(
      ordinal: nextOrdinal, id: table[slot].task.id, agentID: table[slot].task.agentID, status: status.name,
      outcome: outcome, finishedAt: now.civil)
    nextOrdinal += 1
    outbox.append(
      JournalEntry(.finish(sequence: table[slot].sequence, slot: slot, row, status), request: request))
  }

  /// Ends a task whose record of its end is durable.
  mutating func end(_ slot: UInt32, _ status: TaskStatus, _ row: FinishedTaskRow, _ now: Moment) {
    let entry = table[slot]
    switch status {
    case .completed: metrics.completedTasks += 1
    case .failed: metrics.failedTasks += 1
    case .cancelled: metrics.cancelledTasks += 1
    case .timedOut: metrics.timedOutTasks += 1
    case .pending, .running, .waiting, .retrying: break
    }
    for request in entry.cancelRequests {
      let isCancelled = status == .cancelled
      answer(request, isCancelled ? .done : .refused(.taskFinished(taskID: entry.task.id, status: status.name)))
    }
    for request in entry.endRequests { answer(request, .status(status)) }
    table.remove(slot)
    finished.add(entry.task.id, status, ordinal: row.ordinal, bytes: row.outcome?.count ?? 0)
    if let scheduleID = entry.scheduleID { scheduledTaskEnded(entry.task.id, of: scheduleID, now) }
  }

  private func mayRetry(_ slot: UInt32) -> Bool {
    table[slot].task.retryCount < configuration.retryAttempts
  }

  private mutating func retry(_ slot: UInt32, _ now: Moment) {
    table[slot].task.retryCount += 1
    wait(slot, now)
  }

  /// Lets a task wait for its next attempt.
  private mutating func wait(_ slot: UInt32, _ now: Moment, atLeast least: Int64 = 0) {
    let delay = max(
      least, retryDelay.microseconds(afterFailures: max(1, table[slot].task.retryCount), using: &random))
    table[slot].dueAt = now.civil + .microseconds(delay)
    table[slot].attempt = nil
    table[slot].stop = nil
    if let next = table[slot].nextAgent.take() { table[slot].task.agentID = next }
    table[slot].isRetrying = true
    table[slot].phase = .backingOff
    waitingCount += 1
    deadlines.set(slot, at: now.elapsed + delay)
    if table[slot].isHandedBack { handedBack.add(slot, of: table[slot].task.agentID) }
    outbox.append(
      JournalEntry(
        .retry(
          sequence: table[slot].sequence, retryCount: table[slot].task.retryCount, dueAt: table[slot].dueAt)))
  }
}
