import SymbiontCore
import SymbiontRuntime
import Synchronization

/// A time source that moves only when a test moves it.
final class ManualTime: TimeSource {
  private struct State {
    var now: Timestamp
    var alarm: (at: Timestamp, action: @Sendable () -> Void)?
    var followers: [@Sendable () -> Void] = []
  }

  private let state: Mutex<State>

  init(_ start: Timestamp = Timestamp(microsecondsSinceEpoch: 1_760_000_000_000_000)) {
    state = Mutex(State(now: start))
  }

  func now() -> Timestamp { state.withLock { $0.now } }

  func setAlarm(at time: Timestamp?, action: @escaping @Sendable () -> Void) {
    let fireNow = state.withLock { state in
      guard let time else {
        state.alarm = nil
        return false
      }
      if time <= state.now { return true }
      state.alarm = (time, action)
      return false
    }
    if fireNow { action() }
  }

  /// Has an action run whenever the time was moved.
  func onAdvance(_ action: @escaping @Sendable () -> Void) { state.withLock { $0.followers.append(action) } }

  /// Moves the time, forwards or backwards, and rings the alarm when it is due.
  func advance(by duration: Duration) {
    let actions = state.withLock { state in
      state.now += duration
      guard let alarm = state.alarm, alarm.at <= state.now else { return state.followers }
      state.alarm = nil
      return state.followers + [alarm.action]
    }
    for action in actions { action() }
  }
}
