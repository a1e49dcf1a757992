import SymbiontCore
import SymbiontMessaging
import Synchronization

/// A clock that a test moves; alarms ring while it is moved.
final class ManualMessagingClock: MessagingClock {
  private struct State {
    var now = Timestamp(microsecondsSinceEpoch: 1_800_000_000_000_000)
    var elapsed: Int64 = 0
    var alarm: (moment: Int64, action: @Sendable () -> Void)?
  }

  private let state = Mutex(State())

  func now() -> Timestamp { state.withLock { $0.now } }
  func elapsed() -> Int64 { state.withLock { $0.elapsed } }

  func setAlarm(at elapsed: Int64?, action: @escaping @Sendable () -> Void) {
    state.withLock { state in state.alarm = elapsed.map { ($0, action) } }
  }

  /// Moves both clocks on, and rings the alarms on the way.
  func advance(by duration: Duration) {
    let end = elapsed() + duration.microseconds
    while let action = ringNext(before: end) { action() }
    state.withLock { state in
      state.now += .microseconds(end - state.elapsed)
      state.elapsed = end
    }
  }

  /// Sets the time of day, as an operator does; what has elapsed is another matter.
  func jump(by duration: Duration) {
    state.withLock { $0.now += duration }
  }

  private func ringNext(before end: Int64) -> (@Sendable () -> Void)? {
    state.withLock { state in
      guard let alarm = state.alarm, alarm.moment <= end else { return nil }
      let moment = max(alarm.moment, state.elapsed)
      state.now += .microseconds(moment - state.elapsed)
      state.elapsed = moment
      state.alarm = nil
      return alarm.action
    }
  }
}

extension Duration {
  var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
