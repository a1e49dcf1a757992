internal import SymbiontCore

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
  /// Executions that took longer than they may.
  var violations: [ResourceViolation] = []
  /// The earliest new timer.
  var wakeAt: Timestamp?

  mutating func wake(at time: Timestamp?) {
    guard let time else { return }
    wakeAt = min(wakeAt ?? time, time)
  }
}
