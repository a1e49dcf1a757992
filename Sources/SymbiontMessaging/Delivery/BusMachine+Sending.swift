import SymbiontCore
import SymbiontStore

extension BusMachine {
  /// What becomes of a message that is now durable.
  enum Arrival: Sendable, Hashable {
    /// It waits; whoever receives for the agent is woken.
    case waits
    /// It is the answer that a request waits for.
    case answers(MessageID)
    /// Nobody can receive it any more.
    case ends(Settlement)
  }

  /// Takes room for messages before they are made; it is given back by ``arrive(_:isReplayed:)`` or ``withdraw(_:)``.
  mutating func reserve(
    _ messages: [(id: MessageID, recipient: AgentID)], isReplayed: Bool = false
  ) throws(CommunicationError) {
    var taken = 0
    do throws(CommunicationError) {
      for message in messages {
        try reserve(message.id, for: message.recipient, isReplayed: isReplayed)
        taken += 1
      }
    } catch {
      withdraw(Array(messages[..<taken]))
      throw error
    }
  }

  private mutating func reserve(
    _ id: MessageID, for recipient: AgentID, isReplayed: Bool
  ) throws(CommunicationError) {
    guard let count = changeMailbox(of: recipient, \.count) else { throw .agentNotRegistered(agentID: recipient) }
    guard isReplayed || !isDurable(id) else { throw .messageAlreadySent(messageID: id) }
    guard count < rules.mailboxSize else {
      throw .mailboxFull(agentID: recipient, maxSize: rules.mailboxSize)
    }
    guard entries.count + arriving.count < rules.limits.waitingMessages else {
      throw .limitReached(what: "waiting messages", maximum: rules.limits.waitingMessages)
    }
    guard arriving.insert(id).inserted || isReplayed else { throw .messageAlreadySent(messageID: id) }
    changeMailbox(of: recipient) { $0.count += 1 }
  }

  /// Whether there is such a message, one that has come to its end included.
  func isKnown(_ id: MessageID) -> Bool { arriving.contains(id) || isDurable(id) }

  private func isDurable(_ id: MessageID) -> Bool { entries.index(forKey: id) != nil || ended.index(forKey: id) != nil }

  /// Gives the room of messages back that were not stored.
  mutating func withdraw(_ messages: [(id: MessageID, recipient: AgentID)]) {
    for message in messages where arriving.remove(message.id) != nil {
      changeMailbox(of: message.recipient) { $0.count -= 1 }
    }
  }

  /// Takes a message that is durable.
  mutating func arrive(_ entry: Entry, isReplayed: Bool = false) -> Arrival {
    arriving.remove(entry.id)
    statistics.sent += isReplayed ? 0 : 1
    var entry = entry
    entry.isAnswer = entry.inReplyTo != nil && !isReplayed
    keepEnvelope(&entry)
    let isAnswer = entry.isAnswer
    if !isAnswer { entry.deadline = entry.expiresAt }
    entries[entry.id] = entry
    // A dead letter that is replayed was counted all the time.
    if isReplayed { ended[entry.id] = nil } else { groups.add(entry.location) }
    guard isAnswer, let request = entry.inReplyTo else {
      let isIn: Void? = changeMailbox(of: entry.recipient) { $0.insert(entry.place, priority: entry.priority) }
      guard isIn != nil else { return .ends(begin(entry, .failed(Self.unregistered))) }
      insertDeadline(entry.expiresAt, for: .message(entry.id))
      return .waits
    }
    guard mailboxes[entry.recipient] != nil else { return .ends(begin(entry, .failed(Self.unregistered))) }
    guard isAwaited(request, from: entry.sender, to: entry.recipient) else {
      return .ends(begin(entry, .failed(Self.late)))
    }
    requests[request] = nil
    entries[entry.id]?.lease()
    // It ends then at the latest, when the one who waited could not take it.
    setDeadline(entry.expiresAt, of: entry.id)
    return .answers(request)
  }

  mutating func raiseLastSequence(of sender: AgentID, to sequence: UInt64) {
    { (last: inout UInt64) in last = max(last, sequence) }(&lastSequences[sender, default: 0])
  }

  mutating func keepEnvelope(_ entry: inout Entry) {
    guard let envelope = entry.envelope else { return }
    if envelopeBytes + envelope.count > rules.limits.envelopeBytes {
      entry.envelope = nil
    } else {
      envelopeBytes += envelope.count
    }
  }

  /// Whether a request waits for an answer of this agent.
  func isAwaited(_ request: MessageID, from sender: AgentID, to recipient: AgentID) -> Bool {
    requests[request].map { $0.asked == sender && $0.asker == recipient } ?? false
  }

  static let late = "the answer came when nobody waited for it any more"
  static let unregistered = "the receiver was unregistered"

  // MARK: Requests

  mutating func openRequest(_ id: MessageID, _ request: Request) throws(CommunicationError) {
    guard requests.count < rules.limits.openRequests else {
      throw .limitReached(what: "open requests", maximum: rules.limits.openRequests)
    }
    guard requests[id] == nil else { throw .messageAlreadySent(messageID: id) }
    requests[id] = request
    insertDeadline(request.deadline, for: .request(id))
  }

  mutating func closeRequest(_ id: MessageID) { requests[id] = nil }

  // MARK: Agents

  /// Takes a mailbox away; what is in it ends.
  mutating func unregister(_ agentID: AgentID) -> [Settlement] {
    guard removeMailbox(of: agentID) else { return [] }
    let left = entries.values.filter { $0.recipient == agentID }.sorted { $0.sequence < $1.sequence }
    return left.compactMap { entry in
      if case .settling = entry.phase { nil } else { begin(entry, .failed(Self.unregistered)) }
    }
  }
}
