package import SymbiontCore
import SymbiontStore
import Synchronization

extension DefaultCommunicationBus {
  /// How many messages one step of a move takes.
  private static let movedAtOnce = 256

  /// Gives the messages that wait for an agent to another, each under its id, in their order, and with what is left of its
  /// time to live; they are sealed anew for their new receiver.
  ///
  /// Those that are out for delivery stay. It can be called again after a failure or a crash: what was moved is not moved
  /// twice.
  ///
  /// One that cannot be sealed anew, as when the keys of its sender cannot be used, becomes a dead letter.
  ///
  /// - Returns: How many were moved.
  /// - Throws: ``CommunicationError/agentNotRegistered(agentID:)``, ``CommunicationError/mailboxFull(agentID:maxSize:)`` when
  ///   the other has no room for all of them, ``CommunicationError/storeFailed(reason:)``.
  @discardableResult
  package func moveMessages(from agentID: AgentID, to other: AgentID) async throws(CommunicationError) -> Int {
    var moved = 0
    while true {
      let messages = try await receive(agentID, atMost: Self.movedAtOnce)
      guard !messages.isEmpty else { return moved }
      for (index, message) in messages.enumerated() {
        do throws(CommunicationError) { try await move(message, to: other) } catch {
          if error.isOfOneMessage(to: other) {
            endUnmovable(message.message.message.id, error)
            continue
          }
          let wakes = state.withLock { state in
            for left in messages[index...] { state.machine.giveBack(left.message.message.id) }
            rearm(&state)
            // Who came meanwhile found nothing.
            return state.wakeReceivers(of: agentID)
          }
          for wake in wakes { wake() }
          throw error
        }
        moved += 1
      }
    }
  }

  /// Makes a dead letter of a message that cannot be sealed anew; one that was taken meanwhile has its end already.
  private func endUnmovable(_ id: MessageID, _ error: CommunicationError) {
    if case .messageNotFound = error { return }
    let settlement = state.withLock { state in
      state.machine.entries[id].map {
        state.machine.begin($0, .failed("it could not be sealed for another receiver: \(error.message)"))
      }
    }
    if let settlement { settle([settlement]) }
  }

  /// Moves a message that was leased for this.
  private func move(_ received: Received, to other: AgentID) async throws(CommunicationError) {
    var message = received.message.message
    let former = message.to
    message.to = other
    let elapsed = environment.clock.elapsed()
    let expiresAt = try underLock { state throws(CommunicationError) in
      guard !state.isShutDown else { throw .shuttingDown }
      try state.machine.reserveMove(to: other)
      return state.machine.entries[message.id]?.expiresAt ?? elapsed
    }
    message.timeToLive = max(Message.Bounds.timeToLive.lowerBound, .microseconds(expiresAt - elapsed))
    let row: EnvelopeRow
    let location: EnvelopeLocation
    do throws(CommunicationError) {
      let batches = [[Outgoing(message: message, keying: .agreement, keyEpoch: 0)]]
      guard let sealed = try await seal(batches, from: message.from, judgingReplies: false).first?.rows.first else {
        throw .messageNotFound(messageID: message.id)
      }
      row = sealed
      location = EnvelopeLocation(group: journal.reserveGroups(for: [row]), place: 0)
      try await store.write(isolated: true, throwing: CommunicationError.self) { transaction in
        guard try transaction.moveEnvelope(row, from: former, at: received.location, to: location.group) else {
          throw CommunicationError.messageNotFound(messageID: row.id)
        }
      }
    } catch {
      state.withLock { $0.machine.withdrawMove(to: other) }
      throw error
    }
    underLock { state in
      let arrival = state.machine.moved(BusMachine.Entry(row, at: location, elapsed: elapsed))
      rearm(&state)
      return (arrival, state.wakeReceivers(of: other))
    } then: { settlement, wakes in
      for wake in wakes { wake() }
      if let settlement { settle([settlement]) }
    }
  }
}

extension CommunicationError {
  /// Whether other messages may be moved to a receiver although this one could not.
  fileprivate func isOfOneMessage(to receiver: AgentID) -> Bool {
    switch self {
    case .messageNotFound: true
    case .keyUnknown(let agentID, _), .keyRevoked(let agentID, _): agentID != receiver
    case .keyUnusable(let agentID?, _): agentID != receiver
    default: false
    }
  }
}
