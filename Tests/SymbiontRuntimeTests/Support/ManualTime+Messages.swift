import SymbiontCore
import SymbiontMessaging
import Synchronization

/// The clock of the message bus that moves with a manual time.
final class ManualMessageTime: MessagingClock {
  private let time: ManualTime
  private let alarm = Mutex<(at: Int64, action: @Sendable () -> Void)?>(nil)

  init(_ time: ManualTime) {
    self.time = time
    time.onAdvance { [weak self] in self?.ring() }
  }

  func now() -> Timestamp { time.now() }
  func elapsed() -> Int64 { time.now().microsecondsSinceEpoch }

  func setAlarm(at elapsed: Int64?, action: @escaping @Sendable () -> Void) {
    alarm.withLock { $0 = elapsed.map { ($0, action) } }
  }

  private func ring() {
    let now = elapsed()
    let action = alarm.withLock { alarm -> (@Sendable () -> Void)? in
      guard let due = alarm, due.at <= now else { return nil }
      alarm = nil
      return due.action
    }
    action?()
  }
}
