/// Why the lifecycle of an agent could not be changed or read (specification, "Error Types").
public enum LifecycleError: CataloguedError, Hashable {
  /// There is no agent of this id.
  case agentNotFound(agentID: AgentID)
  /// There already is an agent of this id.
  case agentAlreadyExists(agentID: AgentID)
  /// The agent's state does not allow the operation.
  case invalidStateTransition(from: AgentState, to: AgentState)
  /// The agent could not be made ready to run.
  case initializationFailed(agentID: AgentID, reason: String)
  /// The agent could not be started.
  case startFailed(agentID: AgentID, reason: String)
  /// A limit of the agent's commands cannot be enforced on this machine.
  case limitUnenforceable(agentID: AgentID, limit: String, reason: String)
  /// The agent could not be ended, and may still hold resources.
  case terminationFailed(agentID: AgentID, reason: String)
  /// The configuration of the agent is refused.
  case configurationInvalid(reason: String)
  /// The source of the agent is not a valid program.
  case programInvalid(reason: String)
  /// Policy refuses the operation.
  case denied(agentID: AgentID, reasons: [String])
  /// The resources that the agent needs are not free.
  case resourcesUnavailable(agentID: AgentID, reason: String)
  /// The agent was restarted as often as is allowed.
  case restartLimitReached(agentID: AgentID, attempts: Int)
  /// The runtime holds as many agents as it may.
  case limitReached(maxAgents: Int)
  /// The operation did not end in time.
  case timedOut(operation: String, after: Duration)
  /// The store could not read or write what this needed; nothing was changed.
  case storeFailed(reason: String)
  /// The lifecycle controller no longer takes work, because the runtime stops.
  case shuttingDown
}
