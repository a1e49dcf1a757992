extension LifecycleError {
  /// What happened, with what, and what to do.
  public var message: String {
    switch self {
    case .agentNotFound(let agentID):
      "there is no agent `\(agentID)`: list the agents to see their ids"
    case .agentAlreadyExists(let agentID):
      "agent `\(agentID)` already exists: update its configuration, or create it under another id"
    case .invalidStateTransition(let from, let to):
      """
      an agent cannot go from `\(from.rawValue)` to `\(to.rawValue)`: read its state and choose an operation \
      that it allows
      """
    case .initializationFailed(let agentID, let reason):
      "agent `\(agentID)` could not be initialized: \(reason)"
    case .startFailed(let agentID, let reason):
      "agent `\(agentID)` could not be started: \(reason)"
    case .limitUnenforceable(let agentID, let limit, let reason):
      """
      agent `\(agentID)` was not started, because the limit \(quoted(limit)) of its commands cannot be enforced: \
      \(reason); `--allow-unenforced-limits` starts it nevertheless
      """
    case .terminationFailed(let agentID, let reason):
      "agent `\(agentID)` could not be terminated: \(reason)"
    case .configurationInvalid(let reason):
      "the configuration of the agent is invalid: \(reason)"
    case .programInvalid(let reason):
      "the program of the agent is invalid: \(reason)"
    case .denied(let agentID, let reasons):
      "policy denies this for agent `\(agentID)`: \(reasons.joined(separator: "; "))"
    case .resourcesUnavailable(let agentID, let reason):
      "the resources for agent `\(agentID)` are not available: \(reason)"
    case .restartLimitReached(let agentID, let attempts):
      """
      agent `\(agentID)` failed again after \(attempts) restarts: find the cause in its log, then restart it \
      by hand
      """
    case .limitReached(let maxAgents):
      "the runtime already holds \(maxAgents) agents, its maximum: terminate one, or raise `max_agents`"
    case .timedOut(let operation, let after):
      "the operation \(quoted(operation)) did not end within \(after): try again, or raise its timeout"
    case .storeFailed(let reason):
      "the lifecycle controller could not reach the store: \(reason)"
    case .shuttingDown:
      "the lifecycle controller is shutting down: try again after the restart"
    }
  }
}
