import FoundationEssentials
import SymbiontCore
import SymbiontStore

extension HandlerState {
  /// What a former runtime left.
  init(
    _ configuration: ErrorHandlerConfig, _ environment: RecoveryEnvironment, _ store: borrowing StoreTransaction
  ) throws {
    let known = try store.latestRecoveryTime()
    self.init(time: SteadyTime(civil: environment.now(), elapsed: environment.elapsed(), known: known))
    let now = now(elapsed: environment.elapsed())
    for row in try store.recoveryStrategies() {
      guard let strategy = RecoveryStrategy(text: row.strategy) else {
        throw StoreError.corrupt("the strategy for `\(row.type.rawValue)` is `\(row.strategy)`")
      }
      strategies.register(strategy, for: row.type, of: row.agentID)
    }
    for row in try store.recoveryGroups() {
      for member in try Supervisor(row).group.members { groups[member.agentID] = row.name }
    }
    for row in try store.recoveryBreakers() {
      let thresholds = try store.recoveryAgent(row.agentID)?.thresholds ?? configuration.thresholds
      let limits = CircuitBreaker.Limits(
        threshold: thresholds.circuitBreakerThreshold, timeout: thresholds.circuitBreakerTimeout,
        window: thresholds.window)
      set(.init(breaker: CircuitBreaker(row), limits: limits), row.agentID, OperationName(row.operation))
    }
    let sums = try store.recoveryTotals()
    totals = RecoveryTotals(
      counts: sums.counts, agents: sums.agents, attempts: sums.attempts, successes: sums.successes)
    errorsInWindow = try store.countRecoveryErrors(after: now - configuration.errorAggregationWindow)
  }
}
