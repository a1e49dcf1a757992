package import SymbiontCore

/// A message that waits in an agent's inbox.
package struct MessageRow: Sendable {
  package var id: MessageID
  package var recipient: AgentID
  package var sender: AgentID
  package var topic: String
  package var payload: [UInt8]
  package var priority: Int
  package var sentAt: Timestamp
  package var expiresAt: Timestamp?

  package init(
    id: MessageID, recipient: AgentID, sender: AgentID, topic: String, payload: [UInt8], priority: Int,
    sentAt: Timestamp, expiresAt: Timestamp?
  ) {
    self.id = id
    self.recipient = recipient
    self.sender = sender
    self.topic = topic
    self.payload = payload
    self.priority = priority
    self.sentAt = sentAt
    self.expiresAt = expiresAt
  }

  init(_ row: borrowing StoreRow) throws(StoreError) {
    id = try row.identifier(0)
    recipient = try row.identifier(1)
    sender = try row.identifier(2)
    topic = try row.text(3)
    payload = try row.blob(4)
    priority = Int(try row.int(5))
    sentAt = try row.time(6)
    expiresAt = try row.optionalTime(7)
  }
}
