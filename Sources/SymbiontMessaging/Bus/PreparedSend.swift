import SymbiontCore
package import SymbiontStore
import Synchronization

/// Messages that are sealed and have room, but are not durable yet.
struct SealedSend: Sendable {
  let bus: DefaultCommunicationBus
  let rows: [EnvelopeRow]
  let elapsed: Int64

  /// The messages are durable at these places: receivers get them.
  func sent(at locations: some Sequence<EnvelopeLocation>) {
    bus.underLock { state in
      var arrivals = Arrivals()
      // All are of one sender, in the order of their sequences.
      if let last = rows.last { state.machine.raiseLastSequence(of: last.sender, to: last.sequence) }
      for (row, location) in zip(rows, locations) { arrivals.take(row, at: location, elapsed: elapsed, &state) }
      bus.rearm(&state)
      return (arrivals, arrivals.receivers.flatMap { state.wakeReceivers(of: $0) })
    } then: { arrivals, wakes in
      for wake in wakes + arrivals.wakes { wake() }
      for row in rows where row.status == .failed {
        bus.environment.observe(.deadLettered(row.id, recipient: row.recipient, reason: row.reason ?? ""))
      }
      bus.settle(arrivals.settlements)
      bus.trim(arrivals.overflow)
    }
  }

  /// The messages could not be stored: their room is given back.
  func withdraw() {
    bus.state.withLock { state in
      state.machine.withdraw(rows.map { ($0.id, $0.recipient) })
    }
  }

  /// What follows from messages that are durable.
  private struct Arrivals {
    var receivers: [AgentID] = []
    var wakes: [BusState.Wake] = []
    var settlements: [BusMachine.Settlement] = []
    var overflow = BusMachine.Overflow()

    mutating func take(_ row: EnvelopeRow, at location: EnvelopeLocation, elapsed: Int64, _ state: inout BusState) {
      if row.status == .failed { return overflow.add(state.machine.finishAtOnce(row, at: location)) }
      switch state.machine.arrive(BusMachine.Entry(row, at: location, elapsed: elapsed)) {
      case .waits: if receivers.last != row.recipient { receivers.append(row.recipient) }
      case .answers(let request): if let wake = state.endAsk(request, .answer(row.id)) { wakes.append(wake) }
      case .ends(let settlement): settlements.append(settlement)
      }
    }
  }
}

/// Messages of a caller who keeps them in a transaction of its own, together with its own effects: ``insert(in:)`` in the
/// transaction, ``sent()`` after its commit, ``withdraw()`` when it failed.
package struct PreparedSend: Sendable {
  private let send: SealedSend
  private let firstGroup: Int64

  init(_ send: SealedSend) {
    self.send = send
    firstGroup = send.bus.journal.reserveGroups(for: send.rows)
  }

  package var rows: [EnvelopeRow] { send.rows }

  /// Keeps the messages.
  package func insert(in transaction: borrowing StoreTransaction) throws {
    try transaction.insertEnvelopes(send.rows, from: firstGroup)
  }

  /// The transaction is durable: receivers get the messages.
  package func sent() { send.sent(at: EnvelopeGroup.locations(of: send.rows, from: firstGroup)) }

  /// The transaction failed: the room of the messages is given back.
  package func withdraw() { send.withdraw() }
}

extension BusMachine.Entry {
  init(_ row: EnvelopeRow, at location: EnvelopeLocation, elapsed: Int64) {
    self.init(
      id: row.id, recipient: row.recipient, sender: row.sender, priority: row.priority, sequence: row.sequence,
      inReplyTo: row.inReplyTo, location: location, expiresAt: elapsed &+ row.timeToLive, envelope: row.envelope)
  }
}

extension BusMachine.Overflow {
  mutating func add(_ other: BusMachine.Overflow) {
    deadLetters += other.deadLetters
    groups += other.groups
    spentGroups += other.spentGroups
  }
}
