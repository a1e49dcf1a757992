import DequeModule
import SymbiontCore
import SymbiontStore

extension BusMachine {
  /// What is to be removed from the store to keep its bounds.
  struct Overflow: Sendable {
    var deadLetters: [Settled] = []
    /// The groups of which nothing is known any more.
    var groups: [Int64] = []

    var isEmpty: Bool { deadLetters.isEmpty && groups.isEmpty }
  }

  /// A message that has come to its end.
  struct Settled: Sendable {
    let id: MessageID
    let location: EnvelopeLocation
  }

  /// The end of a message begins: it is not delivered any more, and keeps its room until that is durable.
  mutating func begin(_ entry: Entry, _ ending: Ending) -> Settlement {
    let id = entry.id
    if entry.phase == .waiting { mailboxes[entry.recipient]?.remove(entry.place, priority: entry.priority) }
    entries[id]?.phase = .settling(ending)
    timers.set(nil, for: .message(id))
    return Settlement(id: id, recipient: entry.recipient, location: entry.location, ending: ending)
  }

  /// The end of messages is durable.
  mutating func finish(_ settlements: [Settlement]) -> Overflow {
    for settlement in settlements {
      // One that was moved meanwhile has not come to its end.
      guard entries[settlement.id]?.location == settlement.location,
        let entry = entries.removeValue(forKey: settlement.id)
      else { continue }
      envelopeBytes -= entry.envelope?.count ?? 0
      mailboxes[entry.recipient]?.count -= 1
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
    arriving.remove(row.id)
    lastSequences[row.sender] = max(lastSequences[row.sender] ?? 0, row.sequence)
    statistics.sent += 1
    if row.status == .delivered { statistics.delivered += 1 } else { statistics.failed += 1 }
    groups[location.group, default: 0] += 1
    keep(row.id, at: location, isDeadLetter: row.status == .failed)
    return overflow()
  }

  /// Remembers a message that has come to its end; its group counts it already.
  mutating func keep(_ id: MessageID, at location: EnvelopeLocation, isDeadLetter: Bool) {
    ended[id] = location
    if isDeadLetter { deadLetters.append(id) } else { history.append(id) }
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
      if let location = ended[oldest] { overflow.deadLetters.append(Settled(id: oldest, location: location)) }
      history.append(oldest)
      statistics.droppedDeadLetters += 1
    }
    if history.count >= rules.limits.history + Self.historyPiece {
      while history.count > rules.limits.history, let oldest = history.popFirst() {
        if let location = ended.removeValue(forKey: oldest) { release(location) }
      }
    }
    swap(&overflow.groups, &emptyGroups)
    return overflow
  }

  private static let historyPiece = 256

  /// A group has one message less.
  mutating func release(_ location: EnvelopeLocation) {
    let left = (groups[location.group] ?? 1) - 1
    groups[location.group] = left > 0 ? left : nil
    if left <= 0 { emptyGroups.append(location.group) }
  }

  /// Takes a dead letter out of the queue, to be delivered again; false when it is none.
  mutating func takeDeadLetter(_ id: MessageID) -> Bool {
    guard let place = deadLetters.firstIndex(of: id) else { return false }
    deadLetters.remove(at: place)
    ended[id] = nil
    return true
  }

  mutating func putDeadLetterBack(_ id: MessageID, at location: EnvelopeLocation) {
    keep(id, at: location, isDeadLetter: true)
  }

  /// Counts a refusal.
  mutating func refused(_ error: CommunicationError) {
    statistics.refused[error.code, default: 0] += 1
  }
}
