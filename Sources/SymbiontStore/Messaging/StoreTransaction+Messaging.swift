package import SymbiontCore

extension StoreTransaction {
  /// Reserves numbers that were never given before, also across restarts; the first of them.
  package func reserveSequence(_ count: Int) throws -> UInt64 {
    let former = try first("SELECT value FROM bus_counters WHERE name = 'sequence'") { row in try row.int(0) } ?? 1
    try execute(
      "INSERT OR REPLACE INTO bus_counters (name, value) VALUES ('sequence', ?)", .int(former + Int64(count)))
    return UInt64(clamping: former)
  }

  // MARK: Agents

  /// Keeps that an agent has a mailbox.
  package func insertBusAgent(_ agentID: AgentID, capabilities: [Capability], at time: Timestamp) throws {
    try execute(
      """
      INSERT INTO bus_agents (agent_id, capabilities, is_registered, last_sequence, registered_at) VALUES (?, ?, 1, 0, ?)
      ON CONFLICT (agent_id) DO UPDATE SET capabilities = excluded.capabilities, is_registered = 1,
        registered_at = excluded.registered_at
      """, .id(agentID), .text(capabilities.map(\.name).sorted().joined(separator: "\n")), .time(time))
  }

  /// Takes the mailbox away; the agent's keys stay, for what it has sent.
  package func retireBusAgent(_ agentID: AgentID) throws {
    try execute("UPDATE bus_agents SET is_registered = 0 WHERE agent_id = ?", .id(agentID))
    try execute("DELETE FROM bus_subscriptions WHERE agent_id = ?", .id(agentID))
  }

  /// Remembers the highest sequence of a sender, beyond the messages that are forgotten.
  package func raiseLastSequence(of agentID: AgentID, to sequence: UInt64) throws {
    try execute(
      "UPDATE bus_agents SET last_sequence = max(last_sequence, ?) WHERE agent_id = ?",
      .int(Int64(clamping: sequence)), .id(agentID))
  }

  package func busAgents() throws -> [(agentID: AgentID, isRegistered: Bool, lastSequence: UInt64)] {
    try all("SELECT agent_id, is_registered, last_sequence FROM bus_agents ORDER BY agent_id") { row in
      (try row.identifier(0), try row.bool(1), UInt64(clamping: try row.int(2)))
    }
  }

  // MARK: Keys

  package func insertIdentity(_ row: IdentityRow, keeping epochs: Int) throws {
    // An agent that begins anew was forgotten, or is being.
    if row.epoch == 1 { try execute("DELETE FROM bus_identities WHERE agent_id = ?", .id(row.agentID)) }
    try execute(
      """
      INSERT INTO bus_identities (agent_id, epoch, signing_key, agreement_key, wrapped, certificate, created_at, revoked_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .id(row.agentID), .int(row.epoch), .blob(row.signingKey), .blob(row.agreementKey), .blob(row.wrapped),
      .blob(row.certificate), .time(row.createdAt), .optional(row.revokedAt))
    try execute(
      "DELETE FROM bus_identities WHERE agent_id = ? AND epoch <= ?", .id(row.agentID), .int(row.epoch - epochs))
  }

  /// Revokes keys; false when there are none, or they were revoked before.
  package func revokeIdentity(_ agentID: AgentID, epoch: Int, at time: Timestamp) throws -> Bool {
    try execute(
      "UPDATE bus_identities SET revoked_at = ? WHERE agent_id = ? AND epoch = ? AND revoked_at IS NULL",
      .time(time), .id(agentID), .int(epoch)) > 0
  }

  package func identities() throws -> [IdentityRow] {
    try all(
      """
      SELECT agent_id, epoch, signing_key, agreement_key, wrapped, certificate, created_at, revoked_at
      FROM bus_identities ORDER BY agent_id, epoch
      """, read: IdentityRow.init)
  }

  /// A secret of the bus, wrapped.
  package func secret(_ name: String) throws -> [UInt8]? {
    try first("SELECT wrapped FROM bus_secrets WHERE name = ?", .text(name)) { row in try row.blob(0) }
  }

  package func putSecret(_ name: String, _ wrapped: [UInt8], at time: Timestamp) throws {
    try execute(
      "INSERT OR REPLACE INTO bus_secrets (name, wrapped, created_at) VALUES (?, ?, ?)", .text(name), .blob(wrapped),
      .time(time))
  }

  /// The keys of topics that a former version made.
  package func topicKeys() throws -> [(topic: String, epoch: Int, wrapped: [UInt8])] {
    try all("SELECT topic, epoch, wrapped FROM bus_topic_keys ORDER BY topic, epoch") { row in
      (try row.text(0), Int(try row.int(1)), try row.blob(2))
    }
  }

  // MARK: Subscriptions

  /// Subscribes an agent that has a mailbox; of any other nothing is kept.
  package func insertBusSubscription(_ agentID: AgentID, pattern: String) throws {
    try execute(
      """
      INSERT OR IGNORE INTO bus_subscriptions (agent_id, pattern)
        SELECT agent_id, ? FROM bus_agents WHERE agent_id = ? AND is_registered = 1
      """, .text(pattern), .id(agentID))
  }

  /// Ends a subscription; false when there is none.
  package func removeBusSubscription(_ agentID: AgentID, pattern: String) throws -> Bool {
    try execute("DELETE FROM bus_subscriptions WHERE agent_id = ? AND pattern = ?", .id(agentID), .text(pattern)) > 0
  }

  package func busSubscriptions() throws -> [(agentID: AgentID, pattern: String)] {
    try all("SELECT agent_id, pattern FROM bus_subscriptions ORDER BY agent_id, pattern") { row in
      (try row.identifier(0), try row.text(1))
    }
  }
}
