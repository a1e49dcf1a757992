public import SymbiontCore

/// The time that the scheduler knows, and its alarms: tests hand in their own.
public protocol SchedulerClock: Sendable {
  /// The moment now.
  func now() -> Moment

  /// Names the one who is told of alarms and of changes of the civil time; called once, before any alarm is set.
  func start(_ handler: @escaping @Sendable (SchedulerClockEvent) -> Void)

  /// Sets both alarms anew: at a civil time, and at a time of the clock that is never set. A time that has passed is due
  /// at once, but the handler is never called before this returns.
  func setAlarms(civil: Timestamp?, elapsed: Int64?)

  /// Calls the handler no more.
  func stop()
}

/// What a clock tells.
public enum SchedulerClockEvent: Sendable, Hashable {
  /// An alarm is due; it is not set any more.
  case alarm
  /// Someone set the civil time.
  case clockWasSet
}
