extension ErrorHandlerError {
  /// What happened, with what, and what to do.
  public var message: String {
    switch self {
    case .agentUnknown(let agentID):
      "there is no error history of agent `\(agentID)`: it has had no error, or does not exist"
    case .strategyInvalid(let errorType, let reason):
      "the strategy for \(quoted(errorType.rawValue)) is invalid: \(reason)"
    case .thresholdsInvalid(let reason):
      "the error thresholds are invalid: \(reason)"
    case .recoveryFailed(let agentID, let reason):
      "agent `\(agentID)` could not be recovered: \(reason)"
    case .recoveryExhausted(let agentID, let attempts):
      """
      agent `\(agentID)` was not recovered by \(attempts) attempts: find the cause in its log, then restart \
      it by hand
      """
    case .circuitOpen(let agentID, let until):
      "the circuit breaker of agent `\(agentID)` is open until `\(until)`: try again then"
    case .storeFailed(let reason):
      "the error handler could not reach the store: \(reason)"
    case .shuttingDown:
      "the error handler is shutting down: try again after the restart"
    }
  }
}
