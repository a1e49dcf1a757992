public import SymbiontCore
import Synchronization

extension DefaultErrorHandler {
  /// Lets a call of an operation through, or refuses it at once while the breaker is open.
  ///
  /// It waits for nothing. The end of a call that went through is told: a success by
  /// ``recordSuccess(_:operation:)``, a failure by ``handleError(_:error:operation:)``. Of a half-open breaker one call
  /// goes through; when its end is not told within the timeout of the breaker, another one does.
  ///
  /// - Throws: ``ErrorHandlerError/circuitOpen(agentID:until:)``; ``ErrorHandlerError/shuttingDown``.
  public func admit(_ agentID: AgentID, operation: OperationName = .agent) throws(ErrorHandlerError) {
    _ = try trial(agentID, operation: operation)
  }

  /// The same, and gives the call when it decides about a half-open breaker: one that is not made after all must be given
  /// back.
  package func trial(
    _ agentID: AgentID, operation: OperationName = .agent
  ) throws(ErrorHandlerError) -> BreakerTrial? {
    let elapsed = environment.elapsed()
    let (admission, trial) = state.withLock { state -> (CircuitBreaker.Admission?, BreakerTrial?) in
      guard !state.isShutDown else { return (nil, nil) }
      let admission = state.admit(agentID, operation, at: state.now(elapsed: elapsed))
      return (admission, admission == .decides ? state.trial(agentID, operation) : nil)
    }
    switch admission {
    case .passes, .decides: return trial
    case .refused(let until): throw .circuitOpen(agentID: agentID, until: until)
    case nil: throw .shuttingDown
    }
  }

  /// Lets another call decide instead of one that was never made.
  package func giveBack(_ trial: BreakerTrial) {
    let elapsed = environment.elapsed()
    state.withLock { state in state.giveBack(trial, at: state.now(elapsed: elapsed)) }
  }

  /// Takes a success of an operation: failures before it are not in a row any more, and a half-open breaker closes.
  ///
  /// When there was no failure before it, nothing is written and nothing is waited for.
  public func recordSuccess(
    _ agentID: AgentID, operation: OperationName = .agent
  ) async throws(ErrorHandlerError) {
    let now = try admittedTime()
    guard state.withLock({ $0.breaker(agentID, operation) }) != nil else { return }
    try await commit { [records] store in
      try records.succeed(agentID, operation, at: now, in: store)
    } apply: { change, state in
      if let change { state.apply(change) }
    }
  }

  /// The state of the breaker of an operation.
  public func breaker(_ agentID: AgentID, operation: OperationName = .agent) -> BreakerStatus {
    let elapsed = environment.elapsed()
    return state.withLock { state in
      let now = state.now(elapsed: elapsed)
      return state.breaker(agentID, operation)?.breaker.status(at: now) ?? .closed
    }
  }
}
