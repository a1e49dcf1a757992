import SymbiontCore
import SymbiontMessaging
import SymbiontStore
import Testing

@Suite("A store that refuses")
struct StoreFailureTests {
  /// Refuses changes of one kind while the work goes on.
  private func refusing<T>(_ change: String, in store: Store, _ work: () async throws -> T) async throws -> T {
    try await store.write { transaction in
      _ = try transaction.execute(
        composed: "CREATE TRIGGER refusing BEFORE \(change) BEGIN SELECT RAISE(FAIL, 'not now'); END")
    }
    let result = try await work()
    try await store.write { transaction in _ = try transaction.execute("DROP TRIGGER refusing") }
    return result
  }

  @Test("an acknowledgement leaves the message to come again")
  func acknowledgement() async throws {
    let harness = try await BusHarness()
    let bus = harness.bus
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    let sent = message(from: sender, to: receiver)
    _ = try await bus.sendMessage(sent)
    #expect(try await bus.receiveMessages(receiver).count == 1)
    let refused = try await refusing("UPDATE ON bus_groups", in: harness.store) {
      await code { () async throws(CommunicationError) in try await bus.acknowledge([sent.id], by: receiver) }
    }
    #expect(refused == "COMMUNICATION_STORE_FAILED")
    #expect(try await bus.getMessageStatus(sent.id) == .pending)
    #expect(try await bus.receiveMessages(receiver).isEmpty)
    harness.clock.advance(by: .seconds(1))
    #expect(try await bus.receiveMessages(receiver).map(\.message) == [sent])
    try await bus.acknowledge([sent.id], by: receiver)
    #expect(try await harness.reopen().getMessageStatus(sent.id) == .delivered)
  }

  @Test("the count of a delivery leaves the message to whoever waits for one, and it counts then")
  func counting() async throws {
    let harness = try await BusHarness(CommunicationConfig(retryAttempts: 0))
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    let sent = message(from: sender, to: receiver)
    _ = try await harness.bus.sendMessage(sent)
    var bus = try await harness.reopen()
    let refused = try await refusing("UPDATE ON bus_groups", in: harness.store) { [bus] in
      await code { () async throws(CommunicationError) in try await bus.receiveMessages(receiver) }
    }
    #expect(refused == "COMMUNICATION_STORE_FAILED")
    #expect(try await bus.nextMessages(for: receiver).map(\.message) == [sent])
    bus = try await harness.reopen()
    #expect(try await bus.receiveMessages(receiver).count == 1)
    bus = try await harness.reopen()
    #expect(try await bus.receiveMessages(receiver).isEmpty)
    try await harness.settle()
    #expect(try await bus.getMessageStatus(sent.id) == .failed)
  }

  @Test("the end of an expired message is asked again, and nobody receives it meanwhile")
  func expiry() async throws {
    let harness = try await BusHarness()
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    let sent = message(from: sender, to: receiver, ttl: .milliseconds(500))
    _ = try await harness.bus.sendMessage(sent)
    try await refusing("UPDATE ON bus_groups", in: harness.store) {
      harness.clock.advance(by: .milliseconds(500))
      try await harness.settle()
      #expect(try await harness.bus.receiveMessages(receiver).isEmpty)
      #expect(try await harness.store.read { try $0.storedMessages()[sent.id]?.row.status } == .pending)
    }
    harness.clock.advance(by: .seconds(1))
    try await harness.settle()
    #expect(try await harness.store.read { try $0.storedMessages()[sent.id]?.row.status } == .expired)
  }

  @Test("an answer that could not be taken ends as a dead letter, and is received by nobody")
  func answer() async throws {
    let harness = try await BusHarness()
    let bus = harness.bus
    let (asker, asked) = (try await harness.agent(), try await harness.agent())
    let request = message(from: asker, to: asked)
    let asking = Task {
      await code { () async throws(CommunicationError) in try await bus.ask(request, timeout: .seconds(60)) }
    }
    let received = try #require(try await bus.nextMessages(for: asked).first)
    let reply = try await refusing("UPDATE ON bus_groups", in: harness.store) {
      let reply = try await bus.reply(to: received, payload: [])
      #expect(await asking.value == "COMMUNICATION_STORE_FAILED")
      return reply
    }
    #expect(try await bus.receiveMessages(asker).isEmpty)
    harness.clock.advance(by: .seconds(1))
    try await harness.settle()
    #expect(try await bus.receiveMessages(asker).isEmpty)
    #expect(try await bus.getMessageStatus(reply) == .failed)
    #expect(try await bus.deadLetters().map(\.messageID) == [reply])
  }

  @Test("new keys leaves the ones that were to be revoked, so that the agent has some")
  func revocation() async throws {
    let harness = try await BusHarness()
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    let refused = try await refusing("INSERT ON bus_identities", in: harness.store) {
      await code { () async throws(CommunicationError) in try await harness.bus.revokeKeys(of: sender, epoch: 1) }
    }
    #expect(refused == "COMMUNICATION_STORE_FAILED")
    let bus = try await harness.reopen()
    #expect(try await bus.publicKeys(of: sender).map(\.revokedAt) == [nil])
    _ = try await bus.sendMessage(message(from: sender, to: receiver))
    #expect(try await bus.receiveMessages(receiver).count == 1)
  }

  @Test("keys that are broken refuse the messages for their agent alone, of many that are sealed together")
  func sealing() async throws {
    let harness = try await BusHarness()
    let (sender, sound, broken) = (try await harness.agent(), try await harness.agent(), try await harness.agent())
    try await harness.store.write { transaction in
      _ = try transaction.execute(
        "UPDATE bus_identities SET wrapped = zeroblob(92) WHERE agent_id = ?", .id(min(sound, broken)))
    }
    let (good, bad) = (max(sound, broken), min(sound, broken))
    let bus = try await harness.reopen()
    let refusals = await withTaskGroup(of: (AgentID, String?).self) { group in
      for index in 0..<200 {
        let receiver = index % 10 == 3 ? bad : good
        group.addTask {
          let code = await code { () async throws(CommunicationError) in
            try await bus.sendMessage(message(from: sender, to: receiver))
          }
          return (receiver, code)
        }
      }
      return await group.reduce(into: [(AgentID, String?)]()) { $0.append($1) }
    }
    for (receiver, code) in refusals { #expect(code == (receiver == good ? nil : "COMMUNICATION_KEY_UNUSABLE")) }
    #expect(try await bus.receiveMessages(good).count == 180)
  }
}
