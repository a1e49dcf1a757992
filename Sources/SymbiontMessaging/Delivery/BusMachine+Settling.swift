import DequeModule
import SymbiontCore
import SymbiontStore

extension BusMachine {
  /// What is to be removed from the store to keep its bounds.
  struct Overflow: Sendable {
    var deadLetters: [Settled] = []
    /// The groups of which nothing is known any more.
    var groups: [Int64] = []
    /// The groups of which no envelope is needed any more.
    var spentGroups: [Int64] = []

    var isEmpty: Bool { deadLetters.isEmpty && groups.isEmpty && spentGroups.isEmpty }
  }

  /// A message that has come to its end.
  struct Settled: Sendable {
    let id: MessageID
    let location: EnvelopeLocation
  }

  /// The end of a message begins: it is not delivered any more, and keeps its room until that is durable.
  mutating func begin(_ entry: Entry, _ ending: Ending) -> Settlement {
    guard let slot = entries.index(forKey: entry.id) else {
      return Settlement(id: entry.id, recipient: entry.recipient, location: entry.location, ending: ending)
    }
    return begin(at: slot, ending)
  }

  mutating func begin(at slot: Dictionary<MessageID, Entry>.Index, _ ending: Ending) -> Settlement {
    let id = entries.keys[slot]
    let recipient = entries.values[slot].recipient
    if entries.values[slot].phase == .waiting {
      let (place, priority) = (entries.values[slot].place, entries.values[slot].priority)
      changeMailbox(of: recipient) { $0.remove(place, priority: priority) }
    }
    entries.values[slot].phase = .settling(ending)
    entries.values[slot].deadline = nil
    return Settlement(id: id, recipient: recipient, location: entries.values[slot].location, ending: ending)
  }

  /// The end of messages is durable.
  mutating func finish(_ settlements: [Settlement]) -> Overflow {
    for settlement in settlements {
      // One that was moved meanwhile has not come to its end.
      guard let slot = entries.index(forKey: settlement.id), entries.values[slot].location == settlement.location
      else { continue }
      let entry = entries.remove(at: slot).value
      envelopeBytes -= entry.envelope?.count ?? 0
      changeMailbox(of: entry.recipient) { $0.count -= 1 }
      switch settlement.ending {
      case .delivered: statistics.delivered += 1
      case .expired: statistics.expired += 1
      case .failed: statistics.failed += 1
      }
      keep(settlement.id, at: settlement.location, isDeadLetter: settlement.ending.status == .failed)
    }
    return overflow()
  }

  /// A message that was a dead letter, or delivered, from the start.
  mutating func finishAtOnce(_ row: EnvelopeRow, at location: EnvelopeLocation) -> Overflow {
    // One that had room taken for it gives it back.
    if arriving.remove(row.id) != nil { changeMailbox(of: row.recipient) { $0.count -= 1 } }
    statistics.sent += 1
    if row.status == .delivered { statistics.delivered += 1 } else { statistics.failed += 1 }
    groups.add(location)
    keep(row.id, at: location, isDeadLetter: row.status == .failed)
    return overflow()
  }

  /// Remembers a message that has come to its end; its group counts it as one that waits.
  mutating func keep(_ id: MessageID, at location: EnvelopeLocation, isDeadLetter: Bool) {
    ended[id] = location
    if isDeadLetter {
      deadLetters.append(id)
    } else {
      groups.dropEnvelope(location.group)
      history.append(id)
    }
  }

  /// The end could not be stored: it is tried again after a while.
  mutating func abandon(_ settlements: [Settlement], at now: Int64) {
    for settlement in settlements {
      guard let slot = entries.index(forKey: settlement.id) else { continue }
      entries.values[slot].phase = .leased
      setDeadline(now &+ min(rules.deliveryTimeout, Self.storePatience), at: slot)
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
      if let location = ended[oldest] {
        overflow.deadLetters.append(Settled(id: oldest, location: location))
        groups.dropEnvelope(location.group)
      }
      history.append(oldest)
      statistics.droppedDeadLetters += 1
    }
    if history.count >= rules.limits.history + Self.historyPiece {
      while history.count > rules.limits.history, let oldest = history.popFirst() {
        if let location = ended.removeValue(forKey: oldest) { groups.release(location.group) }
      }
    }
    overflow.groups = groups.takeEmpty()
    overflow.spentGroups = groups.takeSpent()
    return overflow
  }

  private static let historyPiece = 256

  /// Takes a dead letter out of the queue, to be delivered again; false when it is none.
  mutating func takeDeadLetter(_ id: MessageID) -> Bool {
    guard let place = deadLetters.firstIndex(of: id) else { return false }
    deadLetters.remove(at: place)
    return true
  }

  mutating func putDeadLetterBack(_ id: MessageID) { deadLetters.append(id) }

  /// Counts a refusal.
  mutating func refused(_ error: CommunicationError) {
    statistics.refused[error.code, default: 0] += 1
  }
}
