package import SymbiontCore

/// How the last tasks ended: the oldest is forgotten for each that is added beyond the limit.
package struct FinishedHistory: Sendable {
  private let limit: Int
  private var ring: [(id: TaskID, status: TaskStatus)] = []
  private var next = 0
  private var statuses: [TaskID: Int] = [:]

  package init(limit: Int) {
    self.limit = limit
  }

  package var count: Int { ring.count }

  package subscript(id: TaskID) -> TaskStatus? {
    statuses[id].map { ring[$0].status }
  }

  package mutating func add(_ id: TaskID, _ status: TaskStatus) {
    if ring.count < limit {
      statuses[id] = ring.count
      ring.append((id, status))
    } else {
      statuses[ring[next].id] = nil
      ring[next] = (id, status)
      statuses[id] = next
      next = (next + 1) % limit
    }
  }
}
