public import SymbiontCore

/// What became of one time of a schedule.
public struct ScheduleRun: Sendable, Hashable, Codable {
  /// What was done at the time.
  public enum Outcome: String, Sendable, Hashable, Codable {
    /// A task was made.
    case fired = "Fired"
    /// A task was made because someone asked for it.
    case triggered = "Triggered"
    /// It was missed, and left out.
    case missed = "Missed"
    /// It was left out because an earlier task had not ended.
    case overlapped = "Overlapped"
    /// The queue was full.
    case refused = "Refused"
  }

  /// The time that the schedule names.
  public var nominalTime: Timestamp
  /// When it was dealt with.
  public var firedTime: Timestamp
  /// What was done.
  public var outcome: Outcome
  /// The task that was made.
  public var taskID: TaskID?

  /// Makes a value of its parts.
  public init(nominalTime: Timestamp, firedTime: Timestamp, outcome: Outcome, taskID: TaskID? = nil) {
    self.nominalTime = nominalTime
    self.firedTime = firedTime
    self.outcome = outcome
    self.taskID = taskID
  }

  private enum CodingKeys: String, CodingKey {
    case outcome
    case nominalTime = "nominal_time"
    case firedTime = "fired_time"
    case taskID = "task_id"
  }
}
