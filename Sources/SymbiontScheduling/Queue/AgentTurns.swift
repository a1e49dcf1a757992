import SymbiontCore

/// The ready tasks of one agent, by priority, and its share of the scheduler.
struct AgentTurns: Sendable {
  let agentID: AgentID
  /// By priority, the least urgent first.
  var levels = [SlotHeap<ReadyKey>](repeating: SlotHeap(), count: Priority.allCases.count)
  /// How many of its tasks were admitted and have not ended.
  private(set) var admitted = 0
  private var firstAdmitted = AdmittedTasks.none
  /// Its place in turn: the service that it has had, as start-time fair queueing counts it.
  var served: UInt64 = 0

  init(agentID: AgentID) {
    self.agentID = agentID
  }

  var isIdle: Bool { admitted == 0 && levels.allSatisfy(\.isEmpty) }

  /// Counts a task as admitted.
  mutating func admit(_ slot: UInt32, in tasks: inout AdmittedTasks) {
    tasks.add(slot, to: &firstAdmitted)
    admitted += 1
  }

  /// An admitted task has ended.
  mutating func release(_ slot: UInt32, in tasks: inout AdmittedTasks) {
    tasks.remove(slot, from: &firstAdmitted)
    admitted -= 1
  }

  /// Its admitted tasks, in no order.
  func slots(in tasks: AdmittedTasks) -> [UInt32] { tasks.slots(from: firstAdmitted) }
}
