public import SymbiontCore

/// One thing that the runtime does to recover an agent.
///
/// Each can be done again: after a crash in the middle of a recovery the step that was under way is repeated.
public enum RecoveryStep: Sendable, Hashable, Codable {
  /// Repeat what failed.
  case repeatOperation
  /// End what an agent does; it can be started again.
  case stop(AgentID)
  /// Start an agent that was stopped, with or without the memory that it had.
  case start(AgentID, preservingState: Bool)
  /// Find the agent that takes over: the one that is named, if it can, or any other.
  case findBackup
  /// Give the messages that wait for the agent to its backup.
  case moveInbox
  /// Give the tasks that wait for the agent to its backup.
  case moveTasks
  /// Suspend the agent, and tell a person why.
  case suspend(reason: String)
  /// End an agent for good, and remove or keep what it leaves.
  case terminate(AgentID, cleanup: Bool)
  /// Do nothing about an agent about which a person decided: it takes the place of what was to be done about it.
  case leave(AgentID)
}
