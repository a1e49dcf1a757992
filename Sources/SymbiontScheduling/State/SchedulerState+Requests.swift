package import SymbiontCore
import SymbiontStore

extension SchedulerState {
  /// Takes tasks, all or none: the call is answered when they are durable.
  package mutating func schedule(_ tasks: [ScheduledTask], request: CallID, now: Moment) {
    do throws(SchedulerError) {
      try check(tasks)
    } catch {
      if case .queueFull = error { metrics.rejectedTasks += tasks.count }
      return answer(request, .refused(error))
    }
    guard !tasks.isEmpty else { return answer(request, .done) }
    var rows: [TaskRow] = []
    var slots: [UInt32] = []
    rows.reserveCapacity(tasks.count)
    slots.reserveCapacity(tasks.count)
    for task in tasks {
      let slot = add(task, scheduleID: nil, now)
      rows.append(table[slot].row)
      slots.append(slot)
    }
    outbox.append(JournalEntry(.insert(rows, slots: slots), request: request))
  }

  /// Cancels a task; the call is answered when it has ended.
  package mutating func cancel(_ id: TaskID, request: CallID, now: Moment) {
    guard let slot = table.slot(of: id), table[slot].phase != .unconfirmed else {
      return answer(request, .refused(absent(id)))
    }
    switch table[slot].phase {
    case .unconfirmed: break
    case .delayed, .ready, .backingOff:
      withdraw(slot)
      finish(slot, .cancelled, request: request, now)
    case .starting:
      table[slot].cancelRequests.append(request)
      table[slot].stop = .cancelled
    case .running:
      table[slot].cancelRequests.append(request)
      stopForCancellation(slot)
    case .ending: table[slot].cancelRequests.append(request)
    }
  }

  /// Changes how urgent a waiting task is; the call is answered when that is durable.
  package mutating func updatePriority(_ id: TaskID, _ priority: Priority, request: CallID, now: Moment) {
    guard let slot = table.slot(of: id), table[slot].phase != .unconfirmed else {
      return answer(request, .refused(absent(id)))
    }
    guard table[slot].isWaiting else {
      return answer(request, .refused(.taskFinished(taskID: id, status: table[slot].status.name)))
    }
    outbox.append(
      JournalEntry(
        .priority(sequence: table[slot].sequence, slot: slot, id: id, priority), request: request))
  }

  /// Gives the tasks of an agent to another: those that wait at once, those that run when they are tried again.
  ///
  /// The call is answered when that is durable.
  package mutating func reassign(from agentID: AgentID, to other: AgentID, request: CallID) {
    let tasks = table.used.filter { slot in
      let entry = table[slot]
      return (entry.nextAgent ?? entry.task.agentID) == agentID && entry.phase != .unconfirmed && entry.phase != .ending
    }.map { JournalEntry.Reassignment(sequence: table[$0].sequence, slot: $0) }
    guard !tasks.isEmpty else { return answer(request, .done) }
    outbox.append(
      JournalEntry(.reassign(tasks.sorted { $0.sequence < $1.sequence }, to: other), request: request))
  }

  /// Pauses or resumes scheduling; it is so when it is durable.
  package mutating func setPaused(_ paused: Bool, request: CallID) {
    guard !isShuttingDown else { return answer(request, .refused(.shuttingDown)) }
    outbox.append(JournalEntry(.paused(paused), request: request))
  }

  /// Whether no task of an agent begins.
  package func isHeld(_ agentID: AgentID) -> Bool { readyQueue.isHeld(agentID) }

  /// Begins no task of an agent, and counts no time of those that run, until it is let go; meanwhile others have their
  /// places.
  ///
  /// They have places again as soon as it is let go, also when none is free: then nothing is admitted until enough is.
  package mutating func setHeld(_ agentID: AgentID, _ isHeld: Bool, now: Moment) {
    guard readyQueue.isHeld(agentID) != isHeld else { return }
    readyQueue.setHeld(agentID, isHeld)
    for slot in readyQueue.admittedTasks(of: agentID) where table[slot].phase == .running {
      if isHeld { hold(slot, now) } else { letGo(slot, now) }
    }
    admit(now)
  }

  /// Lets tasks of an agent that were handed back begin at once: what kept them from it is over.
  ///
  /// Those that are being executed do so, each once, when they are handed back after all: they may have been refused before
  /// it was over.
  package mutating func retryHandedBack(of agentID: AgentID, now: Moment) {
    for slot in readyQueue.admittedTasks(of: agentID) { table[slot].mayRepeatAtOnce = true }
    let slots = handedBack.slots(of: agentID)
    guard !slots.isEmpty else { return }
    for slot in slots { endBackOff(slot, now) }
    admit(now)
  }

  /// Takes and admits nothing more; the call is answered when nothing runs and everything is durable.
  package mutating func shutDown(request: CallID) {
    isShuttingDown = true
    shutdownRequests.append(request)
    answerShutdownIfDone()
  }

  /// Answers with the last status of the task, once it has ended.
  package mutating func awaitEnd(_ id: TaskID, request: CallID) {
    guard let slot = table.slot(of: id) else {
      return answer(request, finished[id].map { .status($0) } ?? .refused(.taskNotFound(taskID: id)))
    }
    if isShutDown, table[slot].phase != .running { return answer(request, .refused(.shuttingDown)) }
    table[slot].endRequests.append(request)
  }

  mutating func answer(_ request: CallID, _ answer: SchedulerAnswer) {
    actions.append(.answer(request, answer))
  }

  mutating func answerShutdownIfDone() {
    guard isShuttingDown, !shutdownRequests.isEmpty, admittedCount == 0, outbox.isEmpty, !isWriting else { return }
    answerShutdown(.done)
  }

  /// Tells those who wait for the shutdown, and those who wait for the end of a task that nobody begins any more.
  mutating func answerShutdown(_ answer: SchedulerAnswer) {
    for slot in table.used where table[slot].phase != .running {
      let told: SchedulerAnswer =
        if case .refused = answer, !table[slot].isWaiting { answer } else { .refused(.shuttingDown) }
      for request in table[slot].endRequests + table[slot].cancelRequests { self.answer(request, told) }
      table[slot].endRequests = []
      table[slot].cancelRequests = []
    }
    for request in shutdownRequests { self.answer(request, answer) }
    shutdownRequests = []
  }

  /// Whether those who wait for the shutdown were told.
  private var isShutDown: Bool { isShuttingDown && shutdownRequests.isEmpty }

  /// Adds a task that waits for its record.
  mutating func add(_ task: ScheduledTask, scheduleID: ScheduleID?, _ now: Moment) -> UInt32 {
    let slot = table.insert(
      TaskEntry(
        sequence: nextSequence, task: task, dueAt: max(task.scheduledTime, now.civil), readyAt: now.elapsed,
        scheduleID: scheduleID, phase: .unconfirmed))
    nextSequence += 1
    waitingCount += 1
    return slot
  }

  /// Lets a task wait whose record is durable.
  mutating func confirm(_ slot: UInt32, _ now: Moment) {
    if table[slot].stop == .cancelled {
      waitingCount -= 1
      return finish(slot, .cancelled, now)
    }
    if table[slot].dueAt > now.civil {
      table[slot].phase = .delayed
      dueTimes.set(slot, at: table[slot].dueAt.microsecondsSinceEpoch)
    } else {
      makeReady(slot, readyAt: table[slot].readyAt)
    }
  }

  /// Takes a waiting task out of whatever it waits in.
  mutating func withdraw(_ slot: UInt32) {
    switch table[slot].phase {
    case .delayed: dueTimes.cancel(slot)
    case .backingOff:
      deadlines.cancel(slot)
      handedBack.remove(slot, of: table[slot].task.agentID)
    case .ready:
      readyQueue.remove(slot, agentID: table[slot].task.agentID, priority: table[slot].task.priority)
    case .unconfirmed, .starting, .running, .ending: return
    }
    waitingCount -= 1
  }

  /// Puts a task back that was taken out, because the store refused its end.
  mutating func putBack(_ slot: UInt32, _ now: Moment) {
    waitingCount += 1
    table[slot].phase = table[slot].phaseBefore
    // It waits again, so that it belongs at once to whom it was given meanwhile.
    if let next = table[slot].nextAgent.take() { table[slot].task.agentID = next }
    switch table[slot].phaseBefore {
    case .backingOff: backOff(slot, now)
    case .ready: makeReady(slot, readyAt: table[slot].readyAt)
    case .delayed, .unconfirmed, .starting, .running, .ending: confirm(slot, now)
    }
  }

  mutating func stopForCancellation(_ slot: UInt32) {
    let wasStopping = table[slot].stop != nil
    table[slot].stop = .cancelled
    if !wasStopping { actions.append(.stop(slot: slot)) }
  }

  func absent(_ id: TaskID) -> SchedulerError {
    finished[id].map { .taskFinished(taskID: id, status: $0.name) } ?? .taskNotFound(taskID: id)
  }

  private func check(_ tasks: [ScheduledTask]) throws(SchedulerError) {
    guard !isShuttingDown else { throw .shuttingDown }
    var seen: Set<TaskID> = []
    for task in tasks {
      do { try task.validate() } catch { throw .taskInvalid(taskID: task.id, reason: error.message) }
      let isNew = table.slot(of: task.id) == nil && finished[task.id] == nil
      guard isNew, tasks.count == 1 || seen.insert(task.id).inserted else {
        throw .taskAlreadyExists(taskID: task.id)
      }
    }
    guard waitingCount + tasks.count <= configuration.taskQueueSize else {
      throw .queueFull(maxSize: configuration.taskQueueSize)
    }
  }
}
