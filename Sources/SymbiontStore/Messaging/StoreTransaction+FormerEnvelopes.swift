import SymbiontCore

extension StoreTransaction {
  /// Brings messages into groups that a former program kept in a row each.
  package func adoptFormerEnvelopes() throws {
    var number = try nextEnvelopeGroup()
    while true {
      let rows = try all(
        """
        SELECT id, recipient_id, sender_id, sequence, priority, status, attempts, time_to_live, expires_at, in_reply_to,
          finished_at, reason, envelope FROM bus_messages LIMIT ?
        """, .int(EnvelopeGroup.maximumCount), read: EnvelopeRow.init(former:))
      if rows.isEmpty { return }
      try insertEnvelopes(rows, from: number)
      number += Int64(EnvelopeGroup.pieces(rows).count)
      for row in rows { try execute("DELETE FROM bus_messages WHERE id = ?", .id(row.id)) }
    }
  }
}

extension EnvelopeRow {
  fileprivate init(former row: borrowing StoreRow) throws(StoreError) {
    id = try row.identifier(0)
    recipient = try row.identifier(1)
    sender = try row.identifier(2)
    guard let sequence = UInt64(exactly: try row.int(3)) else { throw row.malformed(3, "a sequence") }
    self.sequence = sequence
    guard let priority = Priority(rawValue: Int(try row.int(4))) else { throw row.malformed(4, "a priority") }
    self.priority = priority
    guard let status = DeliveryStatus(code: try row.int(5)) else { throw row.malformed(5, "a status") }
    self.status = status
    attempts = Int(try row.int(6))
    timeToLive = try row.int(7)
    expiresAt = try row.time(8)
    inReplyTo = try row.isNull(9) ? nil : row.identifier(9)
    finishedAt = try row.optionalTime(10)
    reason = try row.optionalText(11)
    envelope = try row.optionalBlob(12)
  }
}
