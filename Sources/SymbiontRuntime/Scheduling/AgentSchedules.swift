internal import Logging
internal import SymbiontCore
internal import SymbiontResources
internal import SymbiontScheduling
internal import SymbiontStore

/// Keeps the scheduler's schedules as the agents' states, modes and programs want them.
struct AgentSchedules: Sendable {
  let store: Store
  let programs: ProgramCache
  let scheduler: DefaultScheduler
  let logger: Logger
  /// What an agent wants is read and done without another change of it in between.
  private let turns = AgentTurns()

  init(store: Store, programs: ProgramCache, scheduler: DefaultScheduler, logger: Logger) {
    self.store = store
    self.programs = programs
    self.scheduler = scheduler
    self.logger = logger
  }

  /// What an agent wants, as the store knows it.
  private struct Wish: Sendable {
    var schedules: [TaskSchedule] = []
    var isPaused = false
  }

  /// Refuses schedules that cannot be understood or never come due.
  func check(_ agentID: AgentID) async throws(SchedulerError) {
    for schedule in try await wish(of: agentID, ignoringState: true).schedules { try scheduler.check(schedule) }
  }

  /// Adds, removes, pauses and resumes schedules until they are what the agent's state says.
  ///
  /// Doing it again changes nothing, so a crash in between is made up for at the next start.
  func synchronize(_ agentID: AgentID) async throws(SchedulerError) {
    try await turns.run(agentID) { () async throws(SchedulerError) in try await fulfil(agentID) }
  }

  private func fulfil(_ agentID: AgentID) async throws(SchedulerError) {
    let wish = try await wish(of: agentID)
    var present: [ScheduleID: ScheduleStatus] = [:]
    for status in await scheduler.schedules() where status.schedule.agentID == agentID {
      if wish.schedules.contains(status.schedule) {
        present[status.schedule.id] = status
      } else {
        try await scheduler.removeSchedule(status.schedule.id)
      }
    }
    for schedule in wish.schedules {
      let state = present[schedule.id]?.state
      if state == nil { try await scheduler.addSchedule(schedule) }
      if wish.isPaused, state != .paused, state != .ended { try await scheduler.pauseSchedule(schedule.id) }
      if !wish.isPaused, state == .paused { try await scheduler.resumeSchedule(schedule.id) }
    }
  }

  /// The same for an agent that does not work any more; of one without schedules nothing is read.
  func rest(_ agentID: AgentID) async throws(SchedulerError) {
    if await scheduler.schedules().contains(where: { $0.schedule.agentID == agentID }) {
      try await synchronize(agentID)
    }
  }

  /// The same for all agents, after a start.
  func synchronizeAll() async throws(StoreError) {
    let agents = try await store.read { store in try store.agentStates().map(\.0) }
    let scheduled = Set(await scheduler.schedules().map(\.schedule.agentID))
    for agentID in Set(agents).union(scheduled) {
      do throws(SchedulerError) { try await synchronize(agentID) } catch {
        logger.error(
          "the schedules of an agent are not as they should be: \(error.message)",
          metadata: ["agent": "\(agentID)", "code": "\(error.code)"])
      }
    }
  }

  private func wish(of agentID: AgentID, ignoringState: Bool = false) async throws(SchedulerError) -> Wish {
    guard let (agent, loaded) = try await programs.load(agentID, from: store, throwing: SchedulerError.self) else {
      return Wish()
    }
    let isPaused = agent.state == .suspended
    guard ignoringState || isPaused || agent.state == .running else { return Wish() }
    guard let program = loaded, let config = try? AgentConfiguration.decode(agent, source: "") else {
      throw .agentUnavailable(agentID: agentID, reason: "its program or its configuration cannot be read")
    }
    let schedule = AgentSchedule(agentID: agentID, limits: config.resourceLimits)
    var wish = Wish(schedules: try schedule.blocks(of: program.program, for: agent.entry), isPaused: isPaused)
    if case .scheduled(let interval) = config.executionMode { wish.schedules.append(schedule.everyInterval(interval)) }
    return wish
  }
}
