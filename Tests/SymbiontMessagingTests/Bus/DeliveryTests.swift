import SymbiontCore
import SymbiontMessaging
import SymbiontStore
import Testing

@Suite("Messages on the bus")
struct DeliveryTests {
  @Test("are received, taken and delivered")
  func delivered() async throws {
    let harness = try await BusHarness()
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    let sent = message(from: sender, to: receiver, "the answer is 42")
    #expect(try await harness.bus.sendMessage(sent) == sent.id)
    #expect(try await harness.bus.getMessageStatus(sent.id) == .pending)
    let received = try await harness.bus.receiveMessages(receiver)
    #expect(received.map(\.message) == [sent])
    #expect(received.first?.signature.count == 64)
    #expect(received.first?.encryptedPayload.count == sent.payload.count + 16)
    #expect(try await harness.bus.getMessageStatus(sent.id) == .pending)
    try await harness.bus.acknowledge([sent.id], by: receiver)
    #expect(try await harness.bus.getMessageStatus(sent.id) == .delivered)
    #expect(try await harness.bus.receiveMessages(receiver).isEmpty)
    let stored = try #require(try await harness.store.read { try $0.storedMessages()[sent.id] })
    #expect(stored.row.envelope == nil)
  }

  @Test("are received by priority, and in the order of their sender")
  func order() async throws {
    let harness = try await BusHarness()
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    for (text, priority) in [
      ("1", Priority.low), ("2", .normal), ("3", .critical), ("4", .normal), ("5", .high), ("6", .low),
    ] {
      _ = try await harness.bus.sendMessage(message(from: sender, to: receiver, text, priority: priority))
    }
    #expect(texts(try await harness.bus.receiveMessages(receiver)) == ["3", "5", "2", "4", "1", "6"])
  }

  @Test("of many callers of one sender keep its order and share signatures")
  func burst() async throws {
    let harness = try await BusHarness()
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    try await withThrowingTaskGroup(of: Void.self) { group in
      for caller in 0..<16 {
        group.addTask {
          for number in 0..<20 {
            _ = try await harness.bus.sendMessage(message(from: sender, to: receiver, "\(caller).\(number)"))
          }
        }
      }
      try await group.waitForAll()
    }
    let received = try await harness.bus.receiveMessages(receiver)
    #expect(received.count == 320)
    for caller in 0..<16 {
      let own = texts(received).filter { $0.hasPrefix("\(caller).") }
      #expect(own == (0..<20).map { "\(caller).\($0)" })
    }
  }

  @Test("that are not acknowledged come again, and become dead letters in the end")
  func redelivery() async throws {
    let harness = try await BusHarness(CommunicationConfig(deliveryTimeout: .seconds(10), retryAttempts: 2))
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    let sent = message(from: sender, to: receiver)
    _ = try await harness.bus.sendMessage(sent)
    for _ in 0..<3 {
      #expect(try await harness.bus.receiveMessages(receiver).count == 1)
      #expect(try await harness.bus.receiveMessages(receiver).isEmpty)
      harness.clock.advance(by: .seconds(10))
    }
    try await harness.settle()
    #expect(try await harness.bus.receiveMessages(receiver).isEmpty)
    #expect(try await harness.bus.getMessageStatus(sent.id) == .failed)
    let letters = try await harness.bus.deadLetters()
    #expect(letters.map(\.messageID) == [sent.id])
    #expect(letters.first?.reason == "it was not acknowledged, after 3 deliveries")
    #expect(letters.first?.message?.message == sent)
    #expect(
      await code { () async throws(CommunicationError) in try await harness.bus.acknowledge([sent.id], by: receiver) }
        == "MESSAGE_NOT_FOUND")

    try await harness.bus.replayDeadLetter(sent.id)
    #expect(try await harness.bus.getMessageStatus(sent.id) == .pending)
    #expect(try await harness.bus.receiveMessages(receiver).count == 1)
    try await harness.bus.acknowledge([sent.id], by: receiver)
    #expect(try await harness.bus.getMessageStatus(sent.id) == .delivered)
    #expect(try await harness.bus.deadLetters().isEmpty)
  }

  @Test("that are given back come again at once, before later ones")
  func rejected() async throws {
    let harness = try await BusHarness(CommunicationConfig(retryAttempts: 1))
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    let sent = [message(from: sender, to: receiver, "1"), message(from: sender, to: receiver, "2")]
    try await harness.bus.send(sent)
    #expect(texts(try await harness.bus.nextMessages(for: receiver, atMost: 1)) == ["1"])
    try await harness.bus.reject(sent[0].id, by: receiver, reason: "it was busy")
    #expect(texts(try await harness.bus.receiveMessages(receiver)) == ["1", "2"])
    try await harness.bus.reject(sent[0].id, by: receiver, reason: "it was busy")
    #expect(try await harness.bus.deadLetters().map(\.reason) == ["it was busy, after 2 deliveries"])
  }

  @Test("expire to the millisecond, whatever is done to the time of day")
  func expiry() async throws {
    let harness = try await BusHarness()
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    let early = message(from: sender, to: receiver, ttl: .milliseconds(250))
    let late = message(from: sender, to: receiver, ttl: .milliseconds(251))
    try await harness.bus.send([early, late])
    harness.clock.jump(by: .seconds(86_400))
    harness.clock.advance(by: .milliseconds(249))
    #expect(try await harness.bus.getMessageStatus(early.id) == .pending)
    harness.clock.jump(by: .seconds(-200_000))
    harness.clock.advance(by: .milliseconds(1))
    #expect(try await harness.bus.getMessageStatus(early.id) == .expired)
    #expect(try await harness.bus.receiveMessages(receiver).map(\.message.id) == [late.id])
    try await harness.settle()
    #expect(try await harness.store.read { try $0.storedMessages()[early.id]?.row.status } == .expired)
    #expect(harness.observed.contains(.expired(early.id, recipient: receiver)))
  }

  @Test("that were not read before a restart are there after it, with what is left of their time")
  func restart() async throws {
    let harness = try await BusHarness()
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    let sent = (0..<5).map { message(from: sender, to: receiver, "\($0)", ttl: .seconds(60)) }
    try await harness.bus.send(sent)
    _ = try await harness.bus.receiveMessages(receiver)
    try await harness.bus.acknowledge([sent[0].id, sent[2].id], by: receiver)
    harness.clock.advance(by: .seconds(59))
    let bus = try await harness.reopen()
    #expect(texts(try await bus.receiveMessages(receiver)) == ["1", "3", "4"])
    #expect(try await bus.getMessageStatus(sent[0].id) == .delivered)
    try await bus.acknowledge([sent[1].id], by: receiver)
    harness.clock.advance(by: .seconds(31))
    try await harness.settle()
    #expect(try await bus.getMessageStatus(sent[3].id) == .expired)
    _ = try await bus.sendMessage(message(from: sender, to: receiver, "after"))
    #expect(texts(try await bus.receiveMessages(receiver)) == ["after"])
  }

  @Test("that end the process of their receiver each time become dead letters in the end")
  func poison() async throws {
    let harness = try await BusHarness(CommunicationConfig(retryAttempts: 2))
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    let sent = message(from: sender, to: receiver)
    _ = try await harness.bus.sendMessage(sent)
    // The first delivery is not recorded.
    #expect(try await harness.bus.receiveMessages(receiver).count == 1)
    for _ in 0..<4 { #expect(try await harness.reopen().receiveMessages(receiver).count == 1) }
    let bus = try await harness.reopen()
    #expect(try await bus.receiveMessages(receiver).isEmpty)
    try await harness.settle()
    #expect(try await bus.getMessageStatus(sent.id) == .failed)
    #expect(try await bus.deadLetters().map(\.reason) == ["it was not acknowledged, after 4 deliveries"])
    // Of those that are handed out together nobody knows which one it is, until each is handed out alone.
    let together = (0..<3).map { _ in message(from: sender, to: receiver) }
    try await bus.send(together)
    for _ in 0..<3 { #expect(try await harness.reopen().receiveMessages(receiver).count == 3) }
    #expect(try await harness.reopen().receiveMessages(receiver).map(\.message) == [together[0]])
    let next = try await harness.reopen()
    for innocent in together[1...] {
      #expect(try await next.receiveMessages(receiver).map(\.message) == [innocent])
      try await next.acknowledge([innocent.id], by: receiver)
    }
    #expect(try await next.getMessageStatus(together[0].id) == .failed)
    // Whoever takes them in a transaction may be killed as often as it likes.
    let other = message(from: sender, to: receiver)
    _ = try await bus.sendMessage(other)
    for _ in 0..<5 { #expect(try await harness.reopen().receiveDeliveries(receiver).count == 1) }
  }

  @Test("are refused when there is no room, no receiver, too much of them, or the same twice")
  func refusals() async throws {
    let harness = try await BusHarness(CommunicationConfig(maxQueueSize: 2, maxMessageSize: 8))
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    let bus = harness.bus
    let stranger = AgentID()
    let first = message(from: sender, to: receiver, "1")
    func refusal(_ message: Message) async -> String? {
      await code { () async throws(CommunicationError) in try await bus.sendMessage(message) }
    }
    #expect(await refusal(message(from: sender, to: receiver, "123456789")) == "MESSAGE_TOO_LARGE")
    #expect(await refusal(message(from: sender, to: stranger)) == "AGENT_NOT_REGISTERED")
    #expect(await refusal(message(from: stranger, to: receiver)) == "AGENT_NOT_REGISTERED")
    #expect(await refusal(message(from: sender, to: receiver, ttl: .zero)) == "MESSAGE_INVALID")
    #expect(await refusal(first) == nil)
    #expect(await refusal(first) == "MESSAGE_ALREADY_SENT")
    #expect(await refusal(message(from: sender, to: receiver)) == nil)
    #expect(await refusal(message(from: sender, to: receiver)) == "MAILBOX_FULL")
    _ = try await bus.receiveMessages(receiver)
    #expect(await refusal(message(from: sender, to: receiver)) == "MAILBOX_FULL")
    try await bus.acknowledge([first.id], by: receiver)
    #expect(await refusal(first) == "MESSAGE_ALREADY_SENT")
    #expect(await refusal(message(from: sender, to: receiver)) == nil)
    #expect(bus.statistics.refused["MAILBOX_FULL"] == 2)
    #expect(
      await code { () async throws(CommunicationError) in try await bus.getMessageStatus(MessageID()) }
        == "MESSAGE_NOT_FOUND")
    try await bus.shutdown()
    #expect(await refusal(message(from: sender, to: receiver)) == "COMMUNICATION_SHUTTING_DOWN")
  }

  @Test("of an agent that is unregistered become dead letters; it gets new keys when it comes back")
  func unregistered() async throws {
    let harness = try await BusHarness()
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    let sent = message(from: sender, to: receiver)
    _ = try await harness.bus.sendMessage(sent)
    try await harness.bus.unregisterAgent(receiver)
    #expect(try await harness.bus.getMessageStatus(sent.id) == .failed)
    #expect(
      await code { () async throws(CommunicationError) in try await harness.bus.receiveMessages(receiver) }
        == "AGENT_NOT_REGISTERED")
    try await harness.bus.registerAgent(receiver, capabilities: [])
    #expect(
      await code { () async throws(CommunicationError) in
        try await harness.bus.registerAgent(receiver, capabilities: [])
      } == "AGENT_ALREADY_REGISTERED")
    #expect(try await harness.bus.publicKeys(of: receiver).map(\.epoch) == [1, 2])
    try await harness.bus.replayDeadLetter(sent.id)
    #expect(try await harness.bus.receiveMessages(receiver).map(\.message) == [sent])
  }

  @Test("that are dead or at their end are kept within their bounds")
  func bounds() async throws {
    var limits = MessagingLimits()
    limits.history = 10
    let harness = try await BusHarness(
      CommunicationConfig(retryAttempts: 0, deadLetterQueueSize: 3), limits: limits)
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    var dead: [MessageID] = []
    for _ in 0..<5 {
      let sent = message(from: sender, to: receiver)
      _ = try await harness.bus.sendMessage(sent)
      _ = try await harness.bus.receiveMessages(receiver)
      try await harness.bus.reject(sent.id, by: receiver, reason: "no")
      dead.append(sent.id)
    }
    #expect(try await harness.bus.deadLetters().map(\.messageID) == Array(dead.suffix(3)))
    #expect(try await harness.bus.getMessageStatus(dead[0]) == .failed)
    #expect(harness.observed.contains(.deadLetterDropped(dead[1])))
    for _ in 0..<300 {
      let sent = message(from: sender, to: receiver)
      _ = try await harness.bus.sendMessage(sent)
      _ = try await harness.bus.receiveMessages(receiver)
      try await harness.bus.acknowledge([sent.id], by: receiver)
    }
    try await harness.settle()
    let count = try await harness.store.read { try $0.storedMessages().count }
    #expect(count <= 10 + 256 + 3)
  }
}
