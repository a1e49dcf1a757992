package import SymbiontCore

/// Where a message is in the store.
package struct EnvelopeLocation: Sendable, Hashable {
  /// Of the messages that were kept together.
  package let group: Int64
  /// Among them, from 0.
  package let place: UInt16
  /// How many messages were kept together.
  package let count: UInt16

  package init(group: Int64, place: Int, count: Int = 1) {
    self.group = group
    self.place = UInt16(clamping: place)
    self.count = UInt16(clamping: count)
  }

  package static func == (left: Self, right: Self) -> Bool { left.group == right.group && left.place == right.place }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(group)
    hasher.combine(place)
  }
}

/// Messages that were kept together, without their envelopes: a record of fixed size for each.
///
/// Most changes of a message are a few bytes of its record, and those of one group are written together.
package struct EnvelopeGroup: Sendable {
  /// So many that their records fit into one page of the database.
  package static let maximumCount = 32
  /// How many bytes of envelopes are kept together, but one envelope always.
  package static let maximumBytes = 65_536

  /// What a record says beside what ``EnvelopeRow`` says.
  private enum Flags {
    static let answers: UInt8 = 1
    static let isFinished: UInt8 = 2
    static let hasEnvelope: UInt8 = 4
  }

  /// Where the fields of a record start.
  private enum Field {
    static let id = 0
    static let recipient = 16
    static let sender = 32
    static let inReplyTo = 48
    static let sequence = 64
    static let timeToLive = 72
    static let expiresAt = 80
    static let finishedAt = 88
    static let offset = 96
    static let size = 100
    static let attempts = 104
    static let status = 106
    static let priority = 107
    static let flags = 108
    static let end = 109
  }

  /// The status of a message that another group has now.
  private static let moved: UInt8 = 4

  package private(set) var records: [UInt8]
  /// Of the messages that failed since the group was read, and nil of those that are failed no more.
  private(set) var reasons: [Int: String?] = [:]
  private(set) var isChanged = false

  static let none = EnvelopeGroup(records: [])

  /// How many messages were kept together.
  package var count: Int { records.count / Field.end }
}

// MARK: Making and reading

extension EnvelopeGroup {
  /// The pieces of a list that are kept together.
  package static func pieces(_ rows: [EnvelopeRow]) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var (start, bytes) = (0, 0)
    for (index, row) in rows.enumerated() {
      let size = row.envelope?.count ?? 0
      if index > start, index - start == maximumCount || bytes + size > maximumBytes {
        pieces.append(start..<index)
        (start, bytes) = (index, 0)
      }
      bytes += size
    }
    if start < rows.count { pieces.append(start..<rows.count) }
    return pieces
  }

  /// Where the messages of a list are when its pieces are kept under the numbers from this one on.
  package static func locations(of rows: [EnvelopeRow], from number: Int64) -> [EnvelopeLocation] {
    pieces(rows).enumerated().flatMap { offset, piece in
      (0..<piece.count).map { EnvelopeLocation(group: number + Int64(offset), place: $0, count: piece.count) }
    }
  }

  /// The group of new messages, and their envelopes.
  static func make(_ rows: ArraySlice<EnvelopeRow>) -> (group: EnvelopeGroup, envelopes: [UInt8]) {
    var envelopes: [UInt8] = []
    envelopes.reserveCapacity(rows.reduce(0) { $0 + ($1.envelope?.count ?? 0) })
    var reasons: [Int: String?] = [:]
    let size = rows.count * Field.end
    let records = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = size
      var record = UnsafeMutableRawBufferPointer(buffer)[..<size]
      for (place, row) in rows.enumerated() {
        write(row, offset: envelopes.count, to: UnsafeMutableRawBufferPointer(rebasing: record.prefix(Field.end)))
        record = record.dropFirst(Field.end)
        if let envelope = row.envelope { envelopes += envelope }
        if row.status == .failed, let reason = row.reason { reasons[place] = reason }
      }
    }
    return (EnvelopeGroup(records: records, reasons: reasons), envelopes)
  }

  private static func write(_ row: EnvelopeRow, offset: Int, to record: UnsafeMutableRawBufferPointer) {
    func put(_ number: some FixedWidthInteger, _ field: Int) {
      record.storeBytes(of: number.bigEndian, toByteOffset: field, as: type(of: number))
    }
    func put(_ identifier: some Identifier, _ field: Int) {
      put(identifier.value.high, field)
      put(identifier.value.low, field + 8)
    }
    put(row.id, Field.id)
    put(row.recipient, Field.recipient)
    put(row.sender, Field.sender)
    put(row.inReplyTo ?? MessageID(value: UniqueValue(high: 0, low: 0)), Field.inReplyTo)
    put(row.sequence, Field.sequence)
    put(row.timeToLive, Field.timeToLive)
    put(row.expiresAt.microsecondsSinceEpoch, Field.expiresAt)
    put(row.finishedAt?.microsecondsSinceEpoch ?? 0, Field.finishedAt)
    put(UInt32(clamping: offset), Field.offset)
    put(UInt32(clamping: row.envelope?.count ?? 0), Field.size)
    put(UInt16(clamping: row.attempts), Field.attempts)
    put(UInt8(clamping: row.status.storeCode), Field.status)
    put(UInt8(clamping: row.priority.rawValue), Field.priority)
    put(
      (row.inReplyTo == nil ? 0 : Flags.answers) | (row.finishedAt == nil ? 0 : Flags.isFinished)
        | (row.envelope == nil ? 0 : Flags.hasEnvelope), Field.flags)
  }

  /// Takes what was stored.
  ///
  /// - Throws: ``StoreError/corrupt(_:)`` when it is no list of records.
  init(stored records: [UInt8]) throws(StoreError) {
    self.records = records
    guard records.count.isMultiple(of: Field.end), (1...Self.maximumCount).contains(count) else {
      throw .corrupt("a group of messages has \(records.count) bytes of records")
    }
  }

  /// What is known of a message, without its envelope and reason; nil when another group has it now.
  package func row(at place: Int) throws(StoreError) -> EnvelopeRow? {
    let code: UInt8 = load(Field.status, place)
    guard code != Self.moved else { return nil }
    guard let status = DeliveryStatus(code: Int64(code)),
      let priority = Priority(rawValue: Int(load(Field.priority, place) as UInt8))
    else { throw .corrupt("the record of a message has a status or priority that there is none of") }
    let flags: UInt8 = load(Field.flags, place)
    return EnvelopeRow(
      id: identifier(Field.id, place), recipient: identifier(Field.recipient, place),
      sender: identifier(Field.sender, place), sequence: load(Field.sequence, place), priority: priority,
      status: status, attempts: Int(load(Field.attempts, place) as UInt16),
      timeToLive: load(Field.timeToLive, place),
      expiresAt: Timestamp(microsecondsSinceEpoch: load(Field.expiresAt, place)),
      inReplyTo: flags & Flags.answers == 0 ? nil : identifier(Field.inReplyTo, place),
      finishedAt: flags & Flags.isFinished == 0
        ? nil : Timestamp(microsecondsSinceEpoch: load(Field.finishedAt, place)), envelope: nil)
  }

  package func hasEnvelope(_ place: Int) -> Bool { (load(Field.flags, place) as UInt8) & Flags.hasEnvelope != 0 }

  /// The envelope of a message among those of its group.
  package func envelope(at place: Int, in envelopes: UnsafeRawBufferPointer) throws(StoreError) -> [UInt8]? {
    guard hasEnvelope(place) else { return nil }
    let range = range(place)
    guard range.upperBound <= envelopes.count else { throw .corrupt("an envelope is not in its group") }
    return [UInt8](envelopes[range])
  }

  /// Raises the highest sequence of each sender to what is in the group.
  func raise(_ last: inout [AgentID: UInt64]) {
    for place in 0..<count {
      let sequence: UInt64 = load(Field.sequence, place)
      let raise = { (known: inout UInt64) in known = max(known, sequence) }
      raise(&last[identifier(Field.sender, place), default: 0])
    }
  }

  /// Adds who sent or receives the messages whose envelopes are kept.
  package func addCorrespondents(to agents: inout Set<AgentID>) {
    for place in 0..<count where hasEnvelope(place) {
      agents.insert(identifier(Field.sender, place))
      agents.insert(identifier(Field.recipient, place))
    }
  }

  /// Where the envelope of a message is among those of its group.
  package func range(_ place: Int) -> Range<Int> {
    let (start, size): (UInt32, UInt32) = (load(Field.offset, place), load(Field.size, place))
    return Int(start)..<Int(start) + Int(size)
  }
}

// MARK: Changes

extension EnvelopeGroup {
  /// Whether the message waits in this place.
  package func isPending(_ id: MessageID, at place: Int) -> Bool { has(id, at: place, .pending) }

  /// Whether the message waits in this place for this receiver.
  package func isPending(_ id: MessageID, at place: Int, for recipient: AgentID) -> Bool {
    isPending(id, at: place) && identifier(Field.recipient, place) == recipient
  }

  /// Whether the message in this place was taken.
  package func isDelivered(_ id: MessageID, at place: Int) -> Bool { has(id, at: place, .delivered) }

  /// Whether another group has the message now.
  package func isMoved(_ place: Int) -> Bool {
    place < count && (load(Field.status, place) as UInt8) == Self.moved
  }

  private func has(_ id: MessageID, at place: Int, _ status: DeliveryStatus) -> Bool {
    place < count && (load(Field.status, place) as UInt8) == UInt8(clamping: status.storeCode)
      && identifier(Field.id, place) == id
  }

  /// Ends a message that waits, and needs its envelope only when it failed; false when it does not wait any more.
  package mutating func end(
    _ id: MessageID, at place: Int, as status: DeliveryStatus, reason: String? = nil, time: Timestamp
  ) -> Bool {
    guard isPending(id, at: place) else { return false }
    set(status, at: place)
    store(time.microsecondsSinceEpoch, Field.finishedAt, place)
    change(Field.flags, place) { $0 | Flags.isFinished }
    if status == .failed { reasons[place] = .some(reason) } else { drop(place) }
    return true
  }

  /// Leaves a message that waits to another group; false when it does not wait any more.
  mutating func leave(_ id: MessageID, at place: Int) -> Bool {
    guard isPending(id, at: place) else { return false }
    store(Self.moved, Field.status, place)
    drop(place)
    return true
  }

  /// Has a dead letter wait again; false when it is none any more.
  package mutating func revive(_ id: MessageID, at place: Int, expiresAt: Timestamp) -> Bool {
    guard has(id, at: place, .failed), hasEnvelope(place) else { return false }
    set(.pending, at: place)
    store(UInt16(0), Field.attempts, place)
    store(expiresAt.microsecondsSinceEpoch, Field.expiresAt, place)
    change(Field.flags, place) { $0 & ~Flags.isFinished }
    reasons[place] = .some(nil)
    return true
  }

  package mutating func setAttempts(_ id: MessageID, at place: Int, to attempts: Int) {
    if isPending(id, at: place) { store(UInt16(clamping: attempts), Field.attempts, place) }
  }

  /// Drops the content of a dead letter; that it failed stays known.
  package mutating func dropDeadLetter(_ id: MessageID, at place: Int) {
    guard has(id, at: place, .failed) else { return }
    drop(place)
    reasons[place] = .some(nil)
  }

  private mutating func set(_ status: DeliveryStatus, at place: Int) {
    store(UInt8(clamping: status.storeCode), Field.status, place)
  }

  private mutating func drop(_ place: Int) { change(Field.flags, place) { $0 & ~Flags.hasEnvelope } }
}

// MARK: Room

extension EnvelopeGroup {
  /// What is to be done with the bytes of the envelopes.
  enum Storage {
    case keep
    /// Nobody needs one of them any more, and they are many: fewer are left to the bus, which removes those of many
    /// groups together.
    case remove
    /// Only few are needed: they move together.
    case pack
  }

  /// Says what is to be done, and counts it as done.
  ///
  /// Packing leaves at most four times the bytes that are needed, and copies each byte less than once in all.
  var storage: Storage {
    var (needed, stored) = (0, 0)
    for place in 0..<count {
      let range = range(place)
      stored = max(stored, range.upperBound)
      if hasEnvelope(place) { needed += range.count }
    }
    if stored == 0 { return .keep }
    if needed == 0 { return stored > Self.maximumBytes ? .remove : .keep }
    return needed <= stored / 4 ? .pack : .keep
  }

  /// The envelopes that are still needed, and the places of all as they are then.
  mutating func pack(_ envelopes: [UInt8]) throws(StoreError) -> [UInt8] {
    var packed: [UInt8] = []
    for place in 0..<count {
      let range = range(place)
      let isNeeded = hasEnvelope(place)
      guard !isNeeded || range.upperBound <= envelopes.count else { throw .corrupt("an envelope is not in its group") }
      store(UInt32(clamping: packed.count), Field.offset, place)
      store(UInt32(clamping: isNeeded ? range.count : 0), Field.size, place)
      if isNeeded { packed += envelopes[range] }
    }
    return packed
  }

  // MARK: Fields

  private func load<Number: FixedWidthInteger>(_ field: Int, _ place: Int) -> Number {
    records.withUnsafeBytes { bytes in
      Number(bigEndian: bytes.loadUnaligned(fromByteOffset: place * Field.end + field, as: Number.self))
    }
  }

  private mutating func store(_ number: some FixedWidthInteger, _ field: Int, _ place: Int) {
    isChanged = true
    records.withUnsafeMutableBytes { bytes in
      bytes.storeBytes(of: number.bigEndian, toByteOffset: place * Field.end + field, as: type(of: number))
    }
  }

  private mutating func change(_ field: Int, _ place: Int, _ change: (UInt8) -> UInt8) {
    store(change(load(field, place)), field, place)
  }

  private func identifier<ID: Identifier>(_ field: Int, _ place: Int, as type: ID.Type = ID.self) -> ID {
    ID(value: UniqueValue(high: load(field, place), low: load(field + 8, place)))
  }

  private mutating func store(_ identifier: some Identifier, _ field: Int, _ place: Int) {
    store(identifier.value.high, field, place)
    store(identifier.value.low, field + 8, place)
  }
}
