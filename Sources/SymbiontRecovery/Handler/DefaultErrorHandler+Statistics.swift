public import SymbiontCore
import SymbiontStore
import Synchronization

extension DefaultErrorHandler {
  /// What is known of the agent.
  ///
  /// Its breaker is the worst of those of its operations. Errors in the window are counted as far as they are kept.
  ///
  /// - Throws: ``ErrorHandlerError/agentUnknown(agentID:)`` when it had no error since the history was cleared;
  ///   ``ErrorHandlerError/storeFailed(reason:)``; ``ErrorHandlerError/shuttingDown``.
  public func getErrorStats(_ agentID: AgentID) async throws(ErrorHandlerError) -> ErrorStatistics {
    let now = try admittedTime()
    let configuration = configuration
    return try await store.read(throwing: ErrorHandlerError.self) { store in
      guard let row = try store.recoveryAgent(agentID), row.firstErrorAt != nil else {
        throw ErrorHandlerError.agentUnknown(agentID: agentID)
      }
      let thresholds = row.thresholds ?? configuration.thresholds
      var window = ErrorWindow(first: row.windowFirst, last: row.lastNumber)
      try window.slide(to: now, window: thresholds.window, keeping: configuration.maxErrorHistory) {
        try store.recoveryErrorTime(agentID, number: $0)
      }
      let breakers = try store.recoveryBreakers(of: agentID).map { CircuitBreaker($0).status(at: now) }
      return ErrorStatistics(
        agentID: agentID, totalErrors: row.counts.reduce(0, +), errorCounts: row.counts.byType,
        errorsInWindow: window.count, firstErrorAt: row.firstErrorAt, lastErrorAt: row.lastErrorAt,
        lastError: try store.recoveryErrors(of: agentID, limit: 1).first?.record, recoveryAttempts: row.attempts,
        successfulRecoveries: row.successes, breaker: breakers.max { $0.severity < $1.severity } ?? .closed)
    }
  }

  /// What is known of all agents.
  ///
  /// When the store cannot be read, the errors in the window are those that were read last.
  public func getSystemErrorStats() async -> SystemErrorStatistics {
    let elapsed = environment.elapsed()
    let now = state.withLock { $0.now(elapsed: elapsed) }
    let begin = now - configuration.errorAggregationWindow
    let counted = try? await store.read { store in try store.countRecoveryErrors(after: begin) }
    return state.withLock { state in
      state.errorsInWindow = counted ?? state.errorsInWindow
      return SystemErrorStatistics(
        totalErrors: state.totals.counts.reduce(0, +), errorCounts: state.totals.counts.byType,
        errorsInWindow: state.errorsInWindow, affectedAgents: state.totals.agents,
        openBreakers: state.openBreakers(at: now), recoveryAttempts: state.totals.attempts,
        successfulRecoveries: state.totals.successes)
    }
  }

  /// The kept errors of the agent, the newest first.
  public func errors(of agentID: AgentID, limit: Int = 100) async throws(ErrorHandlerError) -> [ErrorRecord] {
    let limit = min(max(limit, 0), configuration.maxErrorHistory)
    return try await store.read(throwing: ErrorHandlerError.self) { store in
      try store.recoveryErrors(of: agentID, limit: limit).map(\.record)
    }
  }
}

extension BreakerStatus {
  /// By which the worst of several is found.
  fileprivate var severity: (Int, Int64) {
    switch self {
    case .closed: (0, 0)
    case .halfOpen: (1, 0)
    case .open(let until): (2, until.microsecondsSinceEpoch)
    }
  }
}
