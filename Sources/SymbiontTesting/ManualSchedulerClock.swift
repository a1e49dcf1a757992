internal import Dispatch
public import SymbiontCore
public import SymbiontScheduling
internal import Synchronization

/// Clocks that stand still until a test moves them.
public final class ManualSchedulerClock: SchedulerClock {
  private struct State {
    var now = Moment(civil: Timestamp(microsecondsSinceEpoch: 1_770_000_000_000_000), elapsed: 0)
    var handler: (@Sendable (SchedulerClockEvent) -> Void)?
    var civil: Timestamp?
    var elapsed: Int64?
    var told = 0
  }

  private let state = Mutex(State())

  /// Makes clocks that stand at a fixed time.
  public init() {}

  /// The moment at which they stand.
  public func now() -> Moment { state.withLock { $0.now } }

  /// How often the scheduler was woken.
  public var wakeups: Int { state.withLock { $0.told } }

  /// The alarms that are set.
  public var alarms: (civil: Timestamp?, elapsed: Int64?) { state.withLock { ($0.civil, $0.elapsed) } }

  /// Names the one who is told.
  public func start(_ handler: @escaping @Sendable (SchedulerClockEvent) -> Void) {
    state.withLock { $0.handler = handler }
  }

  /// Sets the alarms; as with the kernel's timers, one for a time that has passed goes off at once, on another thread.
  public func setAlarms(civil: Timestamp?, elapsed: Int64?) {
    let isDue = state.withLock { state in
      (state.civil, state.elapsed) = (civil, elapsed)
      return Self.isDue(state)
    }
    if isDue { DispatchQueue.global().async { self.tellAlarms() } }
  }

  private static func isDue(_ state: State) -> Bool {
    (state.civil.map { $0 <= state.now.civil } ?? false) || (state.elapsed.map { $0 <= state.now.elapsed } ?? false)
  }

  /// Tells nobody any more.
  public func stop() { state.withLock { $0.handler = nil } }

  /// Lets time pass on both clocks, and tells alarms that come due.
  public func advance(by duration: Duration) {
    state.withLock {
      $0.now.civil += duration
      $0.now.elapsed += Int64(duration / .microseconds(1))
    }
    tellAlarms()
  }

  /// Sets the civil clock.
  public func setClock(by duration: Duration) {
    let handler = state.withLock {
      $0.now.civil += duration
      return $0.handler
    }
    handler?(.clockWasSet)
  }

  /// Tells what is due already.
  public func tellAlarms() {
    while let handler = due() { handler(.alarm) }
  }

  private func due() -> (@Sendable (SchedulerClockEvent) -> Void)? {
    state.withLock { state in
      guard Self.isDue(state) else { return nil }
      (state.civil, state.elapsed) = (nil, nil)
      state.told += 1
      return state.handler
    }
  }
}
