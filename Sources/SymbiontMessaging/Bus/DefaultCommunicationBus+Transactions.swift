package import SymbiontCore
package import SymbiontStore
import Synchronization

/// What a runtime needs whose agents send and receive in transactions of their own.
extension DefaultCommunicationBus {
  /// Whether the agent has a mailbox.
  package func isRegistered(_ agentID: AgentID) -> Bool {
    state.withLock { $0.machine.mailboxes[agentID] != nil }
  }

  /// The agents that have a mailbox.
  package var registeredAgents: [AgentID] { state.withLock { Array($0.machine.mailboxes.keys) } }

  /// Who is to receive a message, or has; nil when it is not known (any more).
  package func recipient(of messageID: MessageID, in transaction: borrowing StoreTransaction) throws -> AgentID? {
    let (recipient, location) = state.withLock { state in
      (state.machine.entries[messageID]?.recipient, state.machine.ended[messageID])
    }
    guard recipient == nil, let location else { return recipient }
    return try transaction.envelope(of: messageID, at: location)?.recipient
  }

  /// The agents for which messages wait.
  package var agentsWithMessages: [AgentID] {
    state.withLock { state in state.machine.mailboxes.filter { $0.value.places > 0 }.map(\.key).sorted() }
  }

  /// Has an action told of each agent for which there is something to receive, or may be; it must return soon.
  package func onArrival(_ action: @escaping @Sendable (AgentID) -> Void) {
    state.withLock { $0.arrived = action }
  }

  /// Seals a message to every subscriber of a topic and takes room for them, to be kept in a transaction of the caller.
  ///
  /// A subscriber whose mailbox is full does not hold up the others: its message is a dead letter from the start.
  package func preparePublication(
    _ message: Message, to topic: String
  ) async throws(CommunicationError) -> [PreparedSend] {
    let batch = try outgoing(message, to: topic)
    var prepared: [PreparedSend] = []
    do throws(CommunicationError) {
      for start in stride(from: 0, to: batch.count, by: BatchProof.maximumCount) {
        let piece = [Array(batch[start..<min(start + BatchProof.maximumCount, batch.count)])]
        prepared += try await seal(piece, from: message.from).map(PreparedSend.init)
      }
    } catch {
      state.withLock { $0.machine.withdraw(batch.map { ($0.message.id, $0.message.to) }) }
      throw refused(error, id: message.id, agentID: message.from)
    }
    return prepared
  }

  /// Seals an answer and takes room for it; whether anybody still waits for it, the transaction of the caller says.
  package func prepareReply(_ message: Message) async throws(CommunicationError) -> PreparedReply {
    let batches = [try admit([message], from: message.from)]
    do throws(CommunicationError) {
      let sealed = try await seal(batches, from: message.from, judgingReplies: false)
      guard let row = sealed.first?.rows.first else { throw .messageNotFound(messageID: message.id) }
      return PreparedReply(
        bus: self, row: row, location: EnvelopeLocation(group: journal.reserveGroups(for: [row]), place: 0))
    } catch {
      state.withLock { $0.machine.withdraw([(message.id, message.to)]) }
      throw refused(error, id: message.id, agentID: message.from)
    }
  }

  /// Checks that an agent may subscribe to a topic or pattern.
  package func prepareSubscription(
    _ agentID: AgentID, topic: String
  ) throws(CommunicationError) -> PreparedSubscription {
    let pattern = try TopicPattern(pattern: topic)
    try checkSubscription(agentID, pattern)
    return PreparedSubscription(bus: self, agentID: agentID, pattern: pattern)
  }
}

/// An answer that is sealed and has room, but is not durable yet.
package struct PreparedReply: Sendable {
  let bus: DefaultCommunicationBus
  let row: EnvelopeRow
  let location: EnvelopeLocation

  /// Keeps the answer: delivered when its asker takes it in the same transaction, else as a dead letter.
  package func insert(isAwaited: Bool, at time: Timestamp, in transaction: borrowing StoreTransaction) throws {
    try transaction.insertEnvelopes([ended(isAwaited, at: time)], from: location.group)
  }

  private func ended(_ isAwaited: Bool, at time: Timestamp) -> EnvelopeRow {
    var row = row
    row.status = isAwaited ? .delivered : .failed
    row.finishedAt = time
    if isAwaited { row.envelope = nil } else { row.reason = BusMachine.late }
    return row
  }

  /// The transaction is durable.
  package func sent(isAwaited: Bool) {
    let overflow = bus.state.withLock { state in
      state.machine.withdraw([(row.id, row.recipient)])
      state.machine.raiseLastSequence(of: row.sender, to: row.sequence)
      return state.machine.finishAtOnce(ended(isAwaited, at: .epoch), at: location)
    }
    if !isAwaited {
      bus.environment.observe(.deadLettered(row.id, recipient: row.recipient, reason: BusMachine.late))
    }
    bus.trim(overflow)
  }

  /// The transaction failed, or did without the answer.
  package func withdraw() { bus.state.withLock { $0.machine.withdraw([(row.id, row.recipient)]) } }
}

/// A subscription that may be made or ended, but is not durable yet.
package struct PreparedSubscription: Sendable {
  let bus: DefaultCommunicationBus
  let agentID: AgentID
  let pattern: TopicPattern

  /// Keeps the subscription.
  package func insert(in transaction: borrowing StoreTransaction) throws {
    try transaction.insertBusSubscription(agentID, pattern: pattern.text)
  }

  /// Ends the subscription; false when there is none.
  package func remove(in transaction: borrowing StoreTransaction) throws -> Bool {
    try transaction.removeBusSubscription(agentID, pattern: pattern.text)
  }

  /// The subscription is durable.
  package func inserted() {
    bus.state.withLock { state in
      if state.machine.mailboxes[agentID] != nil { state.subscriptions.insert(agentID, pattern) }
    }
  }

  /// Its end is durable: the next message of its topics is sealed with new keys.
  package func removed() { bus.state.withLock { $0.unsubscribe(agentID, pattern) } }
}
