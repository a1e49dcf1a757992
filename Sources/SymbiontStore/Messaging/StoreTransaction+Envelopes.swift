package import SymbiontCore

extension StoreTransaction {
  /// Keeps a message; false when there was one of its id before.
  package func insertEnvelope(_ row: EnvelopeRow) throws(StoreError) -> Bool {
    try execute(
      """
      INSERT OR IGNORE INTO bus_messages (id, recipient_id, sender_id, sequence, priority, status, attempts, time_to_live,
        expires_at, in_reply_to, finished_at, reason, envelope) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .id(row.id), .id(row.recipient), .id(row.sender), .int(Int64(clamping: row.sequence)),
      .int(row.priority.rawValue), .int(row.status.storeCode), .int(row.attempts), .int(row.timeToLive),
      .time(row.expiresAt), .optional(row.inReplyTo), .optional(row.finishedAt), .optional(row.reason),
      .optional(row.envelope)) > 0
  }

  /// Records that a message was delivered; false when it does not wait for that receiver any more.
  package func deliverEnvelope(_ id: MessageID, to recipient: AgentID, at time: Timestamp) throws(StoreError) -> Bool {
    try execute(
      """
      UPDATE bus_messages SET status = 1, finished_at = ?, envelope = NULL
      WHERE id = ? AND status = 0 AND recipient_id = ?
      """, .time(time), .id(id), .id(recipient)) > 0
  }

  /// Records that a message expired; false when it does not wait any more.
  @discardableResult
  package func expireEnvelope(_ id: MessageID, at time: Timestamp) throws(StoreError) -> Bool {
    try execute(
      "UPDATE bus_messages SET status = 3, finished_at = ?, envelope = NULL WHERE id = ? AND status = 0", .time(time),
      .id(id)) > 0
  }

  /// Makes a message a dead letter; false when it does not wait any more.
  @discardableResult
  package func failEnvelope(_ id: MessageID, reason: String, at time: Timestamp) throws(StoreError) -> Bool {
    try execute(
      "UPDATE bus_messages SET status = 2, finished_at = ?, reason = ? WHERE id = ? AND status = 0", .time(time),
      .text(reason), .id(id)) > 0
  }

  /// Has a dead letter wait again; false when it is none any more.
  package func reviveEnvelope(_ id: MessageID, expiresAt: Timestamp) throws(StoreError) -> Bool {
    try execute(
      """
      UPDATE bus_messages SET status = 0, finished_at = NULL, reason = NULL, attempts = 0, expires_at = ?
      WHERE id = ? AND status = 2 AND envelope IS NOT NULL
      """, .time(expiresAt), .id(id)) > 0
  }

  /// Gives a message that waits to another receiver, sealed anew; false when it does not wait for the former one any more.
  package func moveEnvelope(_ row: EnvelopeRow, from recipient: AgentID) throws(StoreError) -> Bool {
    try execute(
      """
      UPDATE bus_messages SET recipient_id = ?, sequence = ?, attempts = 0, time_to_live = ?, expires_at = ?, envelope = ?
      WHERE id = ? AND status = 0 AND recipient_id = ?
      """,
      .id(row.recipient), .int(Int64(clamping: row.sequence)), .int(row.timeToLive), .time(row.expiresAt),
      .optional(row.envelope), .id(row.id), .id(recipient)) > 0
  }

  package func setEnvelopeAttempts(_ id: MessageID, to attempts: Int) throws(StoreError) {
    try execute("UPDATE bus_messages SET attempts = ? WHERE id = ? AND status = 0", .int(attempts), .id(id))
  }

  /// Drops the content of a dead letter; that it failed stays known.
  package func dropDeadLetter(_ id: MessageID) throws(StoreError) {
    try execute("UPDATE bus_messages SET envelope = NULL WHERE id = ? AND status = 2", .id(id))
  }

  /// Forgets messages that have come to their end, but not how far their senders were.
  package func removeEnvelopes(_ ids: [MessageID]) throws {
    var last: [AgentID: UInt64] = [:]
    for id in ids {
      let removed = try first(
        "DELETE FROM bus_messages WHERE id = ? AND status <> 0 RETURNING sender_id, sequence", .id(id)
      ) { row in (try row.identifier(0, as: AgentID.self), UInt64(clamping: try row.int(1))) }
      if let (sender, sequence) = removed { last[sender] = max(last[sender] ?? 0, sequence) }
    }
    for (sender, sequence) in last { try raiseLastSequence(of: sender, to: sequence) }
  }

  package func envelope(_ id: MessageID) throws -> EnvelopeRow? {
    try first(
      """
      SELECT id, recipient_id, sender_id, sequence, priority, status, attempts, time_to_live, expires_at, in_reply_to,
        finished_at, reason, envelope FROM bus_messages WHERE id = ?
      """, .id(id), read: EnvelopeRow.init)
  }

  package func envelopeStatus(_ id: MessageID) throws -> DeliveryStatus? {
    try first("SELECT status FROM bus_messages WHERE id = ?", .id(id)) { row in
      guard let status = DeliveryStatus(code: try row.int(0)) else { throw row.malformed(0, "a status") }
      return status
    }
  }

  /// Hands over every message without its envelope, those that came to their end in the order in which they did.
  package func eachEnvelope(_ body: (EnvelopeRow, _ hasEnvelope: Bool) throws -> Void) throws {
    try query(
      """
      SELECT id, recipient_id, sender_id, sequence, priority, status, attempts, time_to_live, expires_at, in_reply_to,
        finished_at, NULL, NULL, envelope IS NOT NULL FROM bus_messages ORDER BY finished_at, sequence
      """
    ) { row in try body(EnvelopeRow(row), try row.bool(13)) }
  }
}
