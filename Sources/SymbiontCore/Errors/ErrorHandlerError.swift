/// Why an error could not be handled or counted.
public enum ErrorHandlerError: CataloguedError, Hashable {
  /// The error handler knows nothing of the agent.
  case agentUnknown(agentID: AgentID)
  /// The strategy is outside of its bounds.
  case strategyInvalid(errorType: ErrorType, reason: String)
  /// The thresholds are outside of their bounds.
  case thresholdsInvalid(reason: String)
  /// The recovery itself failed.
  case recoveryFailed(agentID: AgentID, reason: String)
  /// Recovery was tried as often as is allowed.
  case recoveryExhausted(agentID: AgentID, attempts: Int)
  /// The circuit breaker of the agent is open.
  case circuitOpen(agentID: AgentID, until: Timestamp)
  /// The store could not read or write what this needed; nothing was changed.
  case storeFailed(reason: String)
  /// The error handler no longer takes work, because the runtime stops.
  case shuttingDown
}
