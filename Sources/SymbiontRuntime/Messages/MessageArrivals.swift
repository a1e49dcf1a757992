internal import OrderedCollections
internal import SymbiontCore

/// The agents for which messages may wait, each of which is looked after by one task at a time.
struct MessageArrivals: Sendable {
  /// Agents that are looked after at the same time.
  private static let maximumActive = 64

  private var pending: OrderedSet<AgentID> = []
  private var active: Set<AgentID> = []

  /// Notes an agent; false when it is noted already.
  mutating func add(_ agentID: AgentID) -> Bool { pending.append(agentID).inserted }

  /// The agents to look after now.
  mutating func take() -> [AgentID] {
    var taken: [AgentID] = []
    for agentID in pending where !active.contains(agentID) {
      guard active.count < Self.maximumActive else { break }
      active.insert(agentID)
      taken.append(agentID)
    }
    pending.subtract(taken)
    return taken
  }

  /// One was looked after; whether more are to be taken.
  mutating func end(_ agentID: AgentID) -> Bool {
    active.remove(agentID)
    return !pending.isEmpty
  }
}
