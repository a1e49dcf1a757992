/// The circuit breaker as a table: what each event makes of each phase.
///
/// | phase | failure | threshold reached | time over | success |
/// | --- | --- | --- | --- | --- |
/// | closed | closed | open | closed | closed |
/// | open | open | open | half-open | open |
/// | half-open | open | open | half-open | closed |
///
/// A success while the breaker is open belongs to a call from before it opened, and proves nothing.
package enum BreakerTable {
  /// What a breaker does with calls.
  package enum Phase: Sendable, Hashable, CaseIterable {
    /// It lets them through.
    case closed
    /// It refuses them.
    case open
    /// It lets one through, which decides.
    case halfOpen
  }

  /// What happens to a breaker.
  package enum Event: Sendable, Hashable, CaseIterable {
    /// A call failed, and fewer than the threshold did in a row.
    case failure
    /// A call failed, and as many as the threshold did in a row.
    case thresholdReached
    /// The time that it stays open is over.
    case timeOver
    /// A call succeeded.
    case success
  }

  /// The phase that follows.
  package static func next(_ phase: Phase, _ event: Event) -> Phase {
    switch (phase, event) {
    case (.closed, .failure), (.closed, .timeOver), (.closed, .success): .closed
    case (.closed, .thresholdReached): .open
    case (.open, .failure), (.open, .thresholdReached), (.open, .success): .open
    case (.open, .timeOver): .halfOpen
    case (.halfOpen, .failure), (.halfOpen, .thresholdReached): .open
    case (.halfOpen, .timeOver): .halfOpen
    case (.halfOpen, .success): .closed
    }
  }
}
