internal import SymbiontCore
internal import SymbiontRecovery

/// What the rest of the runtime must do once a transaction has committed.
struct Consequences: Sendable {
  /// Executions that can go on.
  var ready: [ExecutionID] = []
  /// Executions that must stop where they are.
  var cancelled: [ExecutionID] = []
  /// Executions that ended, for those who wait for them.
  var finished: [(id: ExecutionID, outcome: ExecutionOutcome)] = []
  /// Agents whose state or configuration changed.
  var changedAgents: [AgentID] = []
  /// Agents that came to their end without a failure.
  var completedAgents: [AgentID] = []
  /// What the error handler made of how executions ended.
  var taken: [(agentID: AgentID, taken: DefaultErrorHandler.Taken)] = []
  /// Executions that took longer than they may.
  var violations: [ResourceViolation] = []
  /// The earliest new timer.
  var wakeAt: Timestamp?

  mutating func took(_ taken: DefaultErrorHandler.Taken?, of agentID: AgentID) {
    if let taken { self.taken.append((agentID, taken)) }
  }

  mutating func wake(at time: Timestamp?) {
    guard let time else { return }
    wakeAt = min(wakeAt ?? time, time)
  }
}
