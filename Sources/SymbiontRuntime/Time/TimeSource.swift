internal import Dispatch
public import SymbiontCore
internal import Synchronization

/// The time of day and one alarm: all the time that the runtime knows, so that tests can hand in their own.
public protocol TimeSource: Sendable {
  /// The time now.
  func now() -> Timestamp
  /// Sets the one alarm, or clears it with `nil`. The action runs once, at or soon after the time; a new alarm replaces
  /// the one before.
  func setAlarm(at time: Timestamp?, action: @escaping @Sendable () -> Void)
}

/// The machine's clock.
///
/// Its alarm follows the wall clock, so it keeps its time when the clock is set.
public final class SystemTime: TimeSource {
  private let queue = DispatchQueue(label: "symbiont.alarm")
  private let timer = Mutex<Alarm?>(nil)

  /// `DispatchSourceTimer` is thread-safe but not marked so on this platform; it is only set up and cancelled here.
  private struct Alarm: @unchecked Sendable {
    let source: any DispatchSourceTimer
  }

  /// Makes a clock.
  public init() {}

  /// The time now.
  public func now() -> Timestamp { .now() }

  /// Sets the alarm.
  public func setAlarm(at time: Timestamp?, action: @escaping @Sendable () -> Void) {
    let alarm = time.map { time in
      let source = DispatchSource.makeTimerSource(queue: queue)
      let microseconds = max(0, (time - .now()).microseconds)
      source.schedule(wallDeadline: .now() + .microseconds(Int(clamping: microseconds)), leeway: .milliseconds(1))
      source.setEventHandler(handler: action)
      source.activate()
      return Alarm(source: source)
    }
    let previous = timer.withLock { timer in
      defer { timer = alarm }
      return timer
    }
    previous?.source.cancel()
  }
}

extension Duration {
  /// Whole microseconds, towards zero.
  var microseconds: Int64 {
    let (seconds, attoseconds) = components
    let whole = seconds.multipliedReportingOverflow(by: 1_000_000)
    guard !whole.overflow else { return seconds < 0 ? .min : .max }
    return whole.partialValue.addingReportingOverflow(attoseconds / 1_000_000_000_000).partialValue
  }
}
