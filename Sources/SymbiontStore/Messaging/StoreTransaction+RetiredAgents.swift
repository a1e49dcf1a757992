package import SymbiontCore

/// An agent of the communication bus that has no mailbox any more, as it was last.
package struct RetiredAgent: Sendable, Hashable {
  /// Of its last keys.
  package let epoch: Int
  package let registeredAt: Timestamp
}

/// Agents of the communication bus that have no mailbox any more.
extension StoreTransaction {
  /// How many groups of messages are looked through at once.
  private static let groupsAtOnce = 512

  package func retiredBusAgents() throws -> [AgentID: RetiredAgent] {
    var retired: [AgentID: RetiredAgent] = [:]
    try query(
      """
      SELECT agent_id, registered_at, (SELECT COALESCE(MAX(epoch), 0) FROM bus_identities WHERE agent_id = bus_agents.agent_id)
      FROM bus_agents WHERE is_registered = 0
      """
    ) { row in
      retired[try row.identifier(0)] = RetiredAgent(epoch: Int(try row.int(2)), registeredAt: try row.time(1))
    }
    return retired
  }

  /// Who sent or receives the messages of some groups after a number, as far as their envelopes are kept; and the number to
  /// go on after, nil when there are no more.
  package func correspondents(after number: Int64) throws -> (agents: Set<AgentID>, last: Int64?) {
    var agents: Set<AgentID> = []
    var last: Int64?
    try query(
      "SELECT number, records FROM bus_groups WHERE number > ? ORDER BY number LIMIT ?", .int(number),
      .int(Self.groupsAtOnce)
    ) { row in
      last = try row.int(0)
      try EnvelopeGroup(stored: row.blob(1)).addCorrespondents(to: &agents)
    }
    return (agents, last)
  }

  /// Forgets agents and their keys, but not those that have a mailbox again, or had one since.
  package func forgetRetiredBusAgents(_ agents: [AgentID: RetiredAgent]) throws {
    for (agentID, agent) in agents {
      let count = try execute(
        "DELETE FROM bus_agents WHERE agent_id = ? AND is_registered = 0 AND registered_at = ?", .id(agentID),
        .time(agent.registeredAt))
      if count > 0 { try execute("DELETE FROM bus_identities WHERE agent_id = ?", .id(agentID)) }
    }
  }
}
