package import SymbiontCore

/// When agents have worked or rested for as long as they may.
///
/// It is told what agents do and says who is late; a timer of its owner wakes at ``next``. Old deadlines are left in the
/// queue until they come up, and swept when they outnumber the others.
package struct DeadlineTracker: Sendable {
  /// An agent whose time is up, each time once.
  package struct Expiry: Sendable, Hashable {
    /// The agent.
    package var agentID: AgentID
    /// ``ResourceKind/executionTime`` or ``ResourceKind/idleTime``.
    package var resource: ResourceKind
    /// When it began to work or to rest.
    package var since: Timestamp
    /// How long it may.
    package var limit: Duration
  }

  private struct Entry: Sendable {
    var deadline: Timestamp
    var serial: UInt64
    var expiry: Expiry
  }

  /// Deadlines that no longer hold may outnumber the others by this many.
  private static let toleratedGaps = 1_024

  private var heap: [Entry] = []
  private var serials: [AgentID: UInt64] = [:]
  private var lastSerial: UInt64 = 0

  package init() {}

  /// How many agents have a deadline.
  package var count: Int { serials.count }

  /// An agent begins to work.
  package mutating func began(_ agentID: AgentID, at time: Timestamp, limits: ResourceLimits) {
    set(Expiry(agentID: agentID, resource: .executionTime, since: time, limit: limits.executionTimeout))
  }

  /// An agent has nothing to do any more.
  package mutating func rested(_ agentID: AgentID, at time: Timestamp, limits: ResourceLimits) {
    set(Expiry(agentID: agentID, resource: .idleTime, since: time, limit: limits.idleTimeout))
  }

  /// An agent is no longer there.
  package mutating func removed(_ agentID: AgentID) {
    serials[agentID] = nil
    sweep()
  }

  /// The next moment at which somebody is late; nil when nobody has a deadline.
  package var next: Timestamp? { heap.first?.deadline }

  /// The agents that are late by now, in the order of their deadlines.
  package mutating func due(at time: Timestamp) -> [Expiry] {
    var expiries: [Expiry] = []
    while let first = heap.first, first.deadline <= time || !holds(first) {
      removeFirst()
      guard holds(first) else { continue }
      serials[first.expiry.agentID] = nil
      expiries.append(first.expiry)
    }
    return expiries
  }

  private func holds(_ entry: Entry) -> Bool { serials[entry.expiry.agentID] == entry.serial }

  private mutating func set(_ expiry: Expiry) {
    lastSerial += 1
    serials[expiry.agentID] = lastSerial
    heap.append(Entry(deadline: expiry.since + expiry.limit, serial: lastSerial, expiry: expiry))
    rise(heap.count - 1)
    sweep()
  }

  private mutating func sweep() {
    guard heap.count > 2 * serials.count + Self.toleratedGaps else {
      while let first = heap.first, !holds(first) { removeFirst() }
      return
    }
    heap = heap.filter(holds).sorted { $0.deadline < $1.deadline }
  }

  private mutating func removeFirst() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    sink(0)
  }

  private mutating func rise(_ start: Int) {
    var index = start
    while index > 0 {
      let parent = (index - 1) / 2
      guard heap[index].deadline < heap[parent].deadline else { return }
      heap.swapAt(index, parent)
      index = parent
    }
  }

  private mutating func sink(_ start: Int) {
    var index = start
    while true {
      let children = [2 * index + 1, 2 * index + 2].filter { $0 < heap.count }
      guard let least = children.min(by: { heap[$0].deadline < heap[$1].deadline }),
        heap[least].deadline < heap[index].deadline
      else { return }
      heap.swapAt(index, least)
      index = least
    }
  }
}
