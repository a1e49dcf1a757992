import SymbiontCore
import SymbiontScheduling
import SymbiontTesting

extension SchedulerSimulation {
  private static let second: Int64 = 1_000_000

  /// Something happens.
  mutating func step() async throws {
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<24: schedule()
    case 24..<29: cancel()
    case 29..<34: changePriority()
    case 34:
      let agent = agents.randomElement(using: &random) ?? agents[0]
      let isHeld = Bool.random(using: &random)
      setHeld(agent, isHeld)
    case 35: state.setPaused(Bool.random(using: &random), request: ledger.request(.other))
    case 36..<39: try addSchedule()
    case 39..<42: changeSchedule()
    case 42..<56:
      world.advance(.random(in: 0...5 * Self.second, using: &random))
      state.alarm(world.now)
    case 56..<58:
      world.setClock(by: .random(in: -20_000...20_000, using: &random) * Self.second)
      state.clockWasSet(world.now)
    case 58..<78: endWork()
    case 78..<95: try await commit()
    case 95..<97: try await refuse()
    default: try await crash()
    }
    try await follow()
  }

  private mutating func schedule() {
    let tasks = (0..<Int.random(in: 1...3, using: &random)).map { _ in
      ScheduledTask(
        id: TaskID(timestamp: world.now.civil, using: &random),
        agentID: agents.randomElement(using: &random) ?? agents[0],
        priority: Priority.allCases.randomElement(using: &random) ?? .normal,
        scheduledTime: world.now.civil + .seconds(Int64.random(in: -5...10, using: &random)),
        timeout: .seconds(Int64.random(in: 1...60, using: &random)),
        interruption: Bool.random(using: &random) ? .runAgain : .fail)
    }
    state.schedule(tasks, request: ledger.request(.schedule(tasks)), now: world.now)
  }

  private mutating func anyTask() -> TaskID? {
    ledger.acknowledged.keys.sorted().suffix(20).randomElement(using: &random)
  }

  private mutating func cancel() {
    guard let id = anyTask() else { return }
    state.cancel(id, request: ledger.request(.cancel(id)), now: world.now)
  }

  private mutating func changePriority() {
    guard let id = anyTask() else { return }
    let priority = Priority.allCases.randomElement(using: &random) ?? .normal
    state.updatePriority(id, priority, request: ledger.request(.other), now: world.now)
  }

  private mutating func addSchedule() throws {
    guard schedules.count < 3 else { return }
    let triggers: [ScheduleTrigger] = [
      .interval(.seconds(Int64.random(in: 2...20, using: &random))), .cron("*/5 * * * * *", timeZone: "Europe/Berlin"),
      .once(at: world.now.civil + .seconds(Int64.random(in: 1...60, using: &random))),
    ]
    let schedule = TaskSchedule(
      id: ScheduleID(timestamp: world.now.civil, using: &random), agentID: agents[0],
      trigger: triggers.randomElement(using: &random) ?? triggers[0], timeout: .seconds(5),
      missedRuns: MissedRunPolicy.allCases.randomElement(using: &random) ?? .once,
      overlap: OverlapPolicy.allCases.randomElement(using: &random) ?? .skip, jitter: .seconds(1))
    schedules.append(schedule.id)
    state.addSchedule(
      try ScheduleEntry(schedule, zones: ZoneDatabase(), base: world.now.civil), request: ledger.request(.other),
      now: world.now)
  }

  private mutating func changeSchedule() {
    guard let id = schedules.randomElement(using: &random) else { return }
    switch Int.random(in: 0..<6, using: &random) {
    case 0, 1:
      state.setSchedule(
        id, to: Bool.random(using: &random) ? .paused : .suspended, from: [.active], request: ledger.request(.other),
        now: world.now)
    case 2, 3:
      state.setSchedule(
        id, to: .active, from: [.paused, .suspended], request: ledger.request(.other), now: world.now)
    case 4: state.trigger(id, request: ledger.request(.other), now: world.now)
    default: state.removeSchedule(id, request: ledger.request(.other))
    }
  }

  mutating func endWork() {
    guard let id = world.work.keys.sorted().randomElement(using: &random), let work = world.work.removeValue(forKey: id)
    else { return }
    let end: AttemptEnd =
      switch Int.random(in: 0..<(work.isStopped ? 4 : 10), using: &random) {
      case 0...2: .failed(ErrorRecord(code: "C", message: "m", isRetryable: true))
      case 4: .failed(ErrorRecord(code: "C", message: "m", isRetryable: false))
      default: .completed([1])
      }
    state.attemptEnded(work.slot, executionID: id, end, now: world.now)
  }
}
