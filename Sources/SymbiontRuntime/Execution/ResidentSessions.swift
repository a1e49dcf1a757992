internal import DequeModule
package import SymbiontCore

/// Waiting executions whose machines are still in memory.
///
/// Beyond a maximum the longest waiting one leaves. Adding, taking and leaving cost the same however many there are.
package struct ResidentSessions<Session: Sendable>: Sendable {
  /// A session in a box, so that the table of all of them, of which a part is always empty, stays small.
  private final class Resident: Sendable {
    let session: Session
    let arrival: UInt64

    init(session: Session, arrival: UInt64) {
      self.session = session
      self.arrival = arrival
    }
  }

  /// Places of sessions that are gone are swept out when they outnumber the others by this.
  private static var toleratedGaps: Int { 1_024 }

  private let maximum: Int
  private var residents: [ExecutionID: Resident] = [:]
  /// Who came when; a place is a gap when its session is gone or came again.
  private var order: Deque<(id: ExecutionID, arrival: UInt64)> = []
  private var arrivals: UInt64 = 0

  package init(maximum: Int) { self.maximum = maximum }

  package var count: Int { residents.count }

  /// Keeps a session, and lets the longest waiting one go when there is no room.
  package mutating func keep(_ session: Session, of id: ExecutionID) {
    guard maximum > 0 else { return }
    arrivals += 1
    residents[id] = Resident(session: session, arrival: arrivals)
    order.append((id, arrivals))
    while residents.count > maximum, let oldest = order.popFirst() {
      if isPresent(oldest) { residents[oldest.id] = nil }
    }
    if order.count > 2 * residents.count + Self.toleratedGaps { order = Deque(order.filter(isPresent)) }
  }

  /// Takes a session out; `nil` when it is not in memory.
  package mutating func take(_ id: ExecutionID) -> Session? { residents.removeValue(forKey: id)?.session }

  /// Lets all of them go.
  package mutating func removeAll() {
    residents = [:]
    order = []
  }

  /// Lets some of them go.
  package mutating func removeAll(where isGone: (Session) -> Bool) {
    residents = residents.filter { !isGone($0.value.session) }
  }

  private func isPresent(_ place: (id: ExecutionID, arrival: UInt64)) -> Bool {
    residents[place.id]?.arrival == place.arrival
  }
}
