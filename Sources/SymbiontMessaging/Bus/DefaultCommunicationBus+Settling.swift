import SymbiontCore
import SymbiontStore
import Synchronization

extension DefaultCommunicationBus {
  /// Changes the state; what follows from it is done outside of the lock.
  func underLock<T>(_ change: (inout BusState) -> T, then act: (T) -> Void) {
    let outcome = state.withLock { state in Carried(value: change(&state)) }
    act(outcome.value)
  }

  /// Changes the state, or throws.
  func underLock<T>(
    _ change: (inout BusState) throws(CommunicationError) -> T
  ) throws(CommunicationError) -> T {
    let result = state.withLock { state -> Carried<Result<T, CommunicationError>> in
      do throws(CommunicationError) { return Carried(value: .success(try change(&state))) } catch {
        return Carried(value: .failure(error))
      }
    }
    return try result.value.get()
  }

  /// Counts a refusal and tells it; what the store or the stopping bus refuses is no refusal of the message.
  func refused(_ error: CommunicationError, id: MessageID?, agentID: AgentID?) -> CommunicationError {
    switch error {
    case .storeFailed, .shuttingDown, .cancelled: break
    default:
      state.withLock { $0.machine.refused(error) }
      if let agentID { environment.observe(.refused(id, agentID: agentID, error: error)) }
    }
    return error
  }

  // MARK: Time

  /// Sets the alarm to the next moment at which something is due.
  func rearm(_ state: inout BusState) {
    guard let soonest = state.machine.takeSoonest() else { return }
    setAlarm(notAfter: soonest, &state)
  }

  private func setAlarm(notAfter time: Int64, _ state: inout BusState) {
    guard !state.isShutDown else { return }
    if let alarm = state.alarm, alarm <= time { return }
    state.alarm = time
    environment.clock.setAlarm(at: time) { [weak self] in self?.alarmRang() }
  }

  private func alarmRang() {
    underLock { state in
      state.alarm = nil
      guard !state.isShutDown else { return ([BusState.Wake](), BusMachine.Due()) }
      let due = state.machine.due(at: environment.clock.elapsed())
      var wakes = due.requests.compactMap { state.endAsk($0, .timedOut) }
      for agentID in due.receivers { wakes += state.wakeReceivers(of: agentID) }
      if let next = state.machine.nextDeadline() { setAlarm(notAfter: next, &state) }
      return (wakes, due)
    } then: { wakes, due in
      for wake in wakes { wake() }
      settle(due.settlements)
      record(due.again)
    }
  }

  func afterOpening() {
    underLock { state in
      let orphans = state.machine.endOrphans()
      let overflow = state.machine.overflow()
      rearm(&state)
      return (orphans, overflow)
    } then: { orphans, overflow in
      settle(orphans)
      trim(overflow)
    }
  }

  // MARK: The store

  /// Stores how messages end; nobody waits for it, and it is tried again when it fails.
  func settle(_ settlements: [BusMachine.Settlement]) {
    guard !settlements.isEmpty else { return }
    let now = environment.clock.now()
    journal.change { changes, transaction in
      try changes.settle(settlements, at: now, in: transaction)
    } then: { result in
      switch result {
      case .success(let over): self.finish(over)
      case .failure: self.abandon(settlements)
      }
    }
  }

  /// The same, and returns when it is durable.
  func settleNow(_ settlements: [BusMachine.Settlement]) async throws(CommunicationError) {
    let now = environment.clock.now()
    do throws(CommunicationError) {
      finish(
        try await journal.change { changes, transaction in
          try changes.settle(settlements, at: now, in: transaction)
        })
    } catch {
      abandon(settlements)
      throw error
    }
  }

  /// The end of messages is durable.
  func finish(_ settlements: [BusMachine.Settlement]) {
    let overflow = state.withLock { $0.machine.finish(settlements) }
    for settlement in settlements {
      switch settlement.ending {
      case .delivered: break
      case .expired: environment.observe(.expired(settlement.id, recipient: settlement.recipient))
      case .failed(let reason):
        environment.observe(.deadLettered(settlement.id, recipient: settlement.recipient, reason: reason))
      }
    }
    trim(overflow)
  }

  func abandon(_ settlements: [BusMachine.Settlement]) {
    state.withLock { state in
      state.machine.abandon(settlements, at: environment.clock.elapsed())
      rearm(&state)
    }
  }

  /// Removes the oldest beyond the bounds; after a crash in between, opening finds them again, and what could not be
  /// removed is removed with the next.
  func trim(_ overflow: BusMachine.Overflow) {
    guard !overflow.isEmpty else { return }
    journal.change { changes, transaction in
      for letter in overflow.deadLetters {
        _ = try changes.change(letter.location, in: transaction) { $0.dropDeadLetter(letter.id, at: $1) }
      }
      try transaction.removeEnvelopes(of: overflow.spentGroups)
      try changes.remove(overflow.groups, in: transaction)
    } then: { result in
      guard case .failure = result else { return }
      self.state.withLock { $0.machine.groups.putBack(empty: overflow.groups, spent: overflow.spentGroups) }
    }
    for letter in overflow.deadLetters { environment.observe(.deadLetterDropped(letter.id)) }
  }

  /// Records how often messages were delivered; a crash before it is durable forgets one time.
  func record(_ again: [BusMachine.Redelivery]) {
    if !again.isEmpty { journal.change(Self.recording(again)) { _ in } }
  }

  /// The change that records how often messages were delivered.
  static func recording(
    _ deliveries: [BusMachine.Redelivery]
  ) -> @Sendable (inout EnvelopeChanges, borrowing StoreTransaction) throws -> Void {
    { changes, transaction in
      for message in deliveries {
        _ = try changes.change(message.location, in: transaction) { group, place in
          group.setAttempts(message.id, at: place, to: message.attempts)
        }
      }
    }
  }
}

/// Takes a value out of a lock that would have it cross into another region.
///
/// `@unchecked Sendable`: it is made inside of the lock, holds nothing that the state keeps, and is used by the caller
/// alone.
private struct Carried<Value>: @unchecked Sendable {
  let value: Value
}
