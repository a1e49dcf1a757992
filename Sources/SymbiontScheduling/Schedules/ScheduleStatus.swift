public import SymbiontCore

/// A schedule as the scheduler holds it.
public struct ScheduleStatus: Sendable, Hashable {
  /// Whether it comes due.
  public enum State: String, Sendable, Hashable, Codable {
    /// It does.
    case active = "Active"
    /// Somebody paused it: it does not until it is resumed.
    case paused = "Paused"
    /// It does not until its agent, which is suspended, goes on.
    case suspended = "Suspended"
    /// It has no further time.
    case ended = "Ended"
  }

  /// The schedule.
  public var schedule: TaskSchedule
  /// Whether it comes due.
  public var state: State
  /// When it comes due next.
  public var nextTime: Timestamp?
  /// Its tasks that have not ended.
  public var activeTasks: [TaskID]

  /// Makes a value of its parts.
  public init(schedule: TaskSchedule, state: State, nextTime: Timestamp?, activeTasks: [TaskID]) {
    self.schedule = schedule
    self.state = state
    self.nextTime = nextTime
    self.activeTasks = activeTasks
  }
}
