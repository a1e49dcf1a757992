import SymbiontCore
import SymbiontStore

extension SchedulerState {
  /// The next records to write, in order; empty while others are being written, or none wait.
  ///
  /// The start of an attempt that has ended meanwhile is left out: what came of it says more.
  package mutating func takeBatch() -> [JournalEntry] {
    guard !isWriting, writesAgainAt == nil, !outbox.isEmpty else { return [] }
    var batch = outbox
    if batch.count > Self.recordsPerBatch {
      batch.removeLast(batch.count - Self.recordsPerBatch)
      outbox.removeFirst(Self.recordsPerBatch)
    } else {
      outbox = []
    }
    batch.removeAll { !isWorthWriting($0) }
    guard !batch.isEmpty else { return takeBatch() }
    isWriting = true
    return batch
  }

  /// Up to which ordinal ended tasks are forgotten; the store forgets them with the next batch that ends some.
  package var forgottenOrdinal: Int64 { finished.forgottenOrdinal }

  /// How many records wait for the store.
  package var waitingRecords: Int { outbox.count }

  /// A batch is durable, or a part of it; the parts are told in order.
  package mutating func committed(_ batch: some Sequence<JournalEntry>, isLast: Bool = true, now: Moment) {
    isWriting = !isLast
    for entry in batch {
      switch entry.record {
      case .insert(_, let slots): for slot in slots { confirm(slot, now) }
      case .start(_, let slot, let attempt, let isAwaited):
        if isAwaited { startIsDurable(slot, attempt, now) }
      case .retry: break
      case .priority(let sequence, let slot, let id, let priority):
        guard changePriority(slot, sequence: sequence, to: priority) else {
          if let request = entry.request { answer(request, .refused(absent(id))) }
          continue
        }
      case .reassign(let tasks, let agentID): for task in tasks { changeAgent(task, to: agentID) }
      case .finish(_, let slot, let row, let status): end(slot, status, row, now)
      case .paused(let paused): isPaused = paused
      case .schedule(let row, _): scheduleIsDurable(row)
      case .fired(let row, let runs, _, let slots):
        for slot in slots { confirm(slot, now) }
        firingIsDurable(row, runs, now)
        if let request = entry.request, let id = runs.last?.taskID {
          answer(request, .task(id))
          continue
        }
      case .scheduleRemoved(let id): schedules.remove(id)
      }
      if let request = entry.request { answer(request, .done) }
    }
    admit(now)
    answerShutdownIfDone()
  }

  /// The store refused a batch, and nothing of it is durable: calls are told, facts are kept for later.
  package mutating func refused(_ batch: [JournalEntry], because reason: String, now: Moment) {
    isWriting = false
    let error = SchedulerError.storeFailed(reason: reason)
    // What waits behind it would be refused, too, but only after all facts; the last is undone first.
    let entries = batch + outbox
    outbox = entries.filter { $0.request == nil }
    for entry in entries.reversed() where entry.request != nil { undo(entry, now) }
    for request in entries.compactMap(\.request) { answer(request, .refused(error)) }
    writesAgainAt = now.elapsed + Self.storePause
    if isShuttingDown, !table.used.contains(where: { table[$0].phase == .running }) {
      answerShutdown(.refused(error))
    }
    admit(now)
  }

  private mutating func undo(_ entry: JournalEntry, _ now: Moment) {
    switch entry.record {
    case .insert(_, let slots): discard(slots)
    case .fired(let row, _, let tasks, let slots):
      discard(slots)
      firingWasRefused(row, tasks)
    case .finish(_, let slot, _, _):
      let waiting = table[slot].cancelRequests
      table[slot].cancelRequests = []
      putBack(slot, now)
      for request in waiting { cancel(table[slot].task.id, request: request, now: now) }
    case .schedule(let row, let before): scheduleWasRefused(row, before)
    case .scheduleRemoved(let id): schedules.keep(id)
    case .start, .retry, .priority, .reassign, .paused: break
    }
  }

  /// Forgets tasks that were never durable.
  private mutating func discard(_ slots: [UInt32]) {
    waitingCount -= slots.count
    for slot in slots {
      for request in table[slot].endRequests { answer(request, .refused(.taskNotFound(taskID: table[slot].task.id))) }
      table.remove(slot)
    }
  }

  private func isWorthWriting(_ entry: JournalEntry) -> Bool {
    guard case .start(_, let slot, let attempt, isAwaited: false) = entry.record else { return true }
    return table[slot].phase == .running && table[slot].attempt == attempt
  }

  private mutating func startIsDurable(_ slot: UInt32, _ attempt: TaskRow.Attempt, _ now: Moment) {
    guard table[slot].phase == .starting, table[slot].attempt == attempt else { return }
    table[slot].awaitsStart = table[slot].task.interruption == .fail
    guard table[slot].stop == nil else {
      release(slot)
      finish(slot, .cancelled, now)
      return
    }
    perform(slot, now)
  }

  /// Gives a task that still waits to another agent; one that does not belongs to it from its next attempt on.
  private mutating func changeAgent(_ task: JournalEntry.Reassignment, to agentID: AgentID) {
    let slot = task.slot
    guard table[slot].sequence == task.sequence, table.slot(of: table[slot].task.id) == slot else { return }
    guard table[slot].isWaiting else {
      table[slot].nextAgent = agentID
      return
    }
    let old = table[slot].task
    table[slot].task.agentID = agentID
    switch table[slot].phase {
    case .ready:
      readyQueue.remove(slot, agentID: old.agentID, priority: old.priority)
      readyQueue.insert(slot, agentID: agentID, priority: old.priority, key: table[slot].key)
    case .backingOff where table[slot].isHandedBack:
      handedBack.remove(slot, of: old.agentID)
      handedBack.add(slot, of: agentID)
    case .unconfirmed, .delayed, .backingOff, .starting, .running, .ending: break
    }
  }

  /// Moves a task that still waits to another priority; false when it no longer does.
  private mutating func changePriority(_ slot: UInt32, sequence: Int64, to priority: Priority) -> Bool {
    // The slot may be another task's by now.
    guard table[slot].sequence == sequence, table.slot(of: table[slot].task.id) == slot else { return false }
    let old = table[slot].task
    table[slot].task.priority = priority
    if table[slot].phase == .ready {
      readyQueue.remove(slot, agentID: old.agentID, priority: old.priority)
      readyQueue.insert(slot, agentID: old.agentID, priority: priority, key: table[slot].key)
    }
    return true
  }
}
