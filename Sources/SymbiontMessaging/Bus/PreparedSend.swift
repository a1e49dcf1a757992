import SymbiontCore
package import SymbiontStore
import Synchronization

/// Messages that are sealed and have room, but are not durable yet.
///
/// A caller whose own effects are in the same store keeps both in one transaction: ``insert(in:)`` in the transaction,
/// ``sent()`` after its commit, ``withdraw()`` when it failed.
package struct PreparedSend: Sendable {
  let bus: DefaultCommunicationBus
  package let rows: [EnvelopeRow]
  let elapsed: Int64

  /// Keeps the messages.
  ///
  /// - Throws: ``CommunicationError/messageAlreadySent(messageID:)``, which undoes the transaction's body.
  package func insert(in transaction: borrowing StoreTransaction) throws {
    for row in rows where try !transaction.insertEnvelope(row) {
      throw CommunicationError.messageAlreadySent(messageID: row.id)
    }
  }

  /// The transaction is durable: receivers get the messages.
  package func sent() {
    bus.underLock { state in
      var wakes: [BusState.Wake] = []
      var settlements: [BusMachine.Settlement] = []
      var overflow = BusMachine.Overflow()
      for row in rows {
        if row.status == .failed {
          overflow.add(
            state.machine.finishAtOnce(
              row.id, recipient: row.recipient, sender: row.sender, sequence: row.sequence))
          continue
        }
        switch state.machine.arrive(BusMachine.Entry(row, elapsed: elapsed)) {
        case .waits: wakes += state.wakeReceivers(of: row.recipient)
        case .answers(let request):
          if let wake = state.endAsk(request, .answer(row.id)) { wakes.append(wake) }
        case .ends(let settlement): settlements.append(settlement)
        }
      }
      bus.rearm(&state)
      return (wakes, settlements, overflow)
    } then: { wakes, settlements, overflow in
      for wake in wakes { wake() }
      for row in rows where row.status == .failed {
        bus.environment.observe(.deadLettered(row.id, recipient: row.recipient, reason: row.reason ?? ""))
      }
      bus.settle(settlements)
      bus.trim(overflow)
    }
  }

  /// The transaction failed: the room of the messages is given back.
  package func withdraw() {
    bus.state.withLock { state in
      state.machine.withdraw(rows.map { ($0.id, $0.recipient) })
    }
  }
}

extension BusMachine.Entry {
  init(_ row: EnvelopeRow, elapsed: Int64) {
    self.init(
      id: row.id, recipient: row.recipient, sender: row.sender, priority: row.priority, sequence: row.sequence,
      inReplyTo: row.inReplyTo, expiresAt: elapsed &+ row.timeToLive, envelope: row.envelope)
  }
}

extension BusMachine.Overflow {
  mutating func add(_ other: BusMachine.Overflow) {
    deadLetters += other.deadLetters
    history += other.history
  }
}
