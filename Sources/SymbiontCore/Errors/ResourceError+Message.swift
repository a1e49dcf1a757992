extension ResourceError {
  /// What happened, with what, and what to do.
  public var message: String {
    switch self {
    case .insufficientResources(let requirements):
      "not enough resources for \(requirements): lower the limits, or try again when other agents have ended"
    case .allocationFailed(let agentID, let reason):
      "resources for agent `\(agentID)` could not be allocated: \(reason)"
    case .deallocationFailed(let agentID, let reason):
      "resources of agent `\(agentID)` could not be released: \(reason)"
    case .alreadyAllocated(let agentID):
      "agent `\(agentID)` already has resources: update its limits instead"
    case .allocationNotFound(let agentID):
      "agent `\(agentID)` has no resources: allocate them first"
    case .usageExceeded(let agentID, let resource):
      """
      agent `\(agentID)` exceeded its limit of \(quoted(resource)): raise the limit, or have the agent use \
      less
      """
    case .limitUnenforceable(let limit, let reason):
      "the limit \(quoted(limit)) cannot be enforced on this machine: \(reason)"
    case .limitsInvalid(let reason):
      "the resource limits are invalid: \(reason)"
    case .monitoringFailed(let reason):
      "resource usage could not be measured: \(reason)"
    case .storeFailed(let reason):
      "the resource manager could not reach the store: \(reason)"
    case .shuttingDown:
      "the resource manager is shutting down: try again after the restart"
    }
  }
}
