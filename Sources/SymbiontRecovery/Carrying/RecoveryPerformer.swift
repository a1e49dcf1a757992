public import SymbiontCore

/// Who does the steps of recoveries: the runtime.
///
/// Every method can be called again for the same step after a crash, and then changes nothing that is already done. A
/// step that fails throws; how the recovery goes on is not its affair.
public protocol RecoveryPerformer: Sendable {
  /// Does again what failed; the attempt counts from 1.
  func repeatOperation(_ operation: OperationName, of agentID: AgentID, attempt: Int) async throws(RuntimeError)

  /// Whether what a former attempt began goes on or succeeded, so that the attempt is not over; to repeat the operation is to
  /// wait for it then.
  func isRepeating(_ operation: OperationName, of agentID: AgentID) async -> Bool

  /// Ends what the agent does, as a step of a plan; one that is stopped already stays so.
  func stop(_ agentID: AgentID, by plan: RecoveryPlan) async throws(RuntimeError)

  /// Lets a stopped agent work, with or without the memory that it had, as a step of a plan.
  ///
  /// The group of the plan may have another member list by now, or be gone.
  func start(_ agentID: AgentID, preservingState: Bool, by plan: RecoveryPlan) async throws(RuntimeError)

  /// Suspends the agent, and tells a person why.
  func suspend(_ agentID: AgentID, reason: String) async throws(RuntimeError)

  /// Ends the agent for good, and removes or keeps what it leaves.
  func terminate(_ agentID: AgentID, cleanup: Bool) async throws(RuntimeError)

  /// The agent that takes over: the named one, or one of the same program when none is named.
  ///
  /// It throws when that agent does not run, or when there is none.
  func backup(for agentID: AgentID, named: AgentID?) async throws(RuntimeError) -> AgentID

  /// Gives the messages that wait for an agent to another; throws when that one does not run.
  func moveInbox(from agentID: AgentID, to backup: AgentID) async throws(RuntimeError)

  /// Gives the tasks that wait for an agent to another; throws when that one does not run.
  func moveTasks(from agentID: AgentID, to backup: AgentID) async throws(RuntimeError)
}

extension RecoveryPerformer {
  /// The usual: nothing goes on when its process has ended.
  public func isRepeating(_ operation: OperationName, of agentID: AgentID) async -> Bool { false }
}
