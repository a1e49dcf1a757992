package import SymbiontCore

/// How the last tasks ended.
///
/// The oldest are forgotten for each that is added beyond a limit, of their number or of the bytes of their outcomes
/// together; the last one is always remembered.
package struct FinishedHistory: Sendable {
  private struct Entry: Sendable {
    let id: TaskID
    let ordinal: Int64
    var status: TaskStatus
    var bytes: Int
  }

  private let limit: Int
  private let byteLimit: Int
  private var ring: [Entry] = []
  private var places: [TaskID: Int] = [:]
  /// How many tasks were forgotten and added.
  private var forgotten = 0
  private var added = 0

  /// The bytes of all outcomes together.
  package private(set) var bytes = 0
  /// The ordinal of the last task that was forgotten.
  package internal(set) var forgottenOrdinal: Int64 = 0

  package init(limit: Int, bytes byteLimit: Int) {
    self.limit = limit
    self.byteLimit = byteLimit
  }

  package var count: Int { added - forgotten }

  package subscript(id: TaskID) -> TaskStatus? {
    places[id].map { ring[$0].status }
  }

  package mutating func add(_ id: TaskID, _ status: TaskStatus, ordinal: Int64, bytes size: Int) {
    if count == limit { forgetOldest() }
    let place = added % limit
    let entry = Entry(id: id, ordinal: ordinal, status: status, bytes: size)
    if place == ring.count { ring.append(entry) } else { ring[place] = entry }
    places[id] = place
    added += 1
    bytes += size
    while bytes > byteLimit, count > 1 { forgetOldest() }
  }

  private mutating func forgetOldest() {
    let place = forgotten % limit
    let entry = ring[place]
    // The task may have been asked for and have ended anew.
    if places[entry.id] == place { places[entry.id] = nil }
    bytes -= entry.bytes
    // Its place is taken later; its result is let go now.
    ring[place].status = .cancelled
    ring[place].bytes = 0
    forgottenOrdinal = entry.ordinal
    forgotten += 1
  }
}
