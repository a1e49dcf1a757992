import Dispatch
public import SymbiontCore
import Synchronization

/// The time that a bus goes by: tests hand in their own.
public protocol MessagingClock: Sendable {
  /// The time of day, which may be set back and forth.
  func now() -> Timestamp
  /// Microseconds of a clock that is never set.
  func elapsed() -> Int64
  /// Sets the one alarm, or clears it with nil.
  ///
  /// The action runs once, at or soon after the moment; a new alarm replaces the one before. It is never run before this
  /// returns.
  func setAlarm(at elapsed: Int64?, action: @escaping @Sendable () -> Void)
}

/// The machine's clocks.
public final class SystemMessagingClock: MessagingClock {
  /// `DispatchSourceTimer` is thread-safe but not marked so on this platform; it is only set up and cancelled here.
  private struct Alarm: @unchecked Sendable {
    let source: any DispatchSourceTimer
  }

  private let start = ContinuousClock.now
  private let queue = DispatchQueue(label: "symbiont.messaging.alarm")
  private let alarm = Mutex<Alarm?>(nil)

  /// Makes a clock.
  public init() {}

  /// The time of day.
  public func now() -> Timestamp { .now() }

  /// Microseconds since the clock was made.
  public func elapsed() -> Int64 { (ContinuousClock.now - start).wholeMicroseconds }

  /// Sets the alarm, on time to the millisecond.
  public func setAlarm(at elapsed: Int64?, action: @escaping @Sendable () -> Void) {
    let next = elapsed.map { moment in
      let source = DispatchSource.makeTimerSource(queue: queue)
      let wait = max(0, moment - self.elapsed())
      source.schedule(deadline: .now() + .microseconds(Int(wait)), leeway: .microseconds(100))
      source.setEventHandler(handler: action)
      source.activate()
      return Alarm(source: source)
    }
    let former = alarm.withLock { alarm in
      defer { alarm = next }
      return alarm
    }
    former?.source.cancel()
  }
}
