public import SymbiontCore
import SymbiontStore
import Synchronization

/// A message that could not be delivered.
public struct DeadLetter: Sendable, Hashable {
  /// The message.
  public let messageID: MessageID
  /// The agent that sent it.
  public let sender: AgentID
  /// The agent that was to receive it.
  public let recipient: AgentID
  /// When it became a dead letter.
  public let failedAt: Timestamp
  /// Why.
  public let reason: String
  /// The message as it would have been received; nil when it cannot be opened, which then is the reason.
  public let message: SecureMessage?
}

extension DefaultCommunicationBus {
  /// The latest dead letters, the oldest first.
  public func deadLetters(atMost maximum: Int = 100) async throws(CommunicationError) -> [DeadLetter] {
    let locations = state.withLock { state in
      state.machine.deadLetters.suffix(max(0, maximum)).compactMap { state.machine.ended[$0] }
    }
    let rows = try await store.read(throwing: CommunicationError.self) { try $0.envelopes(locations) }
    return locations.compactMap { rows[$0] }.filter { $0.status == .failed }.map { row in
      DeadLetter(
        messageID: row.id, sender: row.sender, recipient: row.recipient, failedAt: row.finishedAt ?? .epoch,
        reason: row.reason ?? "", message: opened(row))
    }
  }

  private func opened(_ row: EnvelopeRow) -> SecureMessage? {
    guard let envelope = row.envelope else { return nil }
    return try? opener.open(envelope, for: row.recipient, id: row.id, keys: keys).secureMessage
  }

  /// Has a dead letter delivered once more, as if it were sent now; its receiver must be registered and have room.
  ///
  /// - Throws: ``CommunicationError/messageNotFound(messageID:)`` when it is no dead letter (any more).
  public func replayDeadLetter(_ messageID: MessageID) async throws(CommunicationError) {
    guard let location = state.withLock({ $0.machine.ended[messageID] }) else {
      throw .messageNotFound(messageID: messageID)
    }
    let found = try await store.read(throwing: CommunicationError.self) { try $0.envelopes([location]) }
    guard let row = found[location], row.status == .failed, row.envelope != nil else {
      throw .messageNotFound(messageID: messageID)
    }
    try underLock { state throws(CommunicationError) in
      guard !state.isShutDown else { throw .shuttingDown }
      guard state.machine.takeDeadLetter(row.id) else { throw .messageNotFound(messageID: messageID) }
      do throws(CommunicationError) {
        try state.machine.reserve([(row.id, row.recipient)], isReplayed: true)
      } catch {
        state.machine.putDeadLetterBack(row.id)
        throw error
      }
    }
    let expiresAt = environment.clock.now() + .microseconds(row.timeToLive)
    do throws(CommunicationError) {
      let isRevived = try await journal.change { changes, transaction in
        try changes.change(location, in: transaction) { $0.revive(row.id, at: $1, expiresAt: expiresAt) }
      }
      guard isRevived ?? false else { throw .messageNotFound(messageID: row.id) }
    } catch {
      state.withLock { state in
        state.machine.withdraw([(row.id, row.recipient)])
        state.machine.putDeadLetterBack(row.id)
      }
      throw error
    }
    arriveAgain(row, at: location)
  }

  private func arriveAgain(_ row: EnvelopeRow, at location: EnvelopeLocation) {
    underLock { state in
      let entry = BusMachine.Entry(row, at: location, elapsed: environment.clock.elapsed())
      let arrival = state.machine.arrive(entry, isReplayed: true)
      rearm(&state)
      return (arrival, state.wakeReceivers(of: row.recipient))
    } then: { arrival, wakes in
      for wake in wakes { wake() }
      if case .ends(let settlement) = arrival { settle([settlement]) }
    }
  }
}
