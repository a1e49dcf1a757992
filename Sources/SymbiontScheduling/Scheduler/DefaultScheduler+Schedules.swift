public import SymbiontCore
import Synchronization

extension DefaultScheduler {
  /// Adds a schedule; it is durable when this returns.
  ///
  /// - Throws: ``SchedulerError/scheduleInvalid(expression:reason:)`` when it cannot be understood or never comes due.
  public func addSchedule(_ schedule: TaskSchedule) async throws(SchedulerError) {
    let entry = try ScheduleEntry(schedule, zones: zones, base: clock.now().civil)
    try await demand { $0.addSchedule(entry, request: $1, now: $2) }
  }

  /// Whether a schedule, were it added now, would come due; a time that has passed does not.
  ///
  /// - Throws: ``SchedulerError/scheduleInvalid(expression:reason:)`` when it cannot be understood, or could never.
  package func comesDue(_ schedule: TaskSchedule) throws(SchedulerError) -> Bool {
    guard try ScheduleEntry(schedule, zones: zones, base: clock.now().civil).next == nil else { return true }
    if case .once = schedule.trigger { return false }
    throw .scheduleInvalid(expression: "\(schedule.id)", reason: "it never comes due")
  }

  /// Removes a schedule and its history; tasks that it made stay.
  public func removeSchedule(_ id: ScheduleID) async throws(SchedulerError) {
    try await demand { state, request, _ in state.removeSchedule(id, request: request) }
  }

  /// Lets a schedule not come due until it is resumed.
  public func pauseSchedule(_ id: ScheduleID) async throws(SchedulerError) {
    try await demand { $0.setSchedule(id, to: .paused, from: [.active, .suspended], request: $1, now: $2) }
  }

  /// Lets a schedule come due again; the times that passed meanwhile are left out.
  public func resumeSchedule(_ id: ScheduleID) async throws(SchedulerError) {
    try await demand { $0.setSchedule(id, to: .active, from: [.paused, .suspended], request: $1, now: $2) }
  }

  /// Lets a schedule not come due while its agent is suspended; one that somebody paused stays paused.
  package func setSchedule(_ id: ScheduleID, suspended: Bool) async throws(SchedulerError) {
    try await demand { state, request, now in
      state.setSchedule(
        id, to: suspended ? .suspended : .active, from: suspended ? [.active] : [.suspended], request: request, now: now
      )
    }
  }

  /// Makes a task of the schedule now, whatever its times and overlaps.
  public func triggerSchedule(_ id: ScheduleID) async throws(SchedulerError) -> TaskID {
    switch await request({ $0.trigger(id, request: $1, now: $2) }) {
    case .task(let task): return task
    case .refused(let error): throw error
    case .done, .status: throw .scheduleNotFound(scheduleID: id)
    }
  }

  /// All schedules, by id.
  public func schedules() async -> [ScheduleStatus] {
    core.withLock { $0.state.scheduleStatuses() }
  }

  /// The schedules of an agent, by id; it costs nothing that others have some.
  package func schedules(of agentID: AgentID) -> [ScheduleStatus] {
    core.withLock { $0.state.scheduleStatuses(of: agentID) }
  }

  /// The agents that have schedules.
  package var scheduledAgents: Set<AgentID> { core.withLock { $0.state.scheduledAgents } }

  /// Whether an agent has a schedule.
  package func isScheduled(_ agentID: AgentID) -> Bool { core.withLock { $0.state.isScheduled(agentID) } }

  /// What became of the last times of a schedule, oldest first.
  public func history(of id: ScheduleID) async throws(SchedulerError) -> [ScheduleRun] {
    try entry(id).runs
  }

  /// The next times of a schedule, were it active, at most 1,000.
  public func nextRuns(of id: ScheduleID, count: Int) async throws(SchedulerError) -> [Timestamp] {
    let entry = try entry(id)
    var times: [Timestamp] = []
    var next = entry.plan.next(after: entry.base, laterThan: clock.now().civil)
    while times.count < min(count, Self.mostNextRuns), let time = next {
      times.append(time)
      next = entry.plan.next(after: time)
    }
    return times
  }

  private static let mostNextRuns = 1_000

  private func entry(_ id: ScheduleID) throws(SchedulerError) -> ScheduleEntry {
    guard let entry = core.withLock({ $0.state.schedule(id) }) else { throw .scheduleNotFound(scheduleID: id) }
    return entry
  }
}
