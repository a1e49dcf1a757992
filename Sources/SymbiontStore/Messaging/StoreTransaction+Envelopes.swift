package import SymbiontCore

extension StoreTransaction {
  /// Keeps new messages together, at most ``EnvelopeGroup/maximumCount``, under a number that no other group has.
  package func insertEnvelopes(_ rows: ArraySlice<EnvelopeRow>, as number: Int64) throws(StoreError) {
    let (group, envelopes) = EnvelopeGroup.make(rows)
    try execute("INSERT INTO bus_groups (number, records) VALUES (?, ?)", .int(number), .blob(group.records))
    if !envelopes.isEmpty {
      try execute("INSERT INTO bus_envelopes (number, envelopes) VALUES (?, ?)", .int(number), .blob(envelopes))
    }
    try saveReasons(of: group, number)
  }

  /// Keeps new messages in groups with the numbers from this one on.
  package func insertEnvelopes(_ rows: [EnvelopeRow], from number: Int64) throws(StoreError) {
    for (offset, piece) in EnvelopeGroup.pieces(rows).enumerated() {
      try insertEnvelopes(rows[piece], as: number + Int64(offset))
    }
  }

  /// The first number that no group has, nor one after it.
  package func nextEnvelopeGroup() throws -> Int64 {
    let last = try first("SELECT max(number) FROM bus_groups") { row in try row.optionalInt(0) }.flatMap { $0 } ?? 0
    guard last < Int64.max / 2 else { throw StoreError.corrupt("a group of messages has the number \(last)") }
    return max(last, 0) + 1
  }

  package func envelopeGroup(_ number: Int64) throws -> EnvelopeGroup? {
    try first("SELECT records FROM bus_groups WHERE number = ?", .int(number)) { row in
      try EnvelopeGroup(stored: try row.blob(0))
    }
  }

  /// What is known of a message, without its envelope and reason; nil when it is not there (any more).
  package func envelope(of id: MessageID, at location: EnvelopeLocation) throws -> EnvelopeRow? {
    guard let group = try envelopeGroup(location.group), Int(location.place) < group.count,
      let row = try group.row(at: Int(location.place)), row.id == id
    else { return nil }
    return row
  }

  /// Gives a message that waits to another receiver, sealed anew and in a group of its own; false when it does not wait
  /// for the former one any more.
  package func moveEnvelope(
    _ row: EnvelopeRow, from recipient: AgentID, at location: EnvelopeLocation, to group: Int64
  ) throws -> Bool {
    var changes = EnvelopeChanges()
    let isLeft = try changes.change(location, in: self) { former, place in
      former.isPending(row.id, at: place, for: recipient) && former.leave(row.id, at: place)
    }
    guard isLeft ?? false else { return false }
    try changes.save(in: self)
    try insertEnvelopes([row], as: group)
    return true
  }

  /// Forgets groups, but not how far their senders were.
  func removeEnvelopeGroups(_ numbers: [Int64]) throws {
    var last: [AgentID: UInt64] = [:]
    for range in Self.ranges(numbers) {
      let (first, end): (StoreValue, StoreValue) = (.int(range.lowerBound), .int(range.upperBound))
      try query("SELECT records FROM bus_groups WHERE number BETWEEN ? AND ?", first, end) { row in
        try EnvelopeGroup(stored: row.blob(0)).raise(&last)
      }
      try execute("DELETE FROM bus_groups WHERE number BETWEEN ? AND ?", first, end)
      try execute("DELETE FROM bus_envelopes WHERE number BETWEEN ? AND ?", first, end)
      try execute("DELETE FROM bus_reasons WHERE number BETWEEN ? AND ?", first, end)
    }
    for (sender, sequence) in last { try raiseLastSequence(of: sender, to: sequence) }
  }

  /// Drops the envelopes of groups of which nobody needs one any more.
  package func removeEnvelopes(of numbers: [Int64]) throws(StoreError) {
    for range in Self.ranges(numbers) {
      try execute(
        "DELETE FROM bus_envelopes WHERE number BETWEEN ? AND ?", .int(range.lowerBound), .int(range.upperBound))
    }
  }

  /// Numbers that follow each other, together.
  private static func ranges(_ numbers: [Int64]) -> [ClosedRange<Int64>] {
    numbers.sorted().reduce(into: []) { ranges, number in
      if let last = ranges.last, number <= last.upperBound + 1 {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
  }

  /// The messages at these places, with their envelopes and reasons; those that are nowhere are left out.
  package func envelopes(
    _ locations: [EnvelopeLocation]
  ) throws -> [EnvelopeLocation: EnvelopeRow] {
    var found: [EnvelopeLocation: EnvelopeRow] = [:]
    for (number, locations) in Dictionary(grouping: locations, by: \.group) {
      guard let group = try envelopeGroup(number) else { continue }
      for location in locations where Int(location.place) < group.count {
        guard var row = try group.row(at: Int(location.place)) else { continue }
        row.reason = try reason(location)
        found[location] = row
      }
      try query("SELECT envelopes FROM bus_envelopes WHERE number = ?", .int(number)) { row in
        let read = try row.withBytes(0) { bytes in
          Result { () throws(StoreError) in
            for location in locations where found[location] != nil {
              found[location]?.envelope = try group.envelope(at: Int(location.place), in: bytes)
            }
          }
        }
        try read.get()
      }
    }
    return found
  }

  private func reason(_ location: EnvelopeLocation) throws -> String? {
    try first(
      "SELECT reason FROM bus_reasons WHERE number = ? AND place = ?", .int(location.group), .int(Int(location.place))
    ) { row in try row.text(0) }
  }

  /// Hands over every group with its number.
  package func eachEnvelopeGroup(_ body: (Int64, EnvelopeGroup) throws -> Void) throws {
    try query("SELECT number, records FROM bus_groups ORDER BY number") { row in
      try body(row.int(0), EnvelopeGroup(stored: row.blob(1)))
    }
  }

  // MARK: Saving

  func save(_ group: EnvelopeGroup, _ number: Int64) throws {
    var group = group
    switch group.storage {
    case .keep: break
    case .remove:
      _ = try group.pack([])
      try removeEnvelopes(of: [number])
    case .pack:
      let stored = try first("SELECT envelopes FROM bus_envelopes WHERE number = ?", .int(number)) { row in
        try row.blob(0)
      }
      if let stored {
        let packed = try group.pack(stored)
        try execute("UPDATE bus_envelopes SET envelopes = ? WHERE number = ?", .blob(packed), .int(number))
      }
    }
    try execute("UPDATE bus_groups SET records = ? WHERE number = ?", .blob(group.records), .int(number))
    try saveReasons(of: group, number)
  }

  private func saveReasons(of group: EnvelopeGroup, _ number: Int64) throws(StoreError) {
    for (place, reason) in group.reasons {
      if let reason {
        try execute(
          "INSERT OR REPLACE INTO bus_reasons (number, place, reason) VALUES (?, ?, ?)", .int(number), .int(place),
          .text(reason))
      } else {
        try execute("DELETE FROM bus_reasons WHERE number = ? AND place = ?", .int(number), .int(place))
      }
    }
  }
}

/// Changes of messages in one transaction: each group is read once and written once.
package struct EnvelopeChanges {
  /// The group that is open.
  package var group = EnvelopeGroup.none
  private var number: Int64?
  private var others: [Int64: EnvelopeGroup] = [:]

  package init() {}

  /// Opens a group for changes; false when there is none of this number (any more).
  package mutating func open(_ number: Int64, in transaction: borrowing StoreTransaction) throws -> Bool {
    if number == self.number { return true }
    setAside()
    if let known = others.removeValue(forKey: number) {
      group = known
    } else {
      guard let stored = try transaction.envelopeGroup(number) else { return false }
      group = stored
    }
    self.number = number
    return true
  }

  /// Changes the group of a message; nil when there is no such group (any more).
  package mutating func change<T>(
    _ location: EnvelopeLocation, in transaction: borrowing StoreTransaction,
    _ change: (inout EnvelopeGroup, _ place: Int) throws -> T
  ) throws -> T? {
    try open(location.group, in: transaction) ? try change(&group, Int(location.place)) : nil
  }

  /// Forgets groups, but not how far their senders were.
  package mutating func remove(_ numbers: [Int64], in transaction: borrowing StoreTransaction) throws {
    setAside()
    for number in numbers { others[number] = nil }
    try transaction.removeEnvelopeGroups(numbers)
  }

  /// Writes what was changed.
  package consuming func save(in transaction: borrowing StoreTransaction) throws {
    setAside()
    for (number, group) in others where group.isChanged { try transaction.save(group, number) }
  }

  private mutating func setAside() {
    if let number { others[number] = group }
    number = nil
    group = .none
  }
}
