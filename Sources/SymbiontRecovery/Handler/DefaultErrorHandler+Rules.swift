public import SymbiontCore
import SymbiontStore

extension DefaultErrorHandler {
  /// Sets how errors of a type are recovered from, for agents without a strategy of their own.
  ///
  /// - Throws: ``ErrorHandlerError/strategyInvalid(errorType:reason:)`` for a payload that is out of bounds;
  ///   ``ErrorHandlerError/storeFailed(reason:)``; ``ErrorHandlerError/shuttingDown``.
  public func registerStrategy(_ errorType: ErrorType, strategy: RecoveryStrategy) async throws(ErrorHandlerError) {
    try await register(strategy, for: errorType, of: nil)
  }

  /// The same for the errors of one agent.
  public func registerStrategy(
    _ errorType: ErrorType, strategy: RecoveryStrategy, for agentID: AgentID
  ) async throws(ErrorHandlerError) {
    if case .failover(agentID) = strategy {
      throw .strategyInvalid(errorType: errorType, reason: "`backup_agent` is the agent itself: name another")
    }
    try await register(strategy, for: errorType, of: agentID)
  }

  private func register(
    _ strategy: RecoveryStrategy, for type: ErrorType, of agentID: AgentID?
  ) async throws(ErrorHandlerError) {
    _ = try admittedTime()
    do { try strategy.validate() } catch { throw .strategyInvalid(errorType: type, reason: error.message) }
    let row = RecoveryStrategyRow(agentID: agentID, type: type, strategy: strategy.text)
    try await commit { store in
      try store.putRecoveryStrategy(row)
    } apply: { _, state in
      state.strategies.register(strategy, for: type, of: agentID)
    }
  }

  /// Sets when the errors of the agent are too many.
  ///
  /// - Throws: ``ErrorHandlerError/thresholdsInvalid(reason:)`` when they are out of bounds, or ask for more errors than
  ///   are kept; ``ErrorHandlerError/storeFailed(reason:)``; ``ErrorHandlerError/shuttingDown``.
  public func setErrorThresholds(_ agentID: AgentID, thresholds: ErrorThresholds) async throws(ErrorHandlerError) {
    _ = try admittedTime()
    try Self.check(thresholds, configuration)
    let configuration = configuration
    try await commit { store in
      let before = try store.recoveryAgent(agentID)
      var after = before ?? RecoveryAgentRow(agentID: agentID)
      after.thresholds = thresholds
      // A longer window reaches further back; what is not kept any more slides out at the next error.
      after.windowFirst = max(1, after.lastNumber - configuration.maxErrorHistory + 1)
      try store.putRecoveryAgent(after)
      return AgentChange(agentID: agentID, before: before, after: after)
    } apply: { change, state in
      state.apply(change)
    }
  }

  /// Refuses thresholds that are out of bounds or can never be reached.
  static func check(
    _ thresholds: ErrorThresholds, _ configuration: ErrorHandlerConfig
  ) throws(ErrorHandlerError) {
    do { try thresholds.validate() } catch { throw .thresholdsInvalid(reason: error.message) }
    guard thresholds.escalationThreshold <= configuration.maxErrorHistory else {
      throw .thresholdsInvalid(
        reason: """
          `escalation_threshold` is \(thresholds.escalationThreshold), but only \(configuration.maxErrorHistory) errors \
          of an agent are kept and counted: lower it, or raise `max_error_history`
          """)
    }
  }

  /// Forgets the errors of the agent and the recoveries that are under way, and closes its circuit breakers.
  ///
  /// Its thresholds, its strategies and its place in a group stay. So do recoveries without whose end agents would stay
  /// stopped, or a group half ended: the restarts, and what follows the rules of a group.
  ///
  /// - Throws: ``ErrorHandlerError/agentUnknown(agentID:)`` when nothing is known of the agent;
  ///   ``ErrorHandlerError/storeFailed(reason:)``; ``ErrorHandlerError/shuttingDown``.
  public func clearErrorHistory(_ agentID: AgentID) async throws(ErrorHandlerError) {
    _ = try admittedTime()
    try await commit { store in
      guard let before = try store.recoveryAgent(agentID) else {
        throw ErrorHandlerError.agentUnknown(agentID: agentID)
      }
      let operations = try store.recoveryBreakers(of: agentID).map { OperationName($0.operation) }
      try store.removeRecoveryErrors(of: agentID, through: before.lastNumber)
      try store.removeRecoveryBreakers(of: agentID)
      var after = RecoveryAgentRow(agentID: agentID)
      for row in try store.recoveryPlans(of: agentID) {
        let plan = try RecoveryPlan(row)
        if plan.mustEnd {
          after.attempts += plan.strategy.isRecovery ? 1 : 0
        } else {
          _ = try store.removeRecoveryPlan(row.agentID, operation: row.operation, number: row.number)
        }
      }
      // Numbers go on, so that the end of a recovery from before is not taken for that of a later one.
      after.lastNumber = before.lastNumber
      after.windowFirst = before.lastNumber + 1
      after.thresholds = before.thresholds
      try store.putRecoveryAgent(after)
      return (AgentChange(agentID: agentID, before: before, after: after), operations)
    } apply: { (result: (AgentChange, [OperationName]), state) in
      state.apply(result.0)
      state.forgetBreakers(of: agentID, result.1)
    }
  }

  /// Forgets everything of an agent that does not exist any more but its place in a group; that nothing is known of it is
  /// no error.
  public func forgetAgent(_ agentID: AgentID) async throws(ErrorHandlerError) {
    let follow = try await store.write(throwing: ErrorHandlerError.self) { store in
      try self.forget(agentID, in: store)
    }
    follow()
  }
}
