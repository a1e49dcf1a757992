import Dispatch

/// Calls a closure once, unless it is cancelled before.
final class GuestTimer: Sendable {
  // Dispatch objects may be used from every thread; their Swift interface does not say so yet.
  nonisolated(unsafe) private let source: any DispatchSourceTimer

  /// Begins to count; a duration beyond the range of the clock counts as the end of it.
  init(after duration: Duration, _ body: @escaping @Sendable () -> Void) {
    source = DispatchSource.makeTimerSource(queue: .global())
    let nanoseconds = Int(clamping: duration.guestNanoseconds)
    source.schedule(deadline: .now() + .nanoseconds(nanoseconds))
    source.setEventHandler(handler: body)
    source.activate()
  }

  deinit {
    source.cancel()
  }

  func cancel() {
    source.cancel()
  }
}
