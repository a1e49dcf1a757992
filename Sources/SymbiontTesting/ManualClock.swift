public import SymbiontCore
import Synchronization

/// A clock that stands still until a test moves it, so that nothing in a test waits for real time.
///
/// A test starts what sleeps on the clock, waits with ``waitForSleepers(_:)`` until it does, and moves the clock:
///
/// ```swift
/// let clock = ManualClock()
/// async let done: Void = clock.sleep(for: .seconds(60))
/// await clock.waitForSleepers(1)
/// clock.advance(by: .seconds(60))
/// try await done
/// ```
public final class ManualClock: Clock {
  /// A moment of a manual clock, by its distance from the clock's beginning.
  public struct Instant: InstantProtocol {
    /// How long after the clock's beginning this is.
    public let offset: Duration

    /// Makes the moment this long after the clock's beginning.
    public init(offset: Duration) {
      self.offset = offset
    }

    /// The moment a duration later.
    public func advanced(by duration: Duration) -> Instant {
      Instant(offset: offset + duration)
    }

    /// How long after this the other moment is.
    public func duration(to other: Instant) -> Duration {
      other.offset - offset
    }

    /// Whether the left moment is before the right one.
    public static func < (left: Instant, right: Instant) -> Bool {
      left.offset < right.offset
    }
  }

  /// The civil time of the clock's beginning.
  public let beginning: Timestamp
  private let state = Mutex(State())

  /// Makes a clock that stands at the given civil time.
  public init(beginning: Timestamp = .epoch) {
    self.beginning = beginning
  }

  /// The present moment.
  public var now: Instant {
    state.withLock { $0.now }
  }

  /// The present civil time, as code that is handed its time gets it.
  public var timestamp: Timestamp {
    beginning + now.offset
  }

  /// The clock has no steps of its own.
  public var minimumResolution: Duration { .zero }

  /// How many tasks sleep on the clock.
  public var sleeperCount: Int {
    state.withLock { $0.sleepers.count }
  }

  /// The earliest moment at which a sleeping task wakes; nil when none sleeps.
  public var nextDeadline: Instant? {
    state.withLock { state in state.sleepers.values.map(\.deadline).min() }
  }
}

extension ManualClock {
  /// Moves the clock forward, and wakes the tasks whose time has come, in order of their deadlines.
  public func advance(by duration: Duration) {
    let woken = state.withLock { state in state.advance(to: state.now.advanced(by: duration)) }
    for continuation in woken {
      continuation.resume()
    }
  }

  /// Moves the clock forward to a moment; one that has passed moves nothing.
  public func advance(to instant: Instant) {
    let woken = state.withLock { state in state.advance(to: instant) }
    for continuation in woken {
      continuation.resume()
    }
  }

  /// Returns when the clock has come to the deadline; throws `CancellationError` as soon as the task is cancelled.
  public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
    let id = state.withLock { $0.makeID() }
    defer { state.withLock { $0.forget(id) } }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: Sleeper.Wakeup) in
        state.withLock { $0.add(Sleeper(deadline: deadline, continuation: continuation), id: id) }.carryOut()
      }
    } onCancel: {
      state.withLock { $0.cancel(id) }?.resume(throwing: CancellationError())
    }
  }

  /// Returns as soon as at least this many tasks sleep on the clock.
  ///
  /// When the task is cancelled it returns at once, so a test that is ended by its time limit does end.
  public func waitForSleepers(_ count: Int) async {
    let id = state.withLock { $0.makeID() }
    defer { state.withLock { $0.forget(id) } }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isThere = state.withLock { $0.addWatcher(Watcher(count: count, continuation: continuation), id: id) }
        if isThere { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.removeWatcher(id) }?.resume()
    }
  }
}
