package import SymbiontCore
package import SymbiontStore
import Synchronization

/// A received message that its receiver takes in a transaction of its own, together with the effects that it causes: both
/// are durable, or neither, so that a program gets it exactly once.
package struct Delivery: Sendable {
  package let message: SecureMessage
  let location: EnvelopeLocation
  let bus: DefaultCommunicationBus

  /// Takes the message.
  ///
  /// - Throws: ``CommunicationError/messageNotFound(messageID:)``, which undoes the transaction's body, when it was taken
  ///   before or has ended otherwise.
  package func take(in transaction: borrowing StoreTransaction, at time: Timestamp) throws {
    guard try takeIfWaiting(in: transaction, at: time) else {
      throw CommunicationError.messageNotFound(messageID: message.message.id)
    }
  }

  /// Takes the message; false, and nothing changes, when it was taken before or has ended otherwise.
  package func takeIfWaiting(in transaction: borrowing StoreTransaction, at time: Timestamp) throws -> Bool {
    let settlement = BusMachine.Settlement(
      id: message.message.id, recipient: message.message.to, location: location, ending: .delivered)
    var changes = EnvelopeChanges()
    guard try changes.deliver([settlement], at: time, in: transaction) == nil else { return false }
    try changes.save(in: transaction)
    return true
  }

  /// The transaction was not made: the message waits again, and this delivery does not count.
  package func giveBack() {
    bus.state.withLock { state in
      state.machine.giveBack(message.message.id)
      bus.rearm(&state)
    }
  }

  /// The transaction is durable.
  ///
  /// Without this call the message is handed out again after a while, but cannot be taken again.
  package func taken() {
    let settlement = bus.state.withLock { state in
      state.machine.entries[message.message.id].map { state.machine.begin($0, .delivered) }
    }
    if let settlement { bus.finish([settlement]) }
  }
}

extension DefaultCommunicationBus {
  /// The messages that wait for the agent, to be taken in transactions of the caller.
  package func receiveDeliveries(
    _ agentID: AgentID, atMost maximum: Int = 256
  ) async throws(CommunicationError) -> [Delivery] {
    try await receive(agentID, atMost: maximum).map {
      Delivery(message: $0.message, location: $0.location, bus: self)
    }
  }

  /// The same, waiting until there is at least one.
  package func nextDeliveries(
    _ agentID: AgentID, atMost maximum: Int = 256
  ) async throws(CommunicationError) -> [Delivery] {
    try await receiveNext(agentID, atMost: maximum).map {
      Delivery(message: $0.message, location: $0.location, bus: self)
    }
  }

  /// Seals messages of one sender and takes room for them, to be kept in a transaction of the caller.
  ///
  /// Their order among each other is kept; towards what the sender sends otherwise at the same time it is the order of
  /// the calls of this method and of sending.
  package func prepare(_ messages: [Message]) async throws(CommunicationError) -> PreparedSend? {
    guard let sender = messages.first?.from else { return nil }
    let batches = [try admit(messages, from: sender)]
    do throws(CommunicationError) {
      return try await seal(batches, from: sender).first.map(PreparedSend.init)
    } catch {
      state.withLock { $0.machine.withdraw(messages.map { ($0.id, $0.to) }) }
      throw refused(error, id: messages.first?.id, agentID: sender)
    }
  }
}
