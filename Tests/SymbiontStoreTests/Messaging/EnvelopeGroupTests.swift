import SymbiontCore
import SymbiontStore
import SymbiontTesting
import Testing

@Suite("Groups of messages in the store")
struct EnvelopeGroupTests {
  private static let time = Timestamp(microsecondsSinceEpoch: 7)

  @Test("come to a store that an older program made, with the messages that it kept in rows")
  func olderStore() async throws {
    let index = try #require(StoreSchema.migrations.firstIndex { $0.identifier == "0012-envelope-groups" })
    var rows = (0..<70).map { _ in Self.row() }
    rows[1].status = .delivered
    (rows[1].finishedAt, rows[1].envelope) = (Self.time, nil)
    (rows[2].status, rows[2].reason, rows[2].finishedAt) = (.failed, "nobody took it", Self.time)
    rows[3].inReplyTo = nil
    let store = try await MigrationLadder().climb(from: index) { [rows] transaction in
      for row in rows { try transaction.insertFormerEnvelope(row) }
    }
    for _ in 0..<2 {
      try await store.write { try $0.adoptFormerEnvelopes() }
      let found = try await store.read { try $0.allEnvelopes() }
      #expect(Set(found.values) == Set(rows))
      #expect(try await store.read { try $0.nextEnvelopeGroup() } == 4)
    }
    await store.close()
  }

  @Test("have each message come to its end once, and drop what nobody needs any more")
  func onceOnly() async throws {
    let store = try Store.open(StoreConfiguration(durability: .memory))
    let row = Self.row()
    try await store.write { try $0.insertEnvelopes([row], from: 1) }
    #expect(try await store.end(row.id, as: .delivered))
    for status in [DeliveryStatus.delivered, .expired, .failed] {
      #expect(try await store.end(row.id, as: status) == false)
    }
    #expect(try await store.end(MessageID(), as: .delivered) == false)
    let found = try await store.read { try $0.envelopes([Self.location]) }[Self.location]
    #expect(found?.status == .delivered && found?.finishedAt == Self.time && found?.envelope == nil)
    try await store.write { try $0.removeEnvelopes(of: [1]) }
    #expect(try await store.read { try $0.envelopes([Self.location]) }[Self.location] == found)
    await store.close()
  }

  @Test("revive a dead letter as long as it has its envelope")
  func revived() async throws {
    let store = try Store.open(StoreConfiguration(durability: .memory))
    let row = Self.row()
    try await store.write { try $0.insertEnvelopes([row], from: 1) }
    #expect(try await store.end(row.id, as: .failed, reason: "no"))
    #expect(try await store.read { try $0.envelopes([Self.location]) }[Self.location]?.reason == "no")
    #expect(try await store.change { $0.revive(row.id, at: $1, expiresAt: Self.time) } == true)
    #expect(try await store.change { $0.revive(row.id, at: $1, expiresAt: Self.time) } == false)
    let again = try await store.read { try $0.envelopes([Self.location]) }[Self.location]
    #expect(again?.status == .pending && again?.envelope == row.envelope && again?.reason == nil)
    #expect(again?.finishedAt == nil && again?.expiresAt == Self.time)
    #expect(try await store.end(row.id, as: .failed, reason: "no"))
    _ = try await store.change { $0.dropDeadLetter(row.id, at: $1) }
    #expect(try await store.change { $0.revive(row.id, at: $1, expiresAt: Self.time) } == false)
    #expect(try await store.read { try $0.count("bus_reasons") } == 0)
    #expect(try await store.read { try $0.envelope(of: row.id, at: Self.location)?.status } == .failed)
    await store.close()
  }

  @Test("that are forgotten leave how far their senders were")
  func forgotten() async throws {
    let store = try Store.open(StoreConfiguration(durability: .memory))
    let rows = [Self.row(sequence: 42), Self.row(sequence: 7)]
    try await store.write { transaction in
      for row in rows { try transaction.insertBusAgent(row.sender, capabilities: [.network], at: .epoch) }
      try transaction.insertEnvelopes(rows, from: 1)
      var changes = EnvelopeChanges()
      try changes.remove([1], in: transaction)
      try changes.save(in: transaction)
    }
    for table in ["bus_groups", "bus_envelopes", "bus_reasons"] {
      #expect(try await store.read { try $0.count(table) } == 0)
    }
    let agents = try await store.read { try $0.busAgents() }
    #expect(Set(agents.map(\.lastSequence)) == [42, 7])
    await store.close()
  }

  @Test("leave a message to another group, where its new receiver finds it")
  func moved() async throws {
    let store = try Store.open(StoreConfiguration(durability: .memory))
    let row = Self.row()
    var other = row
    (other.recipient, other.envelope) = (AgentID(), [9])
    try await store.write { try $0.insertEnvelopes([row], from: 1) }
    for isFirst in [true, false] {
      let isMoved = try await store.write { [other] transaction in
        try transaction.moveEnvelope(other, from: row.recipient, at: Self.location, to: 2)
      }
      #expect(isMoved == isFirst)
      #expect(try await store.read { try $0.allEnvelopes() } == [EnvelopeLocation(group: 2, place: 0): other])
      #expect(try await store.end(row.id, as: .expired) == false)
    }
    await store.close()
  }

  @Test("are cut by number and by size, with one message at least")
  func pieces() {
    let small = (0..<70).map { _ in Self.row(bytes: 10) }
    #expect(EnvelopeGroup.pieces(small).map(\.count) == [32, 32, 6])
    let large = [30_000, 30_000, 30_000, 200_000, 10].map { Self.row(bytes: $0) }
    #expect(EnvelopeGroup.pieces(large) == [0..<2, 2..<3, 3..<4, 4..<5])
    #expect(EnvelopeGroup.pieces([]).isEmpty)
    let last = EnvelopeGroup.locations(of: small, from: 5).last
    #expect(last == EnvelopeLocation(group: 7, place: 5))
  }

  @Test("agree with an account after any changes, and keep at most four times the bytes that are needed")
  func property() async throws {
    var random = SeededRandom.forTest()
    for _ in 0..<40 {
      let store = try Store.open(StoreConfiguration(durability: .memory))
      var account: [EnvelopeRow] = (0..<Int.random(in: 1...32, using: &random)).map { _ in
        Self.row(bytes: Int.random(in: 1...400, using: &random))
      }
      try await store.write { [account] in try $0.insertEnvelopes(account, from: 1) }
      for _ in 0..<60 {
        let place = Int.random(in: 0..<account.count, using: &random)
        account[place] = try await Self.change(account[place], at: place, in: store, &random)
      }
      let found = try await store.read { try $0.allEnvelopes() }
      #expect(account.indices.map { found[EnvelopeLocation(group: 1, place: $0)] } == account, "\(random)")
      let needed = account.reduce(0) { $0 + ($1.envelope?.count ?? 0) }
      let stored = try await store.read {
        try $0.first("SELECT length(envelopes) FROM bus_envelopes") { row in try row.int(0) } ?? 0
      }
      // What is not needed at all is left to the bus, unless it is much.
      #expect(stored <= 4 * needed || needed == 0, "\(random)")
      await store.close()
    }
  }

  @Test("drop a large envelope as soon as nobody needs it")
  func large() async throws {
    let store = try Store.open(StoreConfiguration(durability: .memory))
    let row = Self.row(bytes: EnvelopeGroup.maximumBytes + 1)
    try await store.write { try $0.insertEnvelopes([row], from: 1) }
    #expect(try await store.read { try $0.count("bus_envelopes") } == 1)
    #expect(try await store.end(row.id, as: .expired))
    #expect(try await store.read { try $0.count("bus_envelopes") } == 0)
    await store.close()
  }

  @Test("that are damaged are an error, not a trap", arguments: [0, 1, 108, 110, 109 * 33])
  func damaged(size: Int) async throws {
    let store = try Store.open(StoreConfiguration(durability: .memory))
    try await store.write { transaction in
      _ = try transaction.execute(
        "INSERT INTO bus_groups (number, records) VALUES (1, ?)", .blob([UInt8](repeating: 255, count: size)))
    }
    await #expect(throws: StoreError.self) { try await store.read { _ = try $0.envelopeGroup(1) } }
    try await store.write { transaction in
      _ = try transaction.execute("UPDATE bus_groups SET records = ?", .blob([UInt8](repeating: 255, count: 109)))
    }
    await #expect(throws: StoreError.self) { try await store.read { _ = try $0.envelopes([Self.location]) } }
    await store.close()
  }

  @Test("have sequences that are never given twice")
  func sequences() async throws {
    let store = try Store.open(StoreConfiguration(durability: .memory))
    var next: UInt64 = 0
    for count in [1, 1_000, 7, 1] {
      let first = try await store.write { try $0.reserveSequence(count) }
      #expect(first >= next)
      next = first + UInt64(count)
    }
    await store.close()
  }

  // MARK: Support

  private static let location = EnvelopeLocation(group: 1, place: 0)

  private static func row(sequence: UInt64 = 42, bytes: Int = 3) -> EnvelopeRow {
    EnvelopeRow(
      id: MessageID(), recipient: AgentID(), sender: AgentID(), sequence: sequence, priority: .high, attempts: 2,
      timeToLive: 1_000, expiresAt: Timestamp(microsecondsSinceEpoch: 1_000), inReplyTo: MessageID(),
      envelope: (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ bytes) })
  }

  /// Makes one random change, and tells what the message is then.
  private static func change(
    _ row: EnvelopeRow, at place: Int, in store: Store, _ random: inout SeededRandom
  ) async throws -> EnvelopeRow {
    var expected = row
    let isPending = row.status == .pending
    let location = EnvelopeLocation(group: 1, place: place)
    switch Int.random(in: 0..<6, using: &random) {
    case 0..<3:
      let status = DeliveryStatus.allCases.filter { $0 != .pending }.randomElement(using: &random) ?? .expired
      let reason = status == .failed ? "because" : nil
      #expect(try await store.end(row.id, at: location, as: status, reason: reason) == isPending)
      if isPending {
        (expected.status, expected.finishedAt, expected.reason) = (status, time, reason)
        if status != .failed { expected.envelope = nil }
      }
    case 3:
      let isDead = row.status == .failed && row.envelope != nil
      #expect(try await store.change(location) { $0.revive(row.id, at: $1, expiresAt: time) } == isDead)
      if isDead {
        (expected.status, expected.finishedAt, expected.reason) = (.pending, nil, nil)
        (expected.attempts, expected.expiresAt) = (0, time)
      }
    case 4:
      _ = try await store.change(location) { $0.dropDeadLetter(row.id, at: $1) }
      if row.status == .failed { (expected.envelope, expected.reason) = (nil, nil) }
    default:
      _ = try await store.change(location) { $0.setAttempts(row.id, at: $1, to: 5) }
      if isPending { expected.attempts = 5 }
    }
    return expected
  }
}

extension Store {
  fileprivate func change<T: Sendable>(
    _ location: EnvelopeLocation = EnvelopeLocation(group: 1, place: 0),
    _ change: @escaping @Sendable (inout EnvelopeGroup, Int) -> T
  ) async throws -> T? {
    try await write { transaction in
      var changes = EnvelopeChanges()
      let value = try changes.change(location, in: transaction, change)
      try changes.save(in: transaction)
      return value
    }
  }

  fileprivate func end(
    _ id: MessageID, at location: EnvelopeLocation = EnvelopeLocation(group: 1, place: 0), as status: DeliveryStatus,
    reason: String? = nil
  ) async throws -> Bool {
    try await change(location) { group, place in
      group.end(id, at: place, as: status, reason: reason, time: Timestamp(microsecondsSinceEpoch: 7))
    } ?? false
  }
}

extension StoreTransaction {
  fileprivate func allEnvelopes() throws -> [EnvelopeLocation: EnvelopeRow] {
    var locations: [EnvelopeLocation] = []
    try eachEnvelopeGroup { number, group in
      locations += (0..<group.count).map { EnvelopeLocation(group: number, place: $0) }
    }
    return try envelopes(locations)
  }

  fileprivate func count(_ table: String) throws -> Int64 {
    var count: Int64 = 0
    try query(composed: "SELECT count(*) FROM \(table)") { row in count = try row.int(0) }
    return count
  }

  fileprivate func insertFormerEnvelope(_ row: EnvelopeRow) throws {
    try execute(
      """
      INSERT INTO bus_messages (id, recipient_id, sender_id, sequence, priority, status, attempts, time_to_live,
        expires_at, in_reply_to, finished_at, reason, envelope) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .id(row.id), .id(row.recipient), .id(row.sender), .int(Int64(clamping: row.sequence)),
      .int(row.priority.rawValue), .int(DeliveryStatus.allCases.firstIndex(of: row.status) ?? 0), .int(row.attempts),
      .int(row.timeToLive), .time(row.expiresAt), .optional(row.inReplyTo), .optional(row.finishedAt),
      .optional(row.reason), .optional(row.envelope))
  }
}
