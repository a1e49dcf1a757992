package import SymbiontCore

extension StoreTransaction {
  package func insertMessage(_ message: MessageRow) throws {
    try execute(
      """
      INSERT INTO messages (recipient_id, id, priority, sender_id, topic, payload, sent_at, expires_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .id(message.recipient), .id(message.id), .int(message.priority), .id(message.sender), .text(message.topic),
      .blob(message.payload), .time(message.sentAt), .optional(message.expiresAt))
  }

  package func countMessages(for recipient: AgentID) throws -> Int {
    Int(
      try first("SELECT count(*) FROM messages WHERE recipient_id = ?", .id(recipient)) { row in try row.int(0)
      } ?? 0)
  }

  /// Takes the next message out of an inbox: the highest priority first, then the oldest.
  ///
  /// Expired ones are dropped.
  package func takeMessage(for recipient: AgentID, at time: Timestamp) throws -> MessageRow? {
    try execute("DELETE FROM messages WHERE recipient_id = ? AND expires_at <= ?", .id(recipient), .time(time))
    let message = try first(
      """
      SELECT id, recipient_id, sender_id, topic, payload, priority, sent_at, expires_at FROM messages
      WHERE recipient_id = ? ORDER BY priority DESC, id LIMIT 1
      """, .id(recipient), read: MessageRow.init)
    guard let message else { return nil }
    try execute("DELETE FROM messages WHERE recipient_id = ? AND id = ?", .id(recipient), .id(message.id))
    return message
  }

  package func insertAsk(_ message: MessageID, execution: ExecutionID, sequence: Int) throws {
    try execute(
      "INSERT INTO asks (message_id, execution_id, sequence) VALUES (?, ?, ?)", .id(message), .id(execution),
      .int(sequence))
  }

  /// Takes the ask that a message belongs to; nil when it was answered, has timed out or never was one.
  package func takeAsk(_ message: MessageID) throws -> (execution: ExecutionID, sequence: Int)? {
    let ask = try first("SELECT execution_id, sequence FROM asks WHERE message_id = ?", .id(message)) { row in
      (execution: try row.identifier(0, as: ExecutionID.self), sequence: Int(try row.int(1)))
    }
    if ask != nil { try execute("DELETE FROM asks WHERE message_id = ?", .id(message)) }
    return ask
  }

  package func removeAsks(of execution: ExecutionID) throws {
    try execute("DELETE FROM asks WHERE execution_id = ?", .id(execution))
  }

  package func subscribe(_ agent: AgentID, to topic: String) throws {
    try execute("INSERT OR IGNORE INTO subscriptions (topic, agent_id) VALUES (?, ?)", .text(topic), .id(agent))
  }

  package func unsubscribe(_ agent: AgentID, from topic: String) throws -> Bool {
    try execute("DELETE FROM subscriptions WHERE topic = ? AND agent_id = ?", .text(topic), .id(agent)) > 0
  }

  package func subscribers(of topic: String) throws -> [AgentID] {
    try all("SELECT agent_id FROM subscriptions WHERE topic = ? ORDER BY agent_id", .text(topic)) { row in
      try row.identifier(0)
    }
  }
}
