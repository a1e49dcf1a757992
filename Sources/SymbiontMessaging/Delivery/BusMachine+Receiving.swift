import SymbiontCore

extension BusMachine {
  /// What one call receives.
  struct Lease: Sendable {
    var entries: [Entry] = []
    /// What was found to have expired, or to have been delivered too often.
    var ended: [Settlement] = []
    /// What is to be recorded as delivered before it is handed out.
    var counted: [Redelivery] = []
  }

  /// Hands out the next messages; they come again unless they are acknowledged in time.
  ///
  /// - Parameter counts: Whether deliveries of what a former bus left count, although it may have ended before it could see
  ///   whether they were acknowledged: a message that ends its receivers, and the bus with them, comes to its own end so.
  mutating func lease(for agentID: AgentID, atMost maximum: Int, at now: Int64, counts: Bool = false) -> Lease {
    var lease = Lease()
    guard let places = mailboxes[agentID]?.places else { return lease }
    let maximum = min(maximum, rules.limits.receivedAtOnce)
    lease.entries.reserveCapacity(min(maximum, places))
    var bytes = 0
    while lease.entries.count < maximum, let place = changeMailbox(of: agentID, { $0.popFirst() }) ?? nil {
      guard let slot = entries.index(forKey: place.id), entries.values[slot].phase == .waiting else { continue }
      guard entries.values[slot].expiresAt > now else {
        lease.ended.append(begin(at: slot, .expired))
        continue
      }
      let attempts = entries.values[slot].attempts
      let isCounted = counts && entries.values[slot].isRestored
      // It was handed out too often, perhaps with others, one of which ended the process: once more it is, alone.
      let isSuspect = isCounted && attempts > rules.retryAttempts
      guard !isSuspect || attempts == rules.retryAttempts + 1 else {
        lease.ended.append(begin(at: slot, Self.tooOften("it was not acknowledged", attempts)))
        continue
      }
      bytes += entries.values[slot].envelope?.count ?? Self.assumedEnvelope
      guard lease.entries.isEmpty || bytes <= rules.limits.receivedBytesAtOnce && !isSuspect else {
        let priority = entries.values[slot].priority
        changeMailbox(of: agentID) { $0.putBack(place, priority: priority) }
        break
      }
      entries.values[slot].lease()
      setDeadline(now &+ rules.deliveryTimeout, at: slot)
      if isCounted {
        entries.values[slot].isRestored = false
        lease.counted.append(Redelivery(entries.values[slot]))
      }
      lease.entries.append(entries.values[slot])
      if isSuspect { break }
    }
    return lease
  }

  /// What an envelope that is not in memory counts.
  private static let assumedEnvelope = 4_096

  /// A message that was handed out waits again, as if it had not been.
  mutating func giveBack(_ id: MessageID) {
    guard let entry = entries[id], entry.phase == .leased, mailboxes[entry.recipient] != nil else { return }
    entries[id]?.phase = .waiting
    entries[id]?.attempts -= 1
    changeMailbox(of: entry.recipient) { $0.insert(entry.place, priority: entry.priority) }
    setDeadline(entry.expiresAt, of: id)
  }

  func hasWaiting(_ agentID: AgentID) -> Bool { (mailboxes[agentID]?.places ?? 0) > 0 }

  /// Begins to store that the agent has taken a message, which it may do as soon as it was delivered once.
  mutating func acknowledge(_ id: MessageID, by agentID: AgentID) throws(CommunicationError) -> Settlement {
    guard let slot = entries.index(forKey: id), entries.values[slot].recipient == agentID,
      entries.values[slot].attempts > 0
    else { throw .messageNotFound(messageID: id) }
    if case .settling = entries.values[slot].phase { throw .messageNotFound(messageID: id) }
    return begin(at: slot, .delivered)
  }

  /// The receiver gives a message back: it is delivered again at once, or ends when that was tried often enough.
  mutating func reject(_ id: MessageID, by agentID: AgentID, reason: String) throws(CommunicationError) -> Settlement? {
    guard let entry = entries[id], entry.recipient == agentID, entry.phase == .leased else {
      throw .messageNotFound(messageID: id)
    }
    return again(entry, reason: reason)
  }

  /// Delivers again, or ends the message.
  private mutating func again(_ entry: Entry, reason: String) -> Settlement? {
    guard !entry.isAnswer else { return begin(entry, .failed(Self.late)) }
    guard entry.attempts <= rules.retryAttempts else {
      return begin(entry, Self.tooOften(reason, entry.attempts))
    }
    guard mailboxes[entry.recipient] != nil else { return begin(entry, .failed(Self.unregistered)) }
    statistics.redelivered += 1
    entries[entry.id]?.phase = .waiting
    changeMailbox(of: entry.recipient) { $0.insert(entry.place, priority: entry.priority) }
    setDeadline(entry.expiresAt, of: entry.id)
    return nil
  }

  private static func tooOften(_ reason: String, _ attempts: Int) -> Ending {
    .failed("\(reason), after \(attempts) deliveries")
  }

  // MARK: Time

  /// What has become due.
  struct Due: Sendable {
    var settlements: [Settlement] = []
    /// Messages that are delivered again, with the number of deliveries so far.
    var again: [Redelivery] = []
    /// Who gets something again.
    var receivers: [AgentID] = []
    /// Requests whose answers did not come.
    var requests: [MessageID] = []
  }

  private static let dueAtOnce = 4_096

  mutating func due(at now: Int64) -> Due {
    var due = Due()
    for _ in 0..<Self.dueAtOnce {
      guard let timer = popDue(at: now) else { break }
      switch timer {
      case .request(let id):
        if requests.removeValue(forKey: id) != nil { due.requests.append(id) }
      case .message(let id):
        guard let entry = entries[id] else { continue }
        entries[id]?.deadline = nil
        if case .settling = entry.phase { continue }
        if entry.expiresAt <= now {
          due.settlements.append(begin(entry, .expired))
        } else if entry.phase == .leased {
          if let settlement = again(entry, reason: "it was not acknowledged") {
            due.settlements.append(settlement)
          } else {
            due.again.append(Redelivery(entry))
            due.receivers.append(entry.recipient)
          }
        } else {
          setDeadline(entry.expiresAt, of: id)
        }
      }
    }
    return due
  }

  /// What a message is now, when it is not at its end in the store.
  func status(of id: MessageID, at now: Int64) -> DeliveryStatus? {
    guard let entry = entries[id] else { return nil }
    // One that expires is never delivered again, even if that takes more than one try to store.
    return switch entry.phase {
    case .settling(.expired): .expired
    case .waiting where entry.expiresAt <= now: .expired
    case .waiting, .leased, .settling: .pending
    }
  }
}
