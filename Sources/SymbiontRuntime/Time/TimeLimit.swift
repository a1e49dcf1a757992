internal import Dispatch
internal import Synchronization

/// Waits for work that calls back, but not longer than a limit.
enum TimeLimit {
  /// Calls back at most once.
  private final class Once<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Value?, Never>?>

    init(_ continuation: CheckedContinuation<Value?, Never>) { self.continuation = Mutex(continuation) }

    func resume(_ value: Value?) {
      let waiter = continuation.withLock { continuation in
        defer { continuation = nil }
        return continuation
      }
      waiter?.resume(returning: value)
    }
  }

  /// The value that the work calls back with, or `nil` after the limit; the work itself is not stopped.
  static func run<Value: Sendable>(
    _ limit: Duration, _ work: (@escaping @Sendable (Value) -> Void) -> Void
  ) async -> Value? {
    await withCheckedContinuation { continuation in
      let once = Once(continuation)
      let expiry = DispatchWorkItem { once.resume(nil) }
      DispatchQueue.global().asyncAfter(
        deadline: .now() + .microseconds(Int(clamping: limit.microseconds)), execute: expiry)
      work { value in once.resume(value) }
    }
  }

  /// The result of blocking work on a thread of its own, or `nil` after the limit.
  static func runBlocking<Value: Sendable>(
    _ limit: Duration, _ work: @escaping @Sendable () -> Value
  ) async -> Value? {
    await run(limit) { done in DispatchQueue.global().async { done(work()) } }
  }
}
