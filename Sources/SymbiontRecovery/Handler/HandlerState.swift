import SymbiontCore
import SymbiontStore

/// What the error handler keeps at hand beside the store: breakers that calls are admitted by, rules and sums.
///
/// It follows the store: it changes when a commit is known, in the order of the commits.
struct HandlerState: Sendable {
  /// The breaker of one operation of one agent.
  struct BreakerKey: Hashable, Sendable {
    let agentID: AgentID
    let operation: OperationName
  }

  /// A breaker that has seen a failure, with the limits of its agent at that time.
  struct GuardedBreaker: Sendable {
    var breaker: CircuitBreaker
    var limits: CircuitBreaker.Limits
  }

  var strategies = StrategyBook()
  /// The group of each supervised agent.
  var groups: [AgentID: String] = [:]
  var totals = RecoveryTotals()
  var isShutDown = false
  /// The errors in the window of all agents, when that was last read.
  var errorsInWindow = 0
  private(set) var breakers: [BreakerKey: GuardedBreaker] = [:]
  private var time: SteadyTime

  init(time: SteadyTime) {
    self.time = time
  }

  mutating func now(elapsed: Duration) -> Timestamp { time.now(elapsed: elapsed) }

  /// Takes what a commit made of an agent.
  mutating func apply(_ change: AgentChange) {
    totals.replace(change.before, by: change.after)
    if let (operation, breaker) = change.breaker { set(breaker, change.agentID, operation) }
  }

  mutating func set(_ breaker: GuardedBreaker, _ agentID: AgentID, _ operation: OperationName) {
    let key = BreakerKey(agentID: agentID, operation: operation)
    breakers[key] = breaker.breaker.isPristine ? nil : breaker
  }

  func breaker(_ agentID: AgentID, _ operation: OperationName) -> GuardedBreaker? {
    breakers[BreakerKey(agentID: agentID, operation: operation)]
  }

  /// Decides about a call; most have no breaker that has seen anything.
  mutating func admit(_ agentID: AgentID, _ operation: OperationName, at now: Timestamp) -> CircuitBreaker.Admission {
    let key = BreakerKey(agentID: agentID, operation: operation)
    guard var entry = breakers[key] else { return .passes }
    let admission = entry.breaker.admit(at: now, limits: entry.limits)
    breakers[key] = entry
    return admission
  }

  /// The call that decides, when the last one that was let through does.
  func trial(_ agentID: AgentID, _ operation: OperationName) -> BreakerTrial? {
    breaker(agentID, operation)?.breaker.until.map { BreakerTrial(agentID: agentID, operation: operation, until: $0) }
  }

  mutating func giveBack(_ trial: BreakerTrial, at now: Timestamp) {
    let key = BreakerKey(agentID: trial.agentID, operation: trial.operation)
    breakers[key]?.breaker.giveBackTrial(until: trial.until, at: now)
  }

  mutating func forgetBreakers(of agentID: AgentID, _ operations: [OperationName]) {
    for operation in operations { breakers[BreakerKey(agentID: agentID, operation: operation)] = nil }
  }

  func openBreakers(at now: Timestamp) -> Int {
    breakers.values.reduce(0) { count, entry in
      if case .open = entry.breaker.status(at: now) { count + 1 } else { count }
    }
  }
}

/// What a commit made of an agent.
struct AgentChange: Sendable {
  var agentID: AgentID
  var before: RecoveryAgentRow?
  var after: RecoveryAgentRow?
  var breaker: (OperationName, HandlerState.GuardedBreaker)?
}

/// The sums over all agents.
struct RecoveryTotals: Sendable, Equatable {
  var counts = Array(repeating: 0, count: ErrorType.allCases.count)
  var agents = 0
  var attempts = 0
  var successes = 0

  /// Takes the place of an agent's former counts.
  mutating func replace(_ before: RecoveryAgentRow?, by after: RecoveryAgentRow?) {
    for (row, sign) in [(before, -1), (after, 1)] {
      guard let row else { continue }
      for position in counts.indices { counts[position] += sign * row.counts[position] }
      agents += row.firstErrorAt == nil ? 0 : sign
      attempts += sign * row.attempts
      successes += sign * row.successes
    }
  }
}

extension [Int] {
  /// The counts by type, in the order of declaration; types without an error are absent.
  var byType: [ErrorType: Int] {
    Dictionary(uniqueKeysWithValues: ErrorType.allCases.map { ($0, self[$0.position]) }.filter { $0.1 > 0 })
  }
}
