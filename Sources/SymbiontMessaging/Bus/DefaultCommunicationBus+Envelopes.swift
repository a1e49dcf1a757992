package import SymbiontCore
import SymbiontStore
import Synchronization

extension DefaultCommunicationBus {
  /// Seals and signs a message without sending it, to be carried by other means and handed to ``accept(_:)``.
  package func sealed(_ message: Message) async throws(CommunicationError) -> [UInt8] {
    try check(message, from: message.from)
    try underLock { state throws(CommunicationError) in
      for agentID in [message.from, message.to] where state.machine.mailboxes[agentID] == nil {
        throw .agentNotRegistered(agentID: agentID)
      }
    }
    let batches = [[Outgoing(message: message, keying: .agreement, keyEpoch: 0)]]
    return try await seal(batches, from: message.from).first?.rows.first?.envelope ?? []
  }

  /// Puts an envelope that came from outside into its receiver's mailbox, after every check; durable when this returns.
  ///
  /// Envelopes of a sender are taken in the order in which they were sealed, each once: one that was taken before is
  /// refused as a replay, one that comes after a later one as out of order.
  @discardableResult
  package func accept(_ envelope: [UInt8]) async throws(CommunicationError) -> MessageID {
    let largest = configuration.maxMessageSize + Envelope.maximumOverhead
    do throws(CommunicationError) {
      guard envelope.count <= largest else { throw .messageTooLarge(size: envelope.count, maxSize: largest) }
      let claimed = try Envelope(decoding: envelope, maximumPayload: configuration.maxMessageSize).header
      let header = try opener.open(envelope, for: claimed.to, id: claimed.id, keys: keys).header
      let expiresAt = header.sentAt + .microseconds(header.timeToLive)
      guard expiresAt > environment.clock.now() else { throw .messageExpired(messageID: header.id) }
      let former = try admit(header)
      try await keep(SealedEnvelope(header: header, bytes: envelope), formerSequence: former)
      return header.id
    } catch {
      let header = try? Envelope(decoding: envelope, maximumPayload: configuration.maxMessageSize).header
      throw refused(error, id: header?.id, agentID: header?.from ?? AgentID(value: UniqueValue(high: 0, low: 0)))
    }
  }

  /// Takes room for an envelope and moves its sender's sequence on; gives the sequence of before.
  private func admit(_ header: EnvelopeHeader) throws(CommunicationError) -> UInt64 {
    try underLock { state throws(CommunicationError) in
      guard !state.isShutDown else { throw .shuttingDown }
      let former = state.machine.lastSequences[header.from] ?? 0
      guard header.sequence > former else {
        throw state.machine.isKnown(header.id)
          ? .messageReplayed(messageID: header.id) : .messageOutOfOrder(messageID: header.id)
      }
      // It may have been forgotten since its envelope was opened; from now on it is not.
      _ = try keys.identity(of: header.from, epoch: Int(header.senderEpoch))
      try state.machine.reserve([(header.id, header.to)])
      state.retiring[header.from] = nil
      state.machine.lastSequences[header.from] = header.sequence
      return former
    }
  }

  private func keep(_ envelope: SealedEnvelope, formerSequence: UInt64) async throws(CommunicationError) {
    let send = SealedSend(
      bus: self, rows: [EnvelopeRow(envelope)], elapsed: environment.clock.elapsed() &- age(of: envelope.header))
    do throws(CommunicationError) {
      send.sent(at: try await journal.keep(send.rows))
    } catch {
      state.withLock { state in
        state.machine.withdraw([(envelope.header.id, envelope.header.to)])
        if state.machine.lastSequences[envelope.header.from] == envelope.header.sequence {
          state.machine.lastSequences[envelope.header.from] = formerSequence
        }
      }
      throw error
    }
  }

  /// How long ago an envelope was sealed; nothing for one whose clock is ahead.
  private func age(of header: EnvelopeHeader) -> Int64 {
    max(0, (environment.clock.now() - header.sentAt).wholeMicroseconds)
  }
}
