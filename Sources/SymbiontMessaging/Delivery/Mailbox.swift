import DequeModule
import SymbiontCore

/// What waits for one agent, in the order in which it is received: by priority, then by sequence.
struct Mailbox: Sendable {
  struct Place: Sendable, Hashable {
    let sequence: UInt64
    let id: MessageID
  }

  /// One for each priority, the most urgent first.
  private var lanes = [Deque<Place>](repeating: [], count: Priority.allCases.count)
  /// Everything that is not at its end, what is out for delivery and what is being stored included.
  var count = 0
  /// Everything that is in the lanes.
  private(set) var places = 0

  /// Puts a message where its sequence belongs, which is nearly always the end.
  mutating func insert(_ place: Place, priority: Priority) {
    places += 1
    let lane = Self.lane(priority)
    guard let last = lanes[lane].last, last.sequence > place.sequence else {
      lanes[lane].append(place)
      return
    }
    var (low, high) = (0, lanes[lane].count)
    while low < high {
      let middle = (low + high) / 2
      if lanes[lane][middle].sequence < place.sequence { low = middle + 1 } else { high = middle }
    }
    lanes[lane].insert(place, at: low)
  }

  /// Takes the next message.
  mutating func popFirst() -> Place? {
    for lane in lanes.indices {
      if let place = lanes[lane].popFirst() {
        places -= 1
        return place
      }
    }
    return nil
  }

  /// Puts a message back that was taken and is to stay the next.
  mutating func putBack(_ place: Place, priority: Priority) {
    places += 1
    lanes[Self.lane(priority)].prepend(place)
  }

  /// Removes a message that ends while it waits.
  mutating func remove(_ place: Place, priority: Priority) {
    let lane = Self.lane(priority)
    var (low, high) = (0, lanes[lane].count)
    while low < high {
      let middle = (low + high) / 2
      if lanes[lane][middle].sequence < place.sequence { low = middle + 1 } else { high = middle }
    }
    guard low < lanes[lane].count, lanes[lane][low] == place else { return }
    lanes[lane].remove(at: low)
    places -= 1
  }

  private static func lane(_ priority: Priority) -> Int { Priority.critical.rawValue - priority.rawValue }
}
