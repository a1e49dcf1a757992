import Glibc
public import SymbiontCore

/// The clocks of the machine.
///
/// Each alarm is one timer of the kernel, so nothing runs while none is due. The civil one follows the clock when it is
/// set, and tells that it was.
public final class SystemSchedulerClock: SchedulerClock {
  private let civil: KernelTimer
  private let elapsed: KernelTimer

  /// Makes clocks with their timers.
  ///
  /// - Throws: ``ConfigurationError/invalid(field:value:reason:)`` when the kernel gives none.
  public init() throws(ConfigurationError) {
    do {
      civil = try KernelTimer(CLOCK_REALTIME)
      elapsed = try KernelTimer(CLOCK_MONOTONIC)
    } catch { throw .invalid(field: "clock", value: "timerfd", reason: "the kernel gives no timer: \(error)") }
  }

  /// The moment now.
  public func now() -> Moment {
    var time = timespec()
    // Fails only for an unknown clock or a bad address, and neither can be.
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Moment(civil: .now(), elapsed: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
  }

  /// Names the one who is told.
  public func start(_ handler: @escaping @Sendable (SchedulerClockEvent) -> Void) {
    civil.start(handler)
    elapsed.start(handler)
    setAlarms(civil: nil, elapsed: nil)
  }

  /// Sets both alarms anew.
  public func setAlarms(civil time: Timestamp?, elapsed moment: Int64?) {
    // Without a time the far future is waited for, because setting the clock is told only then.
    civil.set((time ?? .latest).microsecondsSinceEpoch)
    elapsed.set(moment)
  }

  /// Tells no one any more.
  public func stop() {
    civil.stop()
    elapsed.stop()
  }
}
