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
    var isSuspended = false
    /// Whether the agent will never work again, so that nobody's schedules of it have a use.
    var isGone = false
  }

  /// Refuses schedules that cannot be understood or never come due.
  func check(_ agentID: AgentID) async throws(SchedulerError) {
    for schedule in try await wish(of: agentID, ignoringState: true).schedules { _ = try scheduler.comesDue(schedule) }
  }

  /// Adds, removes, suspends and resumes the schedules of an agent's program until they are what its state says; those that
  /// others made rest with it, and what others paused stays as it is.
  ///
  /// Doing it again changes nothing, so a crash in between is made up for at the next start.
  func synchronize(_ agentID: AgentID) async throws(SchedulerError) {
    try await turns.run(agentID) { () async throws(SchedulerError) in try await fulfil(agentID) }
  }

  private func fulfil(_ agentID: AgentID) async throws(SchedulerError) {
    let wish = try await wish(of: agentID)
    let wished = Set(wish.schedules.map(\.id))
    var present: [ScheduleID: ScheduleStatus] = [:]
    for status in scheduler.schedules(of: agentID) {
      let isOfProgram = status.schedule.origin == .program || wished.contains(status.schedule.id)
      if wish.schedules.contains(status.schedule) {
        present[status.schedule.id] = status
      } else if isOfProgram || wish.isGone {
        try await scheduler.removeSchedule(status.schedule.id)
      } else if wish.isSuspended != (status.state == .suspended) {
        try await scheduler.setSchedule(status.schedule.id, suspended: wish.isSuspended)
      }
    }
    var failure: SchedulerError?
    // One that cannot be had does not keep the others from coming due.
    for schedule in wish.schedules {
      do throws(SchedulerError) { try await fulfil(schedule, present[schedule.id]?.state, wish.isSuspended) } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
  }

  private func fulfil(
    _ schedule: TaskSchedule, _ state: ScheduleStatus.State?, _ isSuspended: Bool
  ) async throws(SchedulerError) {
    if state == nil {
      guard try scheduler.comesDue(schedule) else { return }
      try await scheduler.addSchedule(schedule)
    }
    if isSuspended != (state == .suspended) { try await scheduler.setSchedule(schedule.id, suspended: isSuspended) }
  }

  /// Lets no task of an agent begin while it is suspended, and lets it go when that cannot be told.
  func hold(_ agentID: AgentID) async throws(SchedulerError) {
    try await turns.run(agentID) { () async throws(SchedulerError) in
      let state = try? await store.read { store in try store.agentStanding(agentID)?.state }
      scheduler.setHeld(agentID, state == .suspended)
    }
  }

  /// Whether no task of an agent begins.
  func isHeld(_ agentID: AgentID) -> Bool { scheduler.isHeld(agentID) }

  /// Synchronizes an agent that does not work any more; of one without schedules nothing is read.
  func rest(_ agentID: AgentID) async throws(SchedulerError) {
    try await turns.run(agentID) { () async throws(SchedulerError) in
      guard scheduler.isScheduled(agentID) else { return }
      try await fulfil(agentID)
    }
  }

  /// The same for all agents, after a start.
  func synchronizeAll() async throws(StoreError) {
    let agents = try await store.read { store in try store.agentStates().map(\.0) }
    for agentID in scheduler.scheduledAgents.union(agents) {
      do throws(SchedulerError) { try await synchronize(agentID) } catch {
        logger.error(
          "the schedules of an agent are not as they should be: \(error.message)",
          metadata: ["agent": "\(agentID)", "code": "\(error.code)"])
      }
    }
  }

  private func wish(of agentID: AgentID, ignoringState: Bool = false) async throws(SchedulerError) -> Wish {
    guard let (agent, loaded) = try await programs.load(agentID, from: store, throwing: SchedulerError.self) else {
      return Wish(isGone: true)
    }
    let isSuspended = agent.state == .suspended
    guard ignoringState || isSuspended || agent.state == .running else {
      return Wish(isGone: agent.state == .terminated || agent.state == .terminating)
    }
    guard let program = loaded, let config = try? AgentConfiguration.decode(agent, source: "") else {
      throw .agentUnavailable(agentID: agentID, reason: "its program or its configuration cannot be read")
    }
    let schedule = AgentSchedule(agentID: agentID, limits: config.resourceLimits)
    var wish = Wish(schedules: try schedule.blocks(of: program.program, for: agent.entry), isSuspended: isSuspended)
    if case .scheduled(let interval) = config.executionMode { wish.schedules.append(schedule.everyInterval(interval)) }
    return wish
  }
}
