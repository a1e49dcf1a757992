public import SymbiontCore
import SymbiontStore
import Synchronization

extension DefaultCommunicationBus {
  /// Puts a message into the receiver's mailbox; it is durable when this returns.
  public func sendMessage(_ message: Message) async throws(CommunicationError) -> MessageID {
    try await send([message])
    return message.id
  }

  /// Puts the messages of one sender into their receivers' mailboxes, all of them or none, signed with one signature.
  ///
  /// They are received in the order in which they are given, as far as their priorities are the same.
  public func send(_ messages: [Message]) async throws(CommunicationError) {
    guard let sender = messages.first?.from else { return }
    let batch = try admit(messages, from: sender)
    try await enqueue(batch, from: sender)
  }

  /// Checks messages, the size before anything else, and takes room for them.
  func admit(_ messages: [Message], from sender: AgentID) throws(CommunicationError) -> [Outgoing] {
    do throws(CommunicationError) {
      guard messages.count <= BatchProof.maximumCount else {
        throw .messageInvalid(reason: "a batch has at most \(BatchProof.maximumCount) messages, not \(messages.count)")
      }
      for message in messages { try check(message, from: sender) }
      try underLock { state throws(CommunicationError) in
        guard !state.isShutDown else { throw .shuttingDown }
        guard state.machine.mailboxes[sender] != nil else { throw .agentNotRegistered(agentID: sender) }
        try state.machine.reserve(messages.map { ($0.id, $0.to) })
      }
    } catch { throw refused(error, id: messages.first?.id, agentID: sender) }
    return messages.map { Outgoing(message: $0, keying: .agreement, keyEpoch: 0) }
  }

  func check(_ message: Message, from sender: AgentID) throws(CommunicationError) {
    guard message.payload.count <= configuration.maxMessageSize else {
      throw .messageTooLarge(size: message.payload.count, maxSize: configuration.maxMessageSize)
    }
    do { try message.validate() } catch { throw .messageInvalid(reason: error.message) }
    guard message.from == sender else { throw .messageInvalid(reason: "all messages of a batch have one sender") }
  }

  /// Has messages sealed, signed and stored, together with those of other callers of the same sender.
  func enqueue(_ batch: [Outgoing], from sender: AgentID) async throws(CommunicationError) {
    switch await lanes.enter(sender, batch) {
    case .lead: try await lead(batch, from: sender).get()
    case .done(let result): try result.get()
    }
  }

  /// Seals what all callers of the sender have, hands it to the store in order, and lets the next lead.
  private func lead(_ own: [Outgoing], from sender: AgentID) async -> Result<Void, CommunicationError> {
    let tickets = lanes.take(sender, beside: own.count)
    let batches = [own] + tickets.map(\.batch)
    var prepared: [Result<SealedSend, CommunicationError>] = []
    do throws(CommunicationError) {
      prepared = try await seal(batches, from: sender).map { .success($0) }
    } catch {
      // What is wrong with one is no fault of the others.
      if batches.count == 1 {
        prepared = [.failure(error)]
      } else {
        for batch in batches { prepared.append(await sealAlone(batch, from: sender)) }
      }
    }
    return await withCheckedContinuation { continuation in
      store(prepared[0], own) { continuation.resume(returning: $0) }
      for (ticket, send) in zip(tickets, prepared.dropFirst()) {
        store(send, ticket.batch) { ticket.continuation.resume(returning: .done($0)) }
      }
      lanes.pass(sender)
    }
  }

  private func sealAlone(
    _ batch: [Outgoing], from sender: AgentID
  ) async -> Result<SealedSend, CommunicationError> {
    do throws(CommunicationError) {
      guard let send = try await seal([batch], from: sender).first else { throw .messageInvalid(reason: "it is empty") }
      return .success(send)
    } catch { return .failure(error) }
  }

  private func store(
    _ prepared: Result<SealedSend, CommunicationError>, _ batch: [Outgoing],
    then answer: @escaping @Sendable (Result<Void, CommunicationError>) -> Void
  ) {
    switch prepared {
    case .success(let send): store(send, then: answer)
    case .failure(let error):
      withdraw(batch)
      answer(.failure(refused(error, id: batch.first?.message.id, agentID: batch.first?.message.from)))
    }
  }

  private func store(_ send: SealedSend, then answer: @escaping @Sendable (Result<Void, CommunicationError>) -> Void) {
    journal.keep(send.rows) { result in
      switch result {
      case .success(let locations):
        send.sent(at: locations)
        answer(.success(()))
      case .failure(let error):
        send.withdraw()
        answer(
          .failure(self.refused(CommunicationError(error), id: send.rows.first?.id, agentID: send.rows.first?.sender)))
      }
    }
  }

  /// Seals batches of one sender as one, and tells what is to be stored for each.
  ///
  /// Unless told otherwise, an answer that nobody waits for is found to be late.
  func seal(
    _ batches: [[Outgoing]], from sender: AgentID, judgingReplies: Bool = true
  ) async throws(CommunicationError) -> [SealedSend] {
    var all = batches.count == 1 ? batches[0] : batches.flatMap { $0 }
    let sequence = try await sequences.take(all.count)
    let (now, elapsed) = (environment.clock.now(), environment.clock.elapsed())
    let signer = try keys.with { ring throws(CommunicationError) in
      for index in all.indices where all[index].keying == .agreement {
        all[index].keyEpoch = ring.currentEpoch(of: all[index].message.to)
      }
      return try ring.identity(of: sender, epoch: ring.currentEpoch(of: sender))
    }
    var memory = BatchMemory()
    let (sealed, root) = try sealer.seal(
      all, signer: signer, sentAt: now, sequence: sequence,
      bodyKey: { header throws(CommunicationError) in
        try memory.bodyKey(header) { header throws(CommunicationError) in try keys.bodyKey(header) }
      })
    if limits.remembersOwnSignatures { keys.remember(root) }
    let late = judgingReplies ? lateReplies(all) : []
    let rows = zip(sealed, all).map { envelope, outgoing in
      EnvelopeRow(envelope, refusal: outgoing.refusal ?? (late.contains(envelope.header.id) ? BusMachine.late : nil))
    }
    guard batches.count > 1 else { return [SealedSend(bus: self, rows: rows, elapsed: elapsed)] }
    var taken = 0
    return batches.map { batch in
      defer { taken += batch.count }
      return SealedSend(bus: self, rows: Array(rows[taken..<taken + batch.count]), elapsed: elapsed)
    }
  }

  /// The answers that nobody waits for any more.
  private func lateReplies(_ batch: [Outgoing]) -> Set<MessageID> {
    guard batch.contains(where: { $0.message.inReplyTo != nil }) else { return [] }
    let replies = batch.map(\.message).filter { $0.inReplyTo != nil }
    return state.withLock { state in
      Set(
        replies.filter { reply in
          reply.inReplyTo.map { !state.machine.isAwaited($0, from: reply.from, to: reply.to) } ?? false
        }.map(\.id))
    }
  }

  private func withdraw(_ batch: [Outgoing]) {
    state.withLock { $0.machine.withdraw(batch.map { ($0.message.id, $0.message.to) }) }
  }
}

extension EnvelopeRow {
  /// The row of a sealed message; a dead letter from the start when there is a reason.
  init(_ envelope: SealedEnvelope, refusal: String? = nil) {
    let header = envelope.header
    self.init(
      id: header.id, recipient: header.to, sender: header.from, sequence: header.sequence, priority: header.priority,
      status: refusal == nil ? .pending : .failed, timeToLive: header.timeToLive,
      expiresAt: header.sentAt + .microseconds(header.timeToLive), inReplyTo: header.inReplyTo,
      finishedAt: refusal == nil ? nil : header.sentAt, reason: refusal, envelope: envelope.bytes)
  }
}
