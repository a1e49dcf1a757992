internal import FoundationEssentials
internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontScheduling

/// The schedules that an agent's mode and the `schedule` blocks of its program ask for.
struct AgentSchedule: Sendable {
  let agentID: AgentID
  let limits: ResourceLimits

  /// The schedule of an agent that is called at each interval.
  func everyInterval(_ interval: Duration) -> TaskSchedule {
    schedule(named: "", trigger: .interval(interval))
  }

  /// The schedules of the blocks that name the agent; one that names none is of the program's only agent.
  ///
  /// - Throws: ``SchedulerError/scheduleInvalid(expression:reason:)``.
  func blocks(of program: Program, for entry: String) throws(SchedulerError) -> [TaskSchedule] {
    var schedules: [TaskSchedule] = []
    for block in program.declarations.schedules {
      let named = block.settings["agent"]?.stringValue
      guard named != nil || program.agents.count == 1 else {
        throw invalid(block, "it must say which agent it calls: `agent: NAME`")
      }
      if let named, !program.agents.contains(where: { $0.name == named }) {
        throw invalid(block, "there is no agent `\(named)` in the program")
      }
      guard named ?? entry == entry else { continue }
      schedules.append(try schedule(of: block))
    }
    return schedules
  }

  private func schedule(of block: Declarations.Block) throws(SchedulerError) -> TaskSchedule {
    var schedule = schedule(named: block.name, trigger: try trigger(of: block))
    for setting in block.settings {
      let (name, value) = (setting.key, setting.value)
      switch (name, value) {
      case ("agent", _), ("cron", _), ("time_zone", _), ("interval", _), ("at", _): break
      case ("input", _):
        do { schedule.input = Array(try ValueJSON.print(value).utf8) } catch {
          throw invalid(block, "its input: \(error)")
        }
      case ("priority", .string(let text)):
        schedule.priority = try choice(text, Priority.allCases, { "\($0)" }, "priority", block)
      case ("missed_runs", .string(let text)):
        schedule.missedRuns = try choice(text, MissedRunPolicy.allCases, \.rawValue, "missed_runs", block)
      case ("overlap", .string(let text)):
        schedule.overlap = try choice(text, OverlapPolicy.allCases, \.rawValue, "overlap", block)
      case ("timeout", _): schedule.timeout = try duration(value, "timeout", block)
      case ("jitter", _): schedule.jitter = try duration(value, "jitter", block)
      case ("priority", _), ("missed_runs", _), ("overlap", _): throw invalid(block, "`\(name)` must be a word")
      default:
        throw invalid(
          block,
          "it has no setting `\(name)`; it has agent, cron, time_zone, interval, at, input, priority, timeout, missed_runs, overlap and jitter"
        )
      }
    }
    return schedule
  }

  private func trigger(of block: Declarations.Block) throws(SchedulerError) -> ScheduleTrigger {
    let settings = block.settings
    switch (settings["cron"], settings["interval"], settings["at"]) {
    case (.string(let expression)?, nil, nil):
      return .cron(expression, timeZone: settings["time_zone"]?.stringValue ?? "UTC")
    case (nil, let interval?, nil): return .interval(try duration(interval, "interval", block))
    case (nil, nil, .string(let text)?):
      guard let time = Timestamp(text) else { throw invalid(block, "`at` must be a time such as 2027-01-31T08:00:00Z") }
      return .once(at: time)
    default: throw invalid(block, "it must have one of `cron`, `interval` and `at`")
    }
  }

  private func schedule(named name: String, trigger: ScheduleTrigger) -> TaskSchedule {
    TaskSchedule(
      id: Self.id(of: agentID, name), agentID: agentID, trigger: trigger, timeout: limits.executionTimeout,
      origin: .program)
  }

  private func duration(
    _ value: Value, _ name: String, _ block: Declarations.Block
  ) throws(SchedulerError) -> Duration {
    guard let seconds = value.floatValue ?? value.intValue.map(Double.init), seconds >= 0, seconds < 1e9 else {
      throw invalid(block, "`\(name)` must be a duration such as 30s")
    }
    return .seconds(seconds)
  }

  private func choice<T>(
    _ text: String, _ all: [T], _ name: (T) -> String, _ setting: String, _ block: Declarations.Block
  ) throws(SchedulerError) -> T {
    if let found = all.first(where: { name($0) == text.lowercased() }) { return found }
    throw invalid(block, "`\(setting)` must be one of \(all.map(name).joined(separator: ", ")), not `\(text)`")
  }

  private func invalid(_ block: Declarations.Block, _ reason: String) -> SchedulerError {
    .scheduleInvalid(expression: "schedule \(block.name)", reason: reason)
  }

  /// The same name of the same agent is always the same schedule.
  static func id(of agentID: AgentID, _ name: String) -> ScheduleID {
    let digest = LoadedProgram.hash(Array("symbiont schedule \(agentID) \(name)".utf8))
    return ScheduleID(bytes: digest.prefix(UniqueValue.byteCount)) ?? ScheduleID(value: agentID.value)
  }
}
