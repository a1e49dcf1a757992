import SymbiontCore
import SymbiontMessaging
import SymbiontStore
import Testing

@Suite("Messages that are kept together")
struct KeepingTests {
  /// Every envelope is read from the store.
  private static var limits: MessagingLimits {
    var limits = MessagingLimits()
    limits.envelopeBytes = 0
    return limits
  }

  @Test("have their envelopes as long as one of them waits, whatever becomes of the others")
  func shared() async throws {
    let harness = try await BusHarness(
      CommunicationConfig(maxQueueSize: 200, deadLetterQueueSize: 0), limits: Self.limits)
    let bus = harness.bus
    // Subscribers get their messages in the order of their ids.
    let full = [try await harness.agent(), try await harness.agent()]
    let (sender, waits) = (try await harness.agent(), try await harness.agent())
    for agent in full {
      try await bus.send((0..<200).map { _ in message(from: sender, to: agent) })
      try await bus.subscribeToTopic(agent, topic: "news")
    }
    try await bus.subscribeToTopic(waits, topic: "news")
    // Those for the full mailboxes are over at once, and those are not kept at all.
    for number in 0..<150 {
      let published = try await bus.publish(message(from: sender, to: sender, "\(number)"), to: "news")
      #expect(published.filter { $0.status == .failed }.count == 2)
    }
    try await harness.settle()
    #expect(texts(try await bus.receiveMessages(waits)) == (0..<150).map { "\($0)" })
    let again = try await harness.reopen()
    #expect(texts(try await again.receiveMessages(waits)) == (0..<150).map { "\($0)" })
  }

  @Test("leave nothing behind when all have come to their end and are forgotten")
  func forgotten() async throws {
    var limits = Self.limits
    limits.history = 0
    let harness = try await BusHarness(limits: limits)
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    for _ in 0..<40 {
      let burst = (0..<50).map { _ in message(from: sender, to: receiver) }
      try await harness.bus.send(burst)
      let received = try await harness.bus.receiveMessages(receiver)
      try await harness.bus.acknowledge(received.map(\.message.id).shuffled(), by: receiver)
    }
    try await harness.settle()
    let counts = try await harness.store.read { transaction in
      try ["SELECT count(*) FROM bus_groups", "SELECT count(*) FROM bus_envelopes"].map { sql in
        var count: Int64 = 0
        try transaction.query(composed: sql) { row in count = try row.int(0) }
        return count
      }
    }
    // What is forgotten together is 256 messages, and what is removed together is 64 groups.
    #expect(counts[0] <= 256 / 25 + 1 && counts[1] <= 64, "\(counts)")
  }

  @Test("fail alone when only one of them cannot be kept")
  func guilty() async throws {
    let harness = try await BusHarness()
    let senders = [try await harness.agent(), try await harness.agent(), try await harness.agent()]
    let (guilty, receiver) = (senders[1], try await harness.agent())
    try await harness.store.write { transaction in
      try transaction.execute("CREATE TABLE guilty (id BLOB)")
      try transaction.execute("INSERT INTO guilty (id) VALUES (?)", .id(guilty))
      try transaction.execute(
        """
        CREATE TRIGGER refusing BEFORE INSERT ON bus_groups
        WHEN EXISTS (SELECT 1 FROM guilty WHERE instr(NEW.records, id) > 0)
        BEGIN SELECT RAISE(FAIL, 'not this one'); END
        """)
    }
    for _ in 0..<20 {
      let gate = await StoreGate.hold(harness.store)
      let failed = await withTaskGroup(of: AgentID?.self) { group in
        for sender in senders {
          group.addTask {
            let code = await code { () async throws(CommunicationError) in
              try await harness.bus.sendMessage(message(from: sender, to: receiver))
            }
            return code == nil ? nil : sender
          }
        }
        gate.open()
        return await group.reduce(into: [AgentID]()) { if let sender = $1 { $0.append(sender) } }
      }
      #expect(failed == [guilty])
      let received = try await harness.bus.receiveMessages(receiver)
      #expect(Set(received.map(\.message.from)) == [senders[0], senders[2]])
      try await harness.bus.acknowledge(received.map(\.message.id), by: receiver)
    }
  }

  @Test("are known by their id until they are forgotten: it cannot be used again before")
  func reuse() async throws {
    var limits = Self.limits
    limits.history = 0
    let harness = try await BusHarness(limits: limits)
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    let stays = message(from: sender, to: receiver, "stays", priority: .low)
    let first = message(from: sender, to: receiver, "first")
    try await harness.bus.send([stays, first])
    try await harness.bus.acknowledge(
      try await harness.bus.nextMessages(for: receiver, atMost: 1).map(\.message.id), by: receiver)
    #expect(
      await code { () async throws(CommunicationError) in try await harness.bus.sendMessage(first) }
        == "MESSAGE_ALREADY_SENT")
    for _ in 0..<256 {
      _ = try await harness.bus.sendMessage(message(from: sender, to: receiver))
      let received = try await harness.bus.nextMessages(for: receiver, atMost: 1).map(\.message.id)
      try await harness.bus.acknowledge(received, by: receiver)
    }
    #expect(
      await code { () async throws(CommunicationError) in try await harness.bus.getMessageStatus(first.id) }
        == "MESSAGE_NOT_FOUND")
    _ = try await harness.bus.sendMessage(first)
    try await harness.bus.reject(
      try #require(try await harness.bus.nextMessages(for: receiver, atMost: 1).first?.message.id), by: receiver,
      reason: "no")
    let again = try await harness.reopen()
    #expect(texts(try await again.receiveMessages(receiver)) == ["first", "stays"])
    #expect(try await again.getMessageStatus(first.id) == .pending)
  }

  @Test("give the room of an answer back that came too late")
  func lateAnswers() async throws {
    let harness = try await BusHarness(CommunicationConfig(maxQueueSize: 3))
    let (asker, replier) = (try await harness.agent(), try await harness.agent())
    for _ in 0..<10 {
      let late = message(from: replier, to: asker, inReplyTo: MessageID())
      _ = try await harness.bus.sendMessage(late)
      #expect(try await harness.bus.getMessageStatus(late.id) == .failed)
    }
    try await harness.bus.send((0..<3).map { _ in message(from: replier, to: asker) })
    #expect(
      await code { () async throws(CommunicationError) in
        try await harness.bus.sendMessage(message(from: replier, to: asker))
      } == "MAILBOX_FULL")
  }
}
