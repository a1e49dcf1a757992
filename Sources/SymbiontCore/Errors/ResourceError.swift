/// Why resources could not be given, taken back or watched (specification, "Error Types").
public enum ResourceError: CataloguedError, Hashable {
  /// What is asked for is not free.
  case insufficientResources(requirements: String)
  /// The limits of the agent could not be put in place.
  case allocationFailed(agentID: AgentID, reason: String)
  /// The resources of the agent could not be taken back.
  case deallocationFailed(agentID: AgentID, reason: String)
  /// The agent already has an allocation.
  case alreadyAllocated(agentID: AgentID)
  /// The agent has no allocation.
  case allocationNotFound(agentID: AgentID)
  /// The agent used more than its limit.
  case usageExceeded(agentID: AgentID, resource: String)
  /// This machine cannot enforce the limit.
  case limitUnenforceable(limit: String, reason: String)
  /// The limits are outside of their bounds.
  case limitsInvalid(reason: String)
  /// The usage could not be measured.
  case monitoringFailed(reason: String)
  /// The store could not read or write what this needed; nothing was changed.
  case storeFailed(reason: String)
  /// The resource manager no longer takes work, because the runtime stops.
  case shuttingDown
}
