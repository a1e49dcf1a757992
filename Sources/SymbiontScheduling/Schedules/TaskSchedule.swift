public import SymbiontCore

/// Who made a schedule, and removes it.
public enum ScheduleOrigin: String, Sendable, Hashable, Codable {
  /// The runtime, because the agent's program or mode asks for it.
  case program
}

/// Tasks that are to be made at times.
public struct TaskSchedule: Sendable, Hashable, Codable, Identifiable {
  /// The schedule.
  public var id: ScheduleID
  /// The agent whose function is called.
  public var agentID: AgentID
  /// When it comes due.
  public var trigger: ScheduleTrigger
  /// How urgent its tasks are.
  public var priority: Priority
  /// How long one attempt of a task may take.
  @WireSeconds public var timeout: Duration
  /// What the tasks are given.
  @WireBase64 public var input: [UInt8]
  /// What becomes of a task when the runtime dies while it runs.
  public var interruption: InterruptionPolicy
  /// What becomes of times that were missed.
  public var missedRuns: MissedRunPolicy
  /// What becomes of a time at which an earlier task has not ended.
  public var overlap: OverlapPolicy
  /// How much later than its time a task may begin; how much it is, is decided for each time by chance.
  @WireSeconds public var jitter: Duration
  /// Who made it; nil for whoever called the scheduler.
  public var origin: ScheduleOrigin?

  /// Makes a schedule; what is not given has its default.
  public init(
    id: ScheduleID, agentID: AgentID, trigger: ScheduleTrigger, priority: Priority = .normal,
    timeout: Duration = .seconds(3_600), input: [UInt8] = [], interruption: InterruptionPolicy = .runAgain,
    missedRuns: MissedRunPolicy = .once, overlap: OverlapPolicy = .skip, jitter: Duration = .zero,
    origin: ScheduleOrigin? = nil
  ) {
    self.id = id
    self.agentID = agentID
    self.trigger = trigger
    self.priority = priority
    self.timeout = timeout
    self.input = input
    self.interruption = interruption
    self.missedRuns = missedRuns
    self.overlap = overlap
    self.jitter = jitter
    self.origin = origin
  }

  private enum CodingKeys: String, CodingKey {
    case id, trigger, priority, timeout, input, interruption, overlap, jitter, origin
    case agentID = "agent_id"
    case missedRuns = "missed_runs"
  }
}

extension TaskSchedule {
  /// The bounds of the fields.
  public enum Bounds {
    /// More often than each second is no schedule; up to a year.
    public static let interval: ClosedRange<Duration> = .seconds(1) ... .seconds(31_536_000)
    /// Up to a day.
    public static let jitter: ClosedRange<Duration> = .zero ... .seconds(86_400)
    /// How many missed times are made up for.
    public static let missedRuns = 100
    /// A time that passed no longer ago than this was not missed.
    public static let lateness: Duration = .seconds(30)
  }
}
