import SymbiontCore
import SymbiontMessaging
import SymbiontStore
import Testing

@Suite("Giving an agent's messages to another")
struct MovingTests {
  @Test("moves what waits under its ids, in its order, and with what is left of its time")
  func moves() async throws {
    let harness = try await BusHarness()
    let (sender, other) = (try await harness.agent(), try await harness.agent())
    let (failed, backup) = (try await harness.agent(), try await harness.agent())
    let sent = [
      message(from: sender, to: failed, "1", ttl: .seconds(60)), message(from: other, to: failed, "2"),
      message(from: sender, to: failed, "first", priority: .high),
    ]
    for message in sent { _ = try await harness.bus.sendMessage(message) }
    harness.clock.advance(by: .seconds(20))
    #expect(try await harness.bus.moveMessages(from: failed, to: backup) == 3)
    #expect(try await harness.bus.moveMessages(from: failed, to: backup) == 0)
    #expect(try await harness.bus.receiveMessages(failed).isEmpty)
    let received = try await harness.bus.receiveMessages(backup)
    #expect(texts(received) == ["first", "1", "2"])
    #expect(received.map(\.message.id) == [sent[2].id, sent[0].id, sent[1].id])
    #expect(received.map(\.message.from) == [sender, sender, other])
    #expect(received[1].message.timeToLive == .seconds(40))
    try await harness.bus.acknowledge(received.map(\.message.id), by: backup)
    #expect(try await harness.bus.getMessageStatus(sent[0].id) == .delivered)
  }

  @Test("what was moved is with its new receiver after a restart, and the former one cannot take it")
  func durable() async throws {
    let harness = try await BusHarness()
    let (sender, failed, backup) = (
      try await harness.agent(), try await harness.agent(), try await harness.agent()
    )
    let sent = message(from: sender, to: failed, "kept")
    _ = try await harness.bus.sendMessage(sent)
    let leased = try #require(try await harness.bus.receiveDeliveries(failed).first)
    // It is out for delivery, and stays.
    #expect(try await harness.bus.moveMessages(from: failed, to: backup) == 0)
    leased.giveBack()
    #expect(try await harness.bus.moveMessages(from: failed, to: backup) == 1)
    await #expect(throws: StoreError.self) {
      try await harness.store.write(isolated: true) { transaction in try leased.take(in: transaction, at: .epoch) }
    }
    let reopened = try await harness.reopen()
    #expect(texts(try await reopened.receiveMessages(backup)) == ["kept"])
    #expect(try await reopened.receiveMessages(failed).isEmpty)
  }

  @Test("what cannot be sealed anew becomes a dead letter, and holds nothing else up")
  func unmovable() async throws {
    let harness = try await BusHarness()
    let (broken, sound) = (try await harness.agent(), try await harness.agent())
    let (failed, backup) = (try await harness.agent(), try await harness.agent())
    let first = message(from: broken, to: failed, "1")
    _ = try await harness.bus.sendMessage(first)
    _ = try await harness.bus.sendMessage(message(from: sound, to: failed, "2"))
    try await harness.bus.rotateKeys(of: broken)
    try await harness.store.write { transaction in
      _ = try transaction.execute(
        "UPDATE bus_identities SET wrapped = zeroblob(92) WHERE agent_id = ? AND epoch = 2", .id(broken))
    }
    let bus = try await harness.reopen()
    #expect(try await bus.moveMessages(from: failed, to: backup) == 1)
    #expect(texts(try await bus.receiveMessages(backup)) == ["2"])
    #expect(try await bus.getMessageStatus(first.id) == .failed)
    let letter = try #require(try await bus.deadLetters().first)
    #expect(letter.reason.contains("could not be sealed for another receiver"), "\(letter.reason)")
  }

  @Test("a receiver without room gets what fits, and the rest stays where it was")
  func full() async throws {
    let harness = try await BusHarness(CommunicationConfig(maxQueueSize: 2))
    let (sender, failed, backup) = (
      try await harness.agent(), try await harness.agent(), try await harness.agent()
    )
    for text in ["1", "2"] { _ = try await harness.bus.sendMessage(message(from: sender, to: failed, text)) }
    _ = try await harness.bus.sendMessage(message(from: sender, to: backup, "own"))
    #expect(
      await code { () async throws(CommunicationError) in
        try await harness.bus.moveMessages(from: failed, to: backup)
      } == "MAILBOX_FULL")
    #expect(texts(try await harness.bus.receiveMessages(failed)) == ["2"])
    #expect(Set(texts(try await harness.bus.receiveMessages(backup))) == ["own", "1"])
    let nobody = AgentID()
    #expect(
      await code { () async throws(CommunicationError) in
        try await harness.bus.moveMessages(from: nobody, to: backup)
      } == "AGENT_NOT_REGISTERED")
  }
}
