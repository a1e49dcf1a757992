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
    guard !state.isShutDown, let next = state.machine.timers.next() else { return }
    if let alarm = state.alarm, alarm <= next { return }
    state.alarm = next
    environment.clock.setAlarm(at: next) { [weak self] in self?.alarmRang() }
  }

  private func alarmRang() {
    underLock { state in
      state.alarm = nil
      guard !state.isShutDown else { return ([BusState.Wake](), BusMachine.Due()) }
      let due = state.machine.due(at: environment.clock.elapsed())
      var wakes = due.requests.compactMap { state.endAsk($0, .timedOut) }
      for message in due.again { wakes += state.wakeReceivers(of: message.recipient) }
      rearm(&state)
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
    store.submit { transaction in
      for settlement in settlements { _ = try transaction.settle(settlement, at: now) }
    } completion: { result in
      switch result {
      case .success: self.finish(settlements)
      case .failure: self.abandon(settlements)
      }
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

  /// Removes the oldest beyond the bounds; after a crash in between, opening finds them again.
  func trim(_ overflow: BusMachine.Overflow) {
    guard !overflow.isEmpty else { return }
    store.submit { transaction in
      for id in overflow.deadLetters { try transaction.dropDeadLetter(id) }
      try transaction.removeEnvelopes(overflow.history)
    } completion: { _ in
    }
    for id in overflow.deadLetters { environment.observe(.deadLetterDropped(id)) }
  }

  /// Records how often messages were delivered; a crash before it is durable forgets one time.
  func record(_ again: [(id: MessageID, recipient: AgentID, attempts: Int)]) {
    guard !again.isEmpty else { return }
    store.submit { transaction in
      for message in again { try transaction.setEnvelopeAttempts(message.id, to: message.attempts) }
    } completion: { _ in
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

extension StoreTransaction {
  /// Records how a message ends; false when it does not wait any more.
  func settle(_ settlement: BusMachine.Settlement, at time: Timestamp) throws(StoreError) -> Bool {
    switch settlement.ending {
    case .delivered: try deliverEnvelope(settlement.id, to: settlement.recipient, at: time)
    case .expired: try expireEnvelope(settlement.id, at: time)
    case .failed(let reason): try failEnvelope(settlement.id, reason: reason, at: time)
    }
  }
}
