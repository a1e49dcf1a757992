package import SymbiontCore

/// A time that never goes back and does not jump with the machine's clock: windows and timeouts hold when it is set.
///
/// It begins with the civil time, or with the last time that is known when the clock was set back meanwhile, and goes on
/// with a clock that is never set.
package struct SteadyTime: Sendable {
  private let beginning: Timestamp
  private let elapsedAtBeginning: Duration
  private var latest: Timestamp

  /// - Parameter known: The latest time that was recorded before.
  package init(civil: Timestamp, elapsed: Duration, known: Timestamp?) {
    beginning = known.map { max($0, civil) } ?? civil
    elapsedAtBeginning = elapsed
    latest = beginning
  }

  /// The time now.
  package mutating func now(elapsed: Duration) -> Timestamp {
    latest = max(latest, beginning + (elapsed - elapsedAtBeginning))
    return latest
  }
}
