package import SymbiontCore
import SymbiontStore

extension SchedulerState {
  /// Adds a schedule; the call is answered when it is durable.
  package mutating func addSchedule(_ entry: ScheduleEntry, request: CallID, now: Moment) {
    let id = entry.schedule.id
    if isShuttingDown { return answer(request, .refused(.shuttingDown)) }
    guard schedules[id] == nil else { return answer(request, .refused(.scheduleAlreadyExists(scheduleID: id))) }
    guard schedules.count < options.schedules else {
      return answer(
        request,
        .refused(.scheduleInvalid(expression: "\(id)", reason: "there are \(schedules.count) schedules, the maximum")))
    }
    guard entry.next != nil else {
      return answer(request, .refused(.scheduleInvalid(expression: "\(id)", reason: "it never comes due")))
    }
    schedules.insert(entry)
    outbox.append(JournalEntry(.schedule(entry.row, before: nil), request: request))
  }

  /// Removes a schedule; tasks that it made stay.
  package mutating func removeSchedule(_ id: ScheduleID, request: CallID) {
    guard known(id) else { return answer(request, .refused(.scheduleNotFound(scheduleID: id))) }
    schedules[id]?.isRemoving = true
    schedules.setTimer(of: id)
    outbox.append(JournalEntry(.scheduleRemoved(id), request: request))
  }

  /// Has a schedule come due or not, when it is in one of the states before.
  ///
  /// Times that pass while it does not are not missed: no one waits for them.
  package mutating func setSchedule(
    _ id: ScheduleID, to next: ScheduleStatus.State, from former: Set<ScheduleStatus.State>, request: CallID,
    now: Moment
  ) {
    guard known(id), let state = schedules[id]?.state else {
      return answer(request, .refused(.scheduleNotFound(scheduleID: id)))
    }
    guard former.contains(state) else { return answer(request, .done) }
    schedules[id]?.state = next
    if next == .active, let base = schedules[id]?.base { schedules[id]?.base = max(base, now.civil) }
    schedules.setTimer(of: id)
    guard let row = schedules[id]?.row else { return }
    outbox.append(JournalEntry(.schedule(row, before: state), request: request))
  }

  /// Makes a task of the schedule now, whatever its times and overlaps; the call is answered with it.
  package mutating func trigger(_ id: ScheduleID, request: CallID, now: Moment) {
    guard known(id) else { return answer(request, .refused(.scheduleNotFound(scheduleID: id))) }
    if isShuttingDown { return answer(request, .refused(.shuttingDown)) }
    guard waitingCount < configuration.taskQueueSize else {
      metrics.rejectedTasks += 1
      return answer(request, .refused(.queueFull(maxSize: configuration.taskQueueSize)))
    }
    var firing = Firing()
    fire(id, now.civil, outcome: .triggered, into: &firing, now)
    record(firing, of: id, request: request)
  }

  /// The clock was set.
  package mutating func clockWasSet(_ now: Moment) {
    for slot in schedules.used {
      guard let entry = schedules.entry(at: slot) else { continue }
      if entry.plan.restarts(base: entry.base, now: now.civil) { schedules[entry.schedule.id]?.base = now.civil }
      schedules.setTimer(of: entry.schedule.id)
    }
    alarm(now)
  }

  package func scheduleStatuses() -> [ScheduleStatus] { statuses(at: schedules.used) }

  /// The same for the schedules of one agent; the others are not looked at.
  package func scheduleStatuses(of agentID: AgentID) -> [ScheduleStatus] {
    statuses(at: schedules.slots(of: agentID))
  }

  /// The agents that have schedules, those that are not durable yet included.
  package var scheduledAgents: Set<AgentID> { schedules.agents }

  /// Whether an agent has a schedule, or will have one as soon as that is durable.
  package func isScheduled(_ agentID: AgentID) -> Bool { !schedules.slots(of: agentID).isEmpty }

  private func statuses(at slots: some Sequence<UInt32>) -> [ScheduleStatus] {
    slots.compactMap { slot in
      guard let entry = schedules.entry(at: slot), entry.isConfirmed else { return nil }
      return ScheduleStatus(
        schedule: entry.schedule, state: entry.state, nextTime: entry.next, activeTasks: entry.active)
    }.sorted { $0.schedule.id < $1.schedule.id }
  }

  package func schedule(_ id: ScheduleID) -> ScheduleEntry? { known(id) ? schedules[id] : nil }

  private func known(_ id: ScheduleID) -> Bool { schedules[id].map { $0.isConfirmed && !$0.isRemoving } ?? false }
}

extension SchedulerState {
  /// What comes of times that are dealt with together.
  private struct Firing {
    var runs: [ScheduleRunRow] = []
    var tasks: [TaskRow] = []
    var slots: [UInt32] = []
  }

  /// Deals with the times of a schedule that have come.
  mutating func scheduleDue(_ slot: UInt32, _ now: Moment) {
    guard !isShuttingDown, let entry = schedules.entry(at: slot), entry.state == .active else { return }
    let id = entry.schedule.id
    let most = entry.schedule.missedRuns == .all ? TaskSchedule.Bounds.missedRuns : 1
    // One more tells whether some are left out.
    let times = entry.plan.times(after: entry.base, through: now.civil, limit: most + 1)
    guard let last = times.last else { return schedules.setTimer(of: id) }
    schedules[id]?.base = last
    if entry.plan.next(after: last) == nil { schedules[id]?.state = .ended }
    schedules[id]?.isFiring = true
    let isOnTime = now.civil - last <= TaskSchedule.Bounds.lateness
    var firing = Firing()
    let (missed, due): (Timestamp?, ArraySlice<Timestamp>) =
      switch entry.schedule.missedRuns {
      case .all: (times.dropLast(most).last, times.suffix(most))
      case .once: (nil, times.suffix(1))
      case .skip: isOnTime ? (times.dropLast().last, times.suffix(1)) : (last, [])
      }
    if let missed { note(id, missed, .missed, into: &firing, now) }
    for time in due { fireUnlessOverlapping(id, time, into: &firing, now) }
    record(firing, of: id)
  }

  /// A task of a schedule has ended: a time that waited for it may have its turn.
  mutating func scheduledTaskEnded(_ task: TaskID, of id: ScheduleID, _ now: Moment) {
    guard let entry = schedules[id] else { return }
    schedules[id]?.active.removeAll { $0 == task }
    guard let held = entry.held, schedules[id]?.active.isEmpty == true, hasBegun, !isShuttingDown, !entry.isRemoving
    else { return }
    schedules[id]?.held = nil
    var firing = Firing()
    fire(id, held, outcome: .fired, into: &firing, now)
    record(firing, of: id)
  }

  /// Times that were dealt with are durable.
  mutating func firingIsDurable(_ row: ScheduleRow, _ runs: [ScheduleRunRow], _ now: Moment) {
    schedules[row.id]?.isFiring = false
    for run in runs {
      guard let outcome = ScheduleRun.Outcome(rawValue: run.outcome) else { continue }
      schedules.append(
        ScheduleRun(nominalTime: run.nominalAt, firedTime: run.firedAt, outcome: outcome, taskID: run.taskID),
        to: row.id)
    }
    schedules.setTimer(of: row.id)
  }

  /// A task that someone asked for was not made.
  mutating func firingWasRefused(_ row: ScheduleRow, _ tasks: [TaskRow]) {
    let ids = Set(tasks.map(\.task.id))
    schedules[row.id]?.active.removeAll { ids.contains($0) }
  }

  mutating func scheduleIsDurable(_ row: ScheduleRow) {
    schedules[row.id]?.isConfirmed = true
    schedules.setTimer(of: row.id)
  }

  mutating func scheduleWasRefused(_ row: ScheduleRow, _ before: ScheduleStatus.State?) {
    guard let before else { return schedules.remove(row.id) }
    // One that ended meanwhile has ended.
    guard schedules[row.id]?.state.rawValue == row.state else { return }
    schedules[row.id]?.state = before
    schedules.setTimer(of: row.id)
  }

  private mutating func fireUnlessOverlapping(
    _ id: ScheduleID, _ time: Timestamp, into firing: inout Firing, _ now: Moment
  ) {
    guard let entry = schedules[id], !entry.active.isEmpty else {
      return fire(id, time, outcome: .fired, into: &firing, now)
    }
    switch entry.schedule.overlap {
    case .allow: fire(id, time, outcome: .fired, into: &firing, now)
    case .skip: note(id, time, .overlapped, into: &firing, now)
    case .wait:
      if let replaced = entry.held { note(id, replaced, .overlapped, into: &firing, now) }
      schedules[id]?.held = time
    case .replace:
      for task in entry.active { cancelForReplacement(task, now) }
      fire(id, time, outcome: .fired, into: &firing, now)
    }
  }

  private mutating func fire(
    _ id: ScheduleID, _ time: Timestamp, outcome: ScheduleRun.Outcome, into firing: inout Firing, _ now: Moment
  ) {
    guard waitingCount < configuration.taskQueueSize else {
      metrics.rejectedTasks += 1
      return note(id, time, .refused, into: &firing, now)
    }
    guard let entry = schedules[id] else { return }
    let (task, delay) = entry.draw(nominal: time, ordinal: entry.lastOrdinal + 1)
    let slot = add(entry.schedule.task(task, at: time + delay), scheduleID: id, now)
    schedules[id]?.active.append(task)
    firing.slots.append(slot)
    firing.tasks.append(table[slot].row)
    note(id, time, outcome, task, into: &firing, now)
  }

  private mutating func note(
    _ id: ScheduleID, _ time: Timestamp, _ outcome: ScheduleRun.Outcome, _ task: TaskID? = nil,
    into firing: inout Firing, _ now: Moment
  ) {
    let ordinal = (schedules[id]?.lastOrdinal ?? 0) + 1
    schedules[id]?.lastOrdinal = ordinal
    firing.runs.append(
      ScheduleRunRow(
        scheduleID: id, ordinal: ordinal, nominalAt: time, firedAt: now.civil, outcome: outcome.rawValue, taskID: task))
  }

  private mutating func record(_ firing: Firing, of id: ScheduleID, request: CallID? = nil) {
    guard let row = schedules[id]?.row else { return }
    outbox.append(
      JournalEntry(.fired(row, runs: firing.runs, tasks: firing.tasks, slots: firing.slots), request: request))
  }

  private mutating func cancelForReplacement(_ id: TaskID, _ now: Moment) {
    guard let slot = table.slot(of: id) else { return }
    switch table[slot].phase {
    case .delayed, .ready, .backingOff:
      withdraw(slot)
      // It may have been under way when the runtime stopped.
      actions.append(.abandon(table[slot].task))
      finish(slot, .cancelled, now)
    // One that is not durable yet becomes so first.
    case .unconfirmed, .starting: table[slot].stop = .cancelled
    case .running: stopForCancellation(slot)
    case .ending: break
    }
  }
}
