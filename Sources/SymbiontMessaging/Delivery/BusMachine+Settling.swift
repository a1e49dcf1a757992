import DequeModule
import SymbiontCore

extension BusMachine {
  /// What is to be removed from the store to keep its bounds.
  struct Overflow: Sendable {
    var deadLetters: [MessageID] = []
    var history: [MessageID] = []

    var isEmpty: Bool { deadLetters.isEmpty && history.isEmpty }
  }

  /// The end of a message begins: it is not delivered any more, and keeps its room until that is durable.
  mutating func begin(_ entry: Entry, _ ending: Ending) -> Settlement {
    let id = entry.id
    if entry.phase == .waiting { mailboxes[entry.recipient]?.remove(entry.place, priority: entry.priority) }
    entries[id]?.phase = .settling(ending)
    timers.set(nil, for: .message(id))
    return Settlement(id: id, recipient: entry.recipient, ending: ending)
  }

  /// The end of messages is durable.
  mutating func finish(_ settlements: [Settlement]) -> Overflow {
    for settlement in settlements {
      guard let entry = entries.removeValue(forKey: settlement.id) else { continue }
      envelopeBytes -= entry.envelope?.count ?? 0
      mailboxes[entry.recipient]?.count -= 1
      switch settlement.ending {
      case .delivered: statistics.delivered += 1
      case .expired: statistics.expired += 1
      case .failed: statistics.failed += 1
      }
      if case .failed = settlement.ending {
        deadLetters.append(settlement.id)
      } else {
        history.append(settlement.id)
      }
    }
    return overflow()
  }

  /// A message that was a dead letter, or delivered, from the start.
  mutating func finishAtOnce(
    _ id: MessageID, recipient: AgentID, sender: AgentID, sequence: UInt64, isDelivered: Bool = false
  ) -> Overflow {
    arriving.remove(id)
    lastSequences[sender] = max(lastSequences[sender] ?? 0, sequence)
    statistics.sent += 1
    if isDelivered {
      statistics.delivered += 1
      history.append(id)
    } else {
      statistics.failed += 1
      deadLetters.append(id)
    }
    return overflow()
  }

  /// The end could not be stored: it is tried again after a while.
  mutating func abandon(_ settlements: [Settlement], at now: Int64) {
    for settlement in settlements where entries[settlement.id] != nil {
      entries[settlement.id]?.phase = .leased
      timers.set(now &+ min(rules.deliveryTimeout, Self.storePatience), for: .message(settlement.id))
    }
  }

  /// How long the bus waits after a failed write before it tries again.
  private static let storePatience: Int64 = 1_000_000

  /// The oldest beyond the bounds.
  ///
  /// The history is cut in pieces, so that the store deletes neighbours together.
  mutating func overflow() -> Overflow {
    var overflow = Overflow()
    while deadLetters.count > rules.deadLetters, let oldest = deadLetters.popFirst() {
      overflow.deadLetters.append(oldest)
      history.append(oldest)
      statistics.droppedDeadLetters += 1
    }
    if history.count >= rules.limits.history + Self.historyPiece {
      overflow.history = Array(history.prefix(history.count - rules.limits.history))
      history.removeFirst(overflow.history.count)
    }
    return overflow
  }

  private static let historyPiece = 256

  /// Takes a dead letter out of the queue, to be delivered again; false when it is none.
  mutating func takeDeadLetter(_ id: MessageID) -> Bool {
    guard let place = deadLetters.firstIndex(of: id) else { return false }
    deadLetters.remove(at: place)
    return true
  }

  mutating func putDeadLetterBack(_ id: MessageID) {
    deadLetters.append(id)
  }

  /// Counts a refusal.
  mutating func refused(_ error: CommunicationError) {
    statistics.refused[error.code, default: 0] += 1
  }
}
