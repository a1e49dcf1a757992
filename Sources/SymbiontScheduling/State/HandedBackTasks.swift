import SymbiontCore

/// The tasks that their performer gave back and that wait for their next attempt, by agent.
struct HandedBackTasks: Sendable {
  private var slots: [AgentID: Set<UInt32>] = [:]

  func slots(of agentID: AgentID) -> Set<UInt32> { slots[agentID] ?? [] }

  mutating func add(_ slot: UInt32, of agentID: AgentID) { slots[agentID, default: []].insert(slot) }

  mutating func remove(_ slot: UInt32, of agentID: AgentID) {
    slots[agentID]?.remove(slot)
    if slots[agentID]?.isEmpty == true { slots[agentID] = nil }
  }
}
