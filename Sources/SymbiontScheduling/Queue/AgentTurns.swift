import SymbiontCore

/// The ready tasks of one agent, by priority, and its share of the scheduler.
struct AgentTurns: Sendable {
  let agentID: AgentID
  /// By priority, the least urgent first.
  var levels = [SlotHeap<ReadyKey>](repeating: SlotHeap(), count: Priority.allCases.count)
  /// How many of its tasks were admitted and have not ended.
  var admitted = 0
  /// Its place in turn: the service that it has had, as start-time fair queueing counts it.
  var served: UInt64 = 0

  init(agentID: AgentID) {
    self.agentID = agentID
  }

  var isIdle: Bool { admitted == 0 && levels.allSatisfy(\.isEmpty) }
}
