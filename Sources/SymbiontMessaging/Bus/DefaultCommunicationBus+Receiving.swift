public import SymbiontCore
import SymbiontStore
import Synchronization

extension DefaultCommunicationBus {
  /// The messages that wait for the agent, urgent ones first; they stay until they are acknowledged, and come again when
  /// that takes longer than `delivery_timeout`.
  ///
  /// A message that cannot be opened is not among them: it becomes a dead letter, with the reason.
  public func receiveMessages(_ agentID: AgentID) async throws(CommunicationError) -> [SecureMessage] {
    try await receive(agentID, atMost: limits.receivedAtOnce, counts: true).map(\.message)
  }

  /// The same, but at most so many, and waiting until there is at least one.
  ///
  /// - Throws: ``CommunicationError/cancelled(operation:)`` when the task is cancelled,
  ///   ``CommunicationError/shuttingDown`` when the bus stops meanwhile.
  public func nextMessages(
    for agentID: AgentID, atMost maximum: Int = 256
  ) async throws(CommunicationError) -> [SecureMessage] {
    try await receiveNext(agentID, atMost: maximum, counts: true).map(\.message)
  }

  func receiveNext(
    _ agentID: AgentID, atMost maximum: Int, counts: Bool = false
  ) async throws(CommunicationError) -> [Received] {
    while true {
      let messages = try await receive(agentID, atMost: max(1, maximum), counts: counts)
      if !messages.isEmpty { return messages }
      try await waitForMessages(agentID)
    }
  }

  /// A message that is out for delivery.
  struct Received: Sendable {
    let message: SecureMessage
    let location: EnvelopeLocation
  }

  /// - Parameter counts: Whether deliveries of what a former bus left are recorded first, for receivers that take messages
  ///   without a transaction.
  func receive(
    _ agentID: AgentID, atMost maximum: Int, counts: Bool = false
  ) async throws(CommunicationError) -> [Received] {
    let lease = try underLock { state throws(CommunicationError) in
      guard !state.isShutDown else { throw .shuttingDown }
      guard state.machine.mailboxes[agentID] != nil else { throw .agentNotRegistered(agentID: agentID) }
      let lease = state.machine.lease(for: agentID, atMost: maximum, at: environment.clock.elapsed(), counts: counts)
      rearm(&state)
      return lease
    }
    settle(lease.ended)
    if !lease.counted.isEmpty { try await recordNow(lease, for: agentID) }
    return try await open(lease.entries, for: agentID)
  }

  /// Records deliveries, or takes them back.
  private func recordNow(_ lease: BusMachine.Lease, for agentID: AgentID) async throws(CommunicationError) {
    do throws(CommunicationError) { try await journal.change(Self.recording(lease.counted)) } catch {
      let wakes = state.withLock { state in
        for message in lease.counted { state.machine.entries[message.id]?.isRestored = true }
        for entry in lease.entries { state.machine.giveBack(entry.id) }
        rearm(&state)
        // Who came meanwhile found nothing.
        return state.wakeReceivers(of: agentID)
      }
      for wake in wakes { wake() }
      throw error
    }
  }

  /// Opens what was leased; what does not open becomes a dead letter.
  func open(_ entries: [BusMachine.Entry], for agentID: AgentID) async throws(CommunicationError) -> [Received] {
    let entries = try await withEnvelopes(entries)
    var messages: [Received] = []
    messages.reserveCapacity(entries.count)
    var settlements: [BusMachine.Settlement] = []
    var memory = BatchMemory()
    for entry in entries {
      do throws(CommunicationError) {
        // One that is nowhere any more was taken or has ended meanwhile.
        guard let envelope = entry.envelope else { continue }
        let opened = try opener.open(envelope, for: agentID, id: entry.id, keys: keys, memory: &memory)
        messages.append(Received(message: opened.secureMessage, location: entry.location))
      } catch {
        _ = refused(error, id: entry.id, agentID: agentID)
        let settlement = state.withLock { state in
          state.machine.entries[entry.id].map { state.machine.begin($0, .failed(error.message)) }
        }
        if let settlement { settlements.append(settlement) }
      }
    }
    settle(settlements)
    return messages
  }

  /// Reads the envelopes that are not in memory.
  private func withEnvelopes(_ entries: [BusMachine.Entry]) async throws(CommunicationError) -> [BusMachine.Entry] {
    let missing = entries.filter { $0.envelope == nil }.map(\.location)
    guard !missing.isEmpty else { return entries }
    let found = try await store.read(throwing: CommunicationError.self) { try $0.envelopes(missing) }
    return entries.map { entry in
      var entry = entry
      if entry.envelope == nil, let row = found[entry.location], row.status == .pending, row.id == entry.id {
        entry.envelope = row.envelope
      }
      return entry
    }
  }

  private func waitForMessages(_ agentID: AgentID) async throws(CommunicationError) {
    let id = state.withLock { state in
      state.lastReceiver += 1
      return state.lastReceiver
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          let isOver =
            state.cancelledReceivers.remove(id) != nil || state.isShutDown || state.machine.hasWaiting(agentID)
            || state.machine.mailboxes[agentID] == nil
          if !isOver { state.receivers[agentID, default: []].append(.init(id: id, continuation: continuation)) }
          return isOver
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      let receiver = state.withLock { state in
        guard let place = state.receivers[agentID]?.firstIndex(where: { $0.id == id }) else {
          state.cancelledReceivers.insert(id)
          return BusState.Receiver?.none
        }
        let receiver = state.receivers[agentID]?.remove(at: place)
        if state.receivers[agentID]?.isEmpty ?? false { state.receivers[agentID] = nil }
        return receiver
      }
      receiver?.continuation.resume()
    }
    // A wait that is cancelled just as it ends leaves its mark.
    state.withLock { _ = $0.cancelledReceivers.remove(id) }
    guard !Task.isCancelled else { throw .cancelled(operation: "wait for messages") }
  }

  /// Takes messages: they are delivered, and do not come again.
  ///
  /// Durable when this returns.
  ///
  /// - Throws: ``CommunicationError/messageNotFound(messageID:)`` when one of them does not wait for the agent's
  ///   acknowledgement (any more); then none is taken.
  public func acknowledge(_ messageIDs: [MessageID], by agentID: AgentID) async throws(CommunicationError) {
    let settlements = try underLock { state throws(CommunicationError) in
      guard !state.isShutDown else { throw .shuttingDown }
      var settlements: [BusMachine.Settlement] = []
      do throws(CommunicationError) {
        for id in messageIDs { settlements.append(try state.machine.acknowledge(id, by: agentID)) }
      } catch {
        state.machine.abandon(settlements, at: environment.clock.elapsed())
        rearm(&state)
        throw error
      }
      return settlements
    }
    let now = environment.clock.now()
    do throws(CommunicationError) {
      let missing = try await journal.change { changes, transaction in
        try changes.deliver(settlements, at: now, in: transaction)
      }
      if let missing { throw .messageNotFound(messageID: missing) }
    } catch {
      abandon(settlements)
      throw error
    }
    finish(settlements)
  }

  /// Gives a message back that cannot be dealt with now: it is delivered again, or becomes a dead letter when that was
  /// tried often enough.
  public func reject(_ messageID: MessageID, by agentID: AgentID, reason: String) async throws(CommunicationError) {
    let (wakes, settlement, again) = try underLock { state throws(CommunicationError) in
      guard !state.isShutDown else { throw .shuttingDown }
      let settlement = try state.machine.reject(messageID, by: agentID, reason: reason)
      rearm(&state)
      let again = state.machine.entries[messageID].map(BusMachine.Redelivery.init)
      return (settlement == nil ? state.wakeReceivers(of: agentID) : [], settlement, again)
    }
    for wake in wakes { wake() }
    guard let settlement else { return record(again.map { [$0] } ?? []) }
    try await settleNow([settlement])
  }

  /// What became of the message.
  public func getMessageStatus(_ messageID: MessageID) async throws(CommunicationError) -> DeliveryStatus {
    let (status, location) = state.withLock { state in
      (state.machine.status(of: messageID, at: environment.clock.elapsed()), state.machine.ended[messageID])
    }
    if let status { return status }
    guard let location else { throw .messageNotFound(messageID: messageID) }
    let row = try await store.read(throwing: CommunicationError.self) { try $0.envelope(of: messageID, at: location) }
    guard let row else { throw .messageNotFound(messageID: messageID) }
    return row.status
  }
}
