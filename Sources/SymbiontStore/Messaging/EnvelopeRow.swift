package import SymbiontCore

/// A message of the communication bus: its envelope as long as somebody may need it, and what became of it.
package struct EnvelopeRow: Sendable, Hashable {
  package var id: MessageID
  package var recipient: AgentID
  package var sender: AgentID
  package var sequence: UInt64
  package var priority: Priority
  package var status: DeliveryStatus
  /// How many times it was delivered, as far as that was recorded.
  package var attempts: Int
  /// In microseconds.
  package var timeToLive: Int64
  package var expiresAt: Timestamp
  package var inReplyTo: MessageID?
  package var finishedAt: Timestamp?
  /// Why it failed.
  package var reason: String?
  package var envelope: [UInt8]?

  package init(
    id: MessageID, recipient: AgentID, sender: AgentID, sequence: UInt64, priority: Priority,
    status: DeliveryStatus = .pending, attempts: Int = 0, timeToLive: Int64, expiresAt: Timestamp,
    inReplyTo: MessageID? = nil, finishedAt: Timestamp? = nil, reason: String? = nil, envelope: [UInt8]?
  ) {
    self.id = id
    self.recipient = recipient
    self.sender = sender
    self.sequence = sequence
    self.priority = priority
    self.status = status
    self.attempts = attempts
    self.timeToLive = timeToLive
    self.expiresAt = expiresAt
    self.inReplyTo = inReplyTo
    self.finishedAt = finishedAt
    self.reason = reason
    self.envelope = envelope
  }
}

extension DeliveryStatus {
  /// The number that stands for the status in the store.
  var storeCode: Int64 {
    switch self {
    case .pending: 0
    case .delivered: 1
    case .failed: 2
    case .expired: 3
    }
  }

  init?(code: Int64) {
    switch code {
    case 0: self = .pending
    case 1: self = .delivered
    case 2: self = .failed
    case 3: self = .expired
    default: return nil
    }
  }
}
