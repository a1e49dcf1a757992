import SymbiontCore
import SymbiontStore
import SymbiontTesting
import Testing

@Suite("Records of the message bus")
struct EnvelopeRowTests {
  @Test("come to a store that an older program made, beside what it had")
  func olderStore() async throws {
    let index = try #require(StoreSchema.migrations.firstIndex { $0.identifier == "0008-messaging" })
    let ladder = try MigrationLadder()
    let (agent, asked, execution) = (AgentID(), MessageID(), ExecutionID())
    let store = try await ladder.climb(from: index) { transaction in
      try transaction.insertAsk(asked, execution: execution, sequence: 7)
    }
    let row = Self.row(from: agent)
    #expect(try await store.write { try $0.insertEnvelope(row) })
    #expect(try await store.read { try $0.envelope(row.id) } == row)
    #expect(try await store.read { try $0.ask(asked)?.execution } == execution)
    await store.close()
  }

  @Test("come to their end once")
  func onceOnly() async throws {
    let store = try Store.open(StoreConfiguration(durability: .memory))
    let row = Self.row(from: AgentID())
    let time = Timestamp(microsecondsSinceEpoch: 7)
    #expect(try await store.write { try $0.insertEnvelope(row) })
    #expect(try await store.write { try $0.insertEnvelope(row) } == false)
    #expect(try await store.write { try $0.deliverEnvelope(row.id, to: AgentID(), at: time) } == false)
    #expect(try await store.write { try $0.deliverEnvelope(row.id, to: row.recipient, at: time) })
    #expect(try await store.write { try $0.deliverEnvelope(row.id, to: row.recipient, at: time) } == false)
    #expect(try await store.write { try $0.expireEnvelope(row.id, at: time) } == false)
    #expect(try await store.write { try $0.failEnvelope(row.id, reason: "no", at: time) } == false)
    #expect(try await store.read { try $0.envelope(row.id)?.envelope } == nil)
    #expect(try await store.read { try $0.envelopeStatus(row.id) } == .delivered)
    await store.close()
  }

  @Test("are revived as long as they have their envelope")
  func revived() async throws {
    let store = try Store.open(StoreConfiguration(durability: .memory))
    let row = Self.row(from: AgentID())
    let time = Timestamp(microsecondsSinceEpoch: 7)
    try await store.write { transaction in
      _ = try transaction.insertEnvelope(row)
      _ = try transaction.failEnvelope(row.id, reason: "no", at: time)
    }
    #expect(try await store.read { try $0.envelope(row.id)?.reason } == "no")
    #expect(try await store.write { try $0.reviveEnvelope(row.id, expiresAt: time) })
    #expect(try await store.write { try $0.reviveEnvelope(row.id, expiresAt: time) } == false)
    try await store.write { transaction in
      _ = try transaction.failEnvelope(row.id, reason: "no", at: time)
      try transaction.dropDeadLetter(row.id)
    }
    #expect(try await store.write { try $0.reviveEnvelope(row.id, expiresAt: time) } == false)
    #expect(try await store.read { try $0.envelopeStatus(row.id) } == .failed)
    await store.close()
  }

  @Test("that are forgotten leave how far their sender was")
  func forgotten() async throws {
    let store = try Store.open(StoreConfiguration(durability: .memory))
    let row = Self.row(from: AgentID())
    try await store.write { transaction in
      try transaction.insertBusAgent(row.sender, capabilities: [.network], at: .epoch)
      _ = try transaction.insertEnvelope(row)
      // One that waits is not forgotten.
      try transaction.removeEnvelopes([row.id])
    }
    #expect(try await store.read { try $0.envelopeStatus(row.id) } == .pending)
    try await store.write { transaction in
      _ = try transaction.expireEnvelope(row.id, at: .epoch)
      try transaction.removeEnvelopes([row.id])
    }
    #expect(try await store.read { try $0.envelopeStatus(row.id) } == nil)
    #expect(try await store.read { try $0.busAgents().map(\.lastSequence) } == [row.sequence])
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

  private static func row(from sender: AgentID) -> EnvelopeRow {
    EnvelopeRow(
      id: MessageID(), recipient: AgentID(), sender: sender, sequence: 42, priority: .high, timeToLive: 1_000,
      expiresAt: Timestamp(microsecondsSinceEpoch: 1_000), inReplyTo: MessageID(), envelope: [1, 2, 3])
  }
}
