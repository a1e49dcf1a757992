/// Decides what is done about errors of agents, and counts them (specification, "Error Handler").
public protocol ErrorHandler: Sendable {
  /// Counts an error of the agent, and says what is to be done about it.
  func handleError(_ agentID: AgentID, error: RuntimeError) async throws(ErrorHandlerError) -> ErrorAction

  /// Sets how errors of a type are recovered from.
  func registerStrategy(_ errorType: ErrorType, strategy: RecoveryStrategy) async throws(ErrorHandlerError)

  /// What is known of the agent; throws ``ErrorHandlerError/agentUnknown(agentID:)`` when nothing is.
  func getErrorStats(_ agentID: AgentID) async throws(ErrorHandlerError) -> ErrorStatistics

  /// What is known of all agents.
  func getSystemErrorStats() async -> SystemErrorStatistics

  /// Sets when the errors of the agent are too many.
  func setErrorThresholds(_ agentID: AgentID, thresholds: ErrorThresholds) async throws(ErrorHandlerError)

  /// Forgets the errors of the agent, and closes its circuit breaker.
  func clearErrorHistory(_ agentID: AgentID) async throws(ErrorHandlerError)

  /// Stops handling errors.
  func shutdown() async throws(ErrorHandlerError)
}
