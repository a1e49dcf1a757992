package import SymbiontCore

/// What an envelope says about its message in the clear, and protects together with the payload.
package struct EnvelopeHeader: Sendable, Hashable {
  /// How the payload is protected.
  package enum Protection: UInt8, Sendable, Hashable, CaseIterable {
    /// Signed only.
    case plain = 0
    /// Sealed with AES-256-GCM.
    case aes256GCM = 1
    /// Sealed with ChaCha20-Poly1305.
    case chaCha20Poly1305 = 2
  }

  /// Which secret the key of the payload comes from.
  package enum Keying: UInt8, Sendable, Hashable, CaseIterable {
    /// The agreement of sender and receiver.
    case agreement = 0
    /// A key of the topic that a former version made.
    case formerTopic = 1
    /// The secret of the bus, the topic, the bus's instance and the epoch.
    case topic = 2
  }

  package var id: MessageID
  package var inReplyTo: MessageID?
  package var from: AgentID
  package var to: AgentID
  package var topic: String
  package var sentAt: Timestamp
  /// Microseconds, from 1.
  package var timeToLive: Int64
  package var priority: Priority
  package var protection: Protection
  package var keying: Keying
  /// Whether the payload was compressed before it was sealed.
  package var isCompressed: Bool
  /// Of the sender's keys.
  package var senderEpoch: UInt32
  /// Of the receiver's keys, or of the topic's.
  package var keyEpoch: UInt32
  /// Grows with every envelope that a bus makes, and is never given twice.
  package var sequence: UInt64
  /// Drawn anew whenever a bus is opened.
  package var instance: UInt32
  /// The bytes of the payload before compression.
  package var payloadSize: UInt32

  package init(
    id: MessageID, inReplyTo: MessageID?, from: AgentID, to: AgentID, topic: String, sentAt: Timestamp,
    timeToLive: Int64, priority: Priority, protection: Protection, keying: Keying, isCompressed: Bool,
    senderEpoch: UInt32, keyEpoch: UInt32, sequence: UInt64, instance: UInt32, payloadSize: UInt32
  ) {
    self.id = id
    self.inReplyTo = inReplyTo
    self.from = from
    self.to = to
    self.topic = topic
    self.sentAt = sentAt
    self.timeToLive = timeToLive
    self.priority = priority
    self.protection = protection
    self.keying = keying
    self.isCompressed = isCompressed
    self.senderEpoch = senderEpoch
    self.keyEpoch = keyEpoch
    self.sequence = sequence
    self.instance = instance
    self.payloadSize = payloadSize
  }
}

extension EnvelopeHeader {
  static let nonceSize = 12

  /// Twelve bytes that no other envelope of this bus has: a counter that outlives restarts, and a number that is another
  /// after each, so that a data directory that was put back from a copy does not repeat them either.
  func withNonce<T>(_ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
    try withUnsafeTemporaryAllocation(byteCount: Self.nonceSize, alignment: 1) { nonce in
      nonce.storeBytes(of: instance.bigEndian, as: UInt32.self)
      nonce.storeBytes(of: sequence.bigEndian, toByteOffset: 4, as: UInt64.self)
      return try body(UnsafeRawBufferPointer(nonce))
    }
  }

  /// The message with its payload.
  package func message(payload: [UInt8]) -> Message {
    Message(
      id: id, from: from, to: to, topic: topic, payload: payload, priority: priority,
      timeToLive: .microseconds(timeToLive), inReplyTo: inReplyTo)
  }
}
