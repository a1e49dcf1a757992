import SymbiontCore
import SymbiontMessaging
import SymbiontStore
import Testing

@Suite("Taking and sending in a transaction of the caller")
struct TransactionTests {
  private struct Failure: Error {}

  @Test("takes a message once, together with its effects")
  func once() async throws {
    let harness = try await BusHarness(CommunicationConfig(deliveryTimeout: .seconds(1)))
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    let sent = message(from: sender, to: receiver)
    _ = try await harness.bus.sendMessage(sent)
    let first = try #require(try await harness.bus.receiveDeliveries(receiver).first)
    // The effect fails: neither is kept.
    await #expect(throws: StoreError.self) {
      try await harness.store.write(isolated: true) { transaction in
        try first.take(in: transaction, at: .epoch)
        throw Failure()
      }
    }
    harness.clock.advance(by: .seconds(1))
    let second = try #require(try await harness.bus.receiveDeliveries(receiver).first)
    try await harness.store.write { transaction in
      try second.take(in: transaction, at: .epoch)
      try transaction.insertBusSubscription(receiver, pattern: "effect")
    }
    // The caller that was too slow gets nothing, and its effect is undone.
    await #expect(throws: StoreError.self) {
      try await harness.store.write(isolated: true) { transaction in
        try transaction.insertBusSubscription(receiver, pattern: "twice")
        try first.take(in: transaction, at: .epoch)
      }
    }
    second.taken()
    #expect(try await harness.bus.getMessageStatus(sent.id) == .delivered)
    #expect(try await harness.store.read { try $0.busSubscriptions().map(\.pattern) } == ["effect"])
    harness.clock.advance(by: .seconds(10))
    #expect(try await harness.bus.receiveMessages(receiver).isEmpty)
  }

  @Test("counts a message as taken that its receiver took just before its time was over")
  func takenLast() async throws {
    let harness = try await BusHarness(CommunicationConfig(deliveryTimeout: .seconds(1), retryAttempts: 0))
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    let sent = message(from: sender, to: receiver)
    _ = try await harness.bus.sendMessage(sent)
    let delivery = try #require(try await harness.bus.receiveDeliveries(receiver).first)
    try await harness.store.write { try delivery.take(in: $0, at: .epoch) }
    // The bus hears of it only after it has given the message up.
    harness.clock.advance(by: .seconds(1))
    try await harness.settle()
    delivery.taken()
    #expect(try await harness.bus.getMessageStatus(sent.id) == .delivered)
    #expect(try await harness.bus.deadLetters().isEmpty)
    #expect(harness.bus.statistics.delivered == 1 && harness.bus.statistics.failed == 0)
  }

  @Test("sends messages with the effects that caused them, or not at all")
  func send() async throws {
    let harness = try await BusHarness(CommunicationConfig(maxQueueSize: 2))
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    let lost = try #require(try await harness.bus.prepare([message(from: sender, to: receiver, "lost")]))
    await #expect(throws: StoreError.self) {
      try await harness.store.write(isolated: true) { transaction in
        try lost.insert(in: transaction)
        throw Failure()
      }
    }
    lost.withdraw()
    let kept = try #require(
      try await harness.bus.prepare([
        message(from: sender, to: receiver, "1"), message(from: sender, to: receiver, "2"),
      ]))
    #expect(
      await code { () async throws(CommunicationError) in
        try await harness.bus.sendMessage(message(from: sender, to: receiver))
      } == "MAILBOX_FULL")
    #expect(try await harness.bus.receiveMessages(receiver).isEmpty)
    try await harness.store.write { try kept.insert(in: $0) }
    kept.sent()
    #expect(texts(try await harness.bus.receiveMessages(receiver)) == ["1", "2"])
  }
}
