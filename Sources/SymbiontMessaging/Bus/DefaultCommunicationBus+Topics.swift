public import SymbiontCore
import SymbiontStore
import Synchronization

/// A message to one subscriber of a topic, and what became of it at once.
public struct PublishedMessage: Sendable, Hashable {
  /// The subscriber.
  public let recipient: AgentID
  /// The message, under an id of its own.
  public let messageID: MessageID
  /// Pending, or failed when it is a dead letter from the start, as when the mailbox was full.
  public let status: DeliveryStatus
}

extension DefaultCommunicationBus {
  /// Sends the agent what is broadcast from now on under the topic, or under all topics that a pattern such as `build.*`
  /// or `build.>` matches.
  public func subscribeToTopic(_ agentID: AgentID, topic: String) async throws(CommunicationError) {
    let pattern = try TopicPattern(pattern: topic)
    try checkSubscription(agentID, pattern)
    try await changeSubscriptions {
      try $0.insertBusSubscription(agentID, pattern: topic)
    } apply: { state in
      if state.machine.mailboxes[agentID] != nil { state.subscriptions.insert(agentID, pattern) }
    }
  }

  /// Changes subscriptions in the store, and then in memory in the same order.
  private func changeSubscriptions(
    _ change: @escaping @Sendable (borrowing StoreTransaction) throws -> Void,
    apply: @escaping @Sendable (inout BusState) -> Void
  ) async throws(CommunicationError) {
    let result = await withCheckedContinuation { continuation in
      journal.change { _, transaction in
        try change(transaction)
      } then: { result in
        if case .success = result { self.state.withLock { apply(&$0) } }
        continuation.resume(returning: result)
      }
    }
    do { try result.get() } catch { throw CommunicationError(error) }
  }

  func checkSubscription(_ agentID: AgentID, _ pattern: TopicPattern) throws(CommunicationError) {
    try underLock { state throws(CommunicationError) in
      guard !state.isShutDown else { throw .shuttingDown }
      guard state.machine.mailboxes[agentID] != nil else { throw .agentNotRegistered(agentID: agentID) }
      guard
        state.subscriptions.contains(agentID, pattern)
          || state.subscriptions.count(of: agentID) < limits.subscriptionsPerAgent
      else { throw .subscriptionLimitReached(agentID: agentID, maxTopics: limits.subscriptionsPerAgent) }
    }
  }

  /// Sends the agent no more of the topic or pattern, and has the next message of its topics sealed with new keys.
  public func unsubscribeFromTopic(_ agentID: AgentID, topic: String) async throws(CommunicationError) {
    let pattern = try TopicPattern(pattern: topic)
    try underLock { state throws(CommunicationError) in
      guard !state.isShutDown else { throw .shuttingDown }
      guard state.machine.mailboxes[agentID] != nil else { throw .agentNotRegistered(agentID: agentID) }
      guard state.subscriptions.contains(agentID, pattern) else { throw .topicNotFound(topic: topic) }
    }
    try await changeSubscriptions {
      _ = try $0.removeBusSubscription(agentID, pattern: topic)
    } apply: {
      $0.unsubscribe(agentID, pattern)
    }
  }

  /// The topics and patterns that the agent is subscribed to, sorted.
  public func getAgentTopics(_ agentID: AgentID) async throws(CommunicationError) -> [String] {
    try underLock { state throws(CommunicationError) in
      guard state.machine.mailboxes[agentID] != nil else { throw .agentNotRegistered(agentID: agentID) }
      return state.subscriptions.patterns(of: agentID)
    }
  }

  /// Sends a message to every subscriber of the topic, each under an id of its own.
  public func broadcastMessage(topic: String, message: Message) async throws(CommunicationError) -> [MessageID] {
    try await publish(message, to: topic).map(\.messageID)
  }

  /// The same, and tells what became of the message for each subscriber at once.
  ///
  /// A subscriber whose mailbox is full does not hold up the others: its message is a dead letter. The receiver of the
  /// message that is given, and its id, do not matter.
  public func publish(_ message: Message, to topic: String) async throws(CommunicationError) -> [PublishedMessage] {
    let batch = try outgoing(message, to: topic)
    try await sendPieces(batch, from: message.from)
    return batch.map { outgoing in
      PublishedMessage(
        recipient: outgoing.message.to, messageID: outgoing.message.id,
        status: outgoing.refusal == nil ? .pending : .failed)
    }
  }

  /// The message for each subscriber, with the room taken for it, or the reason why there is none.
  func outgoing(_ message: Message, to topic: String) throws(CommunicationError) -> [Outgoing] {
    let name = try TopicPattern(name: topic)
    var message = message
    message.topic = topic
    message.inReplyTo = nil
    do throws(CommunicationError) { try check(message, from: message.from) } catch {
      throw refused(error, id: message.id, agentID: message.from)
    }
    return try underLock { state throws(CommunicationError) in
      guard !state.isShutDown else { throw .shuttingDown }
      guard state.machine.mailboxes[message.from] != nil else { throw .agentNotRegistered(agentID: message.from) }
      let recipients = state.subscriptions.subscribers(of: name)
      let epoch = try recipients.isEmpty ? 0 : state.useTopicKey()
      return recipients.map { recipient in
        var copy = message
        copy.id = MessageID()
        copy.to = recipient
        var outgoing = Outgoing(message: copy, keying: .topic, keyEpoch: epoch)
        do throws(CommunicationError) { try state.machine.reserve([(copy.id, recipient)]) } catch {
          state.machine.refused(error)
          outgoing.refusal = error.message
        }
        return outgoing
      }
    }
  }

  /// Sends more than one batch holds; when a piece fails, the room of the later ones is given back.
  private func sendPieces(_ batch: [Outgoing], from sender: AgentID) async throws(CommunicationError) {
    var rest = batch[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(BatchProof.maximumCount))
      rest = rest.dropFirst(piece.count)
      do throws(CommunicationError) { try await enqueue(piece, from: sender) } catch {
        state.withLock { $0.machine.withdraw(rest.map { ($0.message.id, $0.message.to) }) }
        throw error
      }
    }
  }

  /// Has the next message of every topic sealed with a new key, as happens whenever a subscriber leaves and the bus is opened.
  public func rotateTopicKeys() { state.withLock { $0.rotateTopicKeys() } }
}
