package import SymbiontCore
import SymbiontStore

extension SchedulerState {
  /// A task that has not ended.
  func task(_ id: TaskID) -> ScheduledTask? { table.slot(of: id).map { table[$0].task } }

  /// Whether a task belongs to another agent from its next attempt on.
  package func isReassigned(_ id: TaskID) -> Bool { table.slot(of: id).map { table[$0].nextAgent != nil } ?? false }

  /// What became of a task; nil when there is none.
  package func status(of id: TaskID) -> TaskStatus? {
    guard let slot = table.slot(of: id) else { return finished[id] }
    return table[slot].phase == .unconfirmed ? nil : table[slot].status
  }

  /// The tasks that wait: first those that may be admitted, in that order, then the others by their times.
  package func pendingTasks() -> [ScheduledTask] {
    var queue = readyQueue
    var order: [UInt32] = []
    var held: [UInt32] = []
    while let slot = queue.admit() {
      order.append(slot)
      queue.release(slot, agentID: table[slot].task.agentID)
    }
    // Agents at their limit are passed over above; theirs come next, by age.
    let listed = Set(order)
    var later: [UInt32] = []
    for slot in table.used {
      switch table[slot].phase {
      case .ready where !listed.contains(slot): held.append(slot)
      case .delayed, .backingOff: later.append(slot)
      default: break
      }
    }
    held.sort { table[$0].key < table[$1].key }
    later.sort { (table[$0].dueAt, table[$0].sequence) < (table[$1].dueAt, table[$1].sequence) }
    return (order + held + later).map { table[$0].task }
  }

  /// The tasks that are being executed, by the time they began.
  package func runningTasks() -> [RunningTask] {
    table.used.compactMap { slot in
      guard table[slot].isAdmitted, let attempt = table[slot].attempt else { return nil }
      return RunningTask(task: table[slot].task, executionID: attempt.executionID, startedAt: attempt.startedAt)
    }.sorted { ($0.startedAt, $0.executionID) < ($1.startedAt, $1.executionID) }
  }

  package var currentMetrics: SchedulerMetrics {
    var current = metrics
    current.pendingTasks = waitingCount
    current.runningTasks = admittedCount
    current.meanQueueTime = queueTimes.mean
    current.meanRunTime = runTimes.mean
    current.isPaused = isPaused
    return current
  }

  package var workerStatuses: [WorkerStatus] { workers.statuses }

  /// How many tasks have places of workers, counted by the workers.
  package var occupiedPlaces: Int { workers.statuses.reduce(0) { $0 + $1.running } }

  /// The bytes that pending timers take.
  package var timerBytes: Int { dueTimes.allocatedBytes + deadlines.allocatedBytes }

  /// What holds just now, for those who check the scheduler from outside.
  package struct Census: Sendable {
    /// A task and when it became ready, on the clock that is never set.
    package struct Member: Sendable {
      package var task: ScheduledTask
      package var readyAt: Int64
      /// Whether it has a place of a worker, when it was admitted.
      package var hasPlace: Bool
    }

    /// The tasks that may be admitted as soon as there is a place, and whose agents are below their bounds.
    package var admissible: [Member] = []
    package var admitted: [Member] = []
    package var waiting = 0
  }

  package func census() -> Census {
    var census = Census()
    for slot in table.used {
      let entry = table[slot]
      let member = Census.Member(
        task: entry.task, readyAt: entry.readyAt, hasPlace: entry.isAdmitted && entry.heldElapsed == nil)
      if entry.isWaiting { census.waiting += 1 }
      if entry.isAdmitted { census.admitted.append(member) }
      if entry.phase == .ready, readyQueue.admitted(of: entry.task.agentID) < options.tasksPerAgent,
        !readyQueue.isHeld(entry.task.agentID)
      {
        census.admissible.append(member)
      }
    }
    return census
  }

  /// Whether nothing is left to do: no task has not ended, and no record waits for the store.
  package var isIdle: Bool { table.count == 0 && outbox.isEmpty && !isWriting && readyQueue.agentCount == 0 }
}
