package import SymbiontCore

/// The time that the error handler knows: tests hand in their own.
package struct RecoveryEnvironment: Sendable {
  /// The civil time.
  package var now: @Sendable () -> Timestamp
  /// The time of a clock that is never set.
  package var elapsed: @Sendable () -> Duration
  /// Waits, until the task is cancelled.
  package var sleep: @Sendable (Duration) async throws -> Void

  package init(
    now: @escaping @Sendable () -> Timestamp, elapsed: @escaping @Sendable () -> Duration,
    sleep: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.now = now
    self.elapsed = elapsed
    self.sleep = sleep
  }

  /// The clocks of this machine.
  package static func machine() -> RecoveryEnvironment {
    let start = ContinuousClock.now
    return RecoveryEnvironment(
      now: { .now() }, elapsed: { ContinuousClock.now - start }, sleep: { try await Task.sleep(for: $0) })
  }
}
