package import SymbiontCore

/// Lets calls of one operation of one agent through, or refuses them at once while they have no chance.
package struct CircuitBreaker: Sendable, Hashable {
  /// When a breaker opens, and for how long.
  package struct Limits: Sendable, Hashable {
    /// How many failures in a row open it.
    package var threshold: Int
    /// How long it stays open, and how long the one call of a half-open breaker may take.
    package var timeout: Duration
    /// Failures that lie further apart are not in a row.
    package var window: Duration

    package init(threshold: Int, timeout: Duration, window: Duration) {
      self.threshold = threshold
      self.timeout = timeout
      self.window = window
    }
  }

  /// What is to be done with a call.
  package enum Admission: Sendable, Hashable {
    /// It goes through.
    case passes
    /// It goes through, and its end decides.
    case decides
    /// It is refused; nothing goes through before this time.
    case refused(until: Timestamp)
  }

  /// What is kept of a breaker; the call that decides is not, because a crash ends it.
  package private(set) var phase = BreakerTable.Phase.closed
  package private(set) var failures = 0
  package private(set) var lastFailureAt: Timestamp?
  /// When an open breaker lets a call through; when the call that decides is given up.
  package private(set) var until: Timestamp?

  /// A breaker that has seen nothing.
  package init() {}

  /// A breaker as it was kept: open when it has a time.
  package init(failures: Int, lastFailureAt: Timestamp?, openUntil: Timestamp?) {
    self.failures = failures
    self.lastFailureAt = lastFailureAt
    if let openUntil {
      phase = .open
      until = openUntil
    }
  }

  /// The time until which it is kept as open: one that is half-open may let a call through at once after a crash.
  package var openUntil: Timestamp? { phase == .closed ? nil : until }

  /// Whether nothing is lost when it is forgotten.
  package var isPristine: Bool { phase == .closed && failures == 0 }

  /// What it shows at a time.
  package func status(at now: Timestamp) -> BreakerStatus {
    switch phase {
    case .closed: .closed
    case .open: until.map { $0 > now ? .open(until: $0) : .halfOpen } ?? .halfOpen
    case .halfOpen: .halfOpen
    }
  }

  /// Decides about a call that wants through.
  package mutating func admit(at now: Timestamp, limits: Limits) -> Admission {
    switch phase {
    case .closed: return .passes
    case .open:
      if let until, until > now { return .refused(until: until) }
      apply(.timeOver)
    case .halfOpen:
      if let until, until > now { return .refused(until: until) }
    }
    until = now + limits.timeout
    return .decides
  }

  /// A call succeeded.
  package mutating func recordSuccess(at now: Timestamp) {
    passTime(now)
    apply(.success)
    guard phase == .closed else { return }
    failures = 0
    lastFailureAt = nil
    until = nil
  }

  /// A call failed.
  package mutating func recordFailure(at now: Timestamp, limits: Limits) {
    passTime(now)
    let isInRow = lastFailureAt.map { now - $0 <= limits.window } ?? false
    // Failures of calls from before it opened change nothing; those in a row are counted while it is closed.
    if phase == .closed { failures = isInRow ? failures + 1 : 1 }
    lastFailureAt = now
    let was = phase
    apply(failures >= limits.threshold ? .thresholdReached : .failure)
    if phase == .open, was != .open { until = now + limits.timeout }
  }

  /// The call that was to decide until a time was never made: the next one does.
  package mutating func giveBackTrial(until given: Timestamp, at now: Timestamp) {
    guard phase == .halfOpen, until == given else { return }
    until = min(now, lastFailureAt ?? now)
  }

  /// Lets the next call decide, as after a restart of the agent.
  package mutating func allowTrial(at now: Timestamp) {
    guard phase == .open else { return }
    // Not later than anything recorded, so that it holds even when the clock is set back before the next start.
    until = min(now, lastFailureAt ?? now)
  }

  private mutating func passTime(_ now: Timestamp) {
    if phase == .open, until.map({ $0 <= now }) ?? true { apply(.timeOver) }
  }

  private mutating func apply(_ event: BreakerTable.Event) { phase = BreakerTable.next(phase, event) }
}
