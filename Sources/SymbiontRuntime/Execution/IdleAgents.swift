package import SymbiontCore
internal import SymbiontResources

/// Which agents do nothing, and since when: an agent that rests for its `idle_timeout` is taken out of memory.
package struct IdleAgents: Sendable {
  private struct Activity: Sendable {
    var agentID: AgentID
    var limits: ResourceLimits
  }

  private var tracker = DeadlineTracker()
  private var activities: [ExecutionID: Activity] = [:]
  private var counts: [AgentID: Int] = [:]
  /// Agents of which a machine may be in memory.
  private var residents: Set<AgentID> = []

  package init() {}

  /// An execution of an agent begins to run, or goes on.
  package mutating func began(_ execution: ExecutionID, of agentID: AgentID, limits: ResourceLimits) {
    guard activities.updateValue(Activity(agentID: agentID, limits: limits), forKey: execution) == nil else { return }
    counts[agentID, default: 0] += 1
    tracker.removed(agentID)
  }

  /// An execution waits or has ended.
  ///
  /// - Parameter isResident: Whether its machine stays in memory.
  /// - Returns: When the next agent has rested for as long as it may; nil when none rests.
  package mutating func ended(_ execution: ExecutionID, isResident: Bool, at time: Timestamp) -> Timestamp? {
    guard let activity = activities.removeValue(forKey: execution) else { return nil }
    let agentID = activity.agentID
    if isResident { residents.insert(agentID) }
    let left = (counts[agentID] ?? 1) - 1
    counts[agentID] = left > 0 ? left : nil
    if left <= 0, residents.contains(agentID) { tracker.rested(agentID, at: time, limits: activity.limits) }
    return tracker.next
  }

  /// When the next agent has rested for as long as it may.
  package var next: Timestamp? { tracker.next }

  /// The agents that have rested for as long as they may, each once.
  package mutating func due(at time: Timestamp) -> Set<AgentID> {
    let agents = Set(tracker.due(at: time).map(\.agentID))
    residents.subtract(agents)
    return agents
  }
}
