/// Creates, runs and ends agents (specification, "Lifecycle Controller").
///
/// Every method that names an agent throws ``LifecycleError/agentNotFound(agentID:)`` when there is none of that id, and
/// every method that changes a state throws ``LifecycleError/invalidStateTransition(from:to:)`` when the present state
/// does not allow it. A method that has returned has made its change durable.
public protocol LifecycleController: Sendable {
  /// Creates an agent in the state `Created`, once its configuration is checked and policy allows it.
  func createAgent(_ config: AgentConfig) async throws(LifecycleError) -> AgentInstance

  /// Checks the agent's program and sets up its resources: from `Created` to `Ready`.
  func initializeAgent(_ agentID: AgentID) async throws(LifecycleError)

  /// Lets the agent's function be called: from `Ready` to `Running`.
  func startAgent(_ agentID: AgentID) async throws(LifecycleError)

  /// Stops the agent after its present execution: from `Running` to `Ready`.
  func stopAgent(_ agentID: AgentID) async throws(LifecycleError)

  /// Holds the agent where it is, in memory or on disk, until it is resumed.
  func suspendAgent(_ agentID: AgentID) async throws(LifecycleError)

  /// Has a suspended agent take up again where it was.
  func resumeAgent(_ agentID: AgentID) async throws(LifecycleError)

  /// Ends the agent for good, and takes its resources back.
  func terminateAgent(_ agentID: AgentID) async throws(LifecycleError)

  /// The present state of the agent.
  func getAgentState(_ agentID: AgentID) async throws(LifecycleError) -> AgentState

  /// All agents, in the order of their ids.
  func listAgents() async -> [AgentInstance]

  /// The agent with its configuration and counters.
  func getAgent(_ agentID: AgentID) async throws(LifecycleError) -> AgentInstance

  /// Replaces the agent's configuration; executions that have begun keep the program that they began with.
  func updateAgentConfig(_ agentID: AgentID, config: AgentConfig) async throws(LifecycleError)

  /// Ends what the agent does and starts it anew, keeping its durable memory.
  func restartAgent(_ agentID: AgentID) async throws(LifecycleError)

  /// The runtime as a whole.
  func getSystemStatus() async -> SystemStatus

  /// Takes no more work, ends what runs, and returns when nothing is left.
  func shutdown() async throws(LifecycleError)
}
