import SymbiontCore
import SymbiontStore
import Testing

@testable import SymbiontMessaging

@Suite("Topics")
struct TopicTests {
  @Test("reach their subscribers, each with a message and a status of its own")
  func broadcast() async throws {
    let harness = try await BusHarness(CommunicationConfig(maxQueueSize: 1))
    let bus = harness.bus
    let sender = try await harness.agent()
    let (exact, wild, full, none) = (
      try await harness.agent(), try await harness.agent(), try await harness.agent(), try await harness.agent()
    )
    try await bus.subscribeToTopic(exact, topic: "build.done")
    try await bus.subscribeToTopic(exact, topic: "build.>")
    try await bus.subscribeToTopic(wild, topic: "build.*")
    try await bus.subscribeToTopic(full, topic: "build.>")
    try await bus.subscribeToTopic(none, topic: "test.>")
    _ = try await bus.sendMessage(message(from: sender, to: full))
    let published = try await bus.publish(message(from: sender, to: sender, "done"), to: "build.done")
    #expect(Set(published.map(\.recipient)) == [exact, wild, full])
    #expect(published.first { $0.recipient == full }?.status == .failed)
    #expect(texts(try await bus.receiveMessages(exact)) == ["done"])
    #expect(texts(try await bus.receiveMessages(wild)) == ["done"])
    #expect(try await bus.receiveMessages(none).isEmpty)
    let own = try #require(published.first { $0.recipient == wild }?.messageID)
    try await bus.acknowledge([own], by: wild)
    #expect(try await bus.getMessageStatus(own) == .delivered)
    for message in published where message.recipient != wild {
      #expect(try await bus.getMessageStatus(message.messageID) == (message.recipient == full ? .failed : .pending))
    }
    #expect(try await bus.getAgentTopics(exact) == ["build.>", "build.done"])
    #expect(try await bus.broadcastMessage(topic: "nobody", message: message(from: sender, to: sender)).isEmpty)
  }

  @Test("may be many and short-lived, and leave nothing behind")
  func many() async throws {
    var limits = MessagingLimits()
    limits.derivedKeys = 4
    let harness = try await BusHarness(limits: limits)
    let (sender, listener) = (try await harness.agent(), try await harness.agent())
    try await harness.bus.subscribeToTopic(listener, topic: "task.>")
    for index in 0..<50 {
      _ = try await harness.bus.publish(message(from: sender, to: sender, "\(index)"), to: "task.\(index)")
    }
    #expect(texts(try await harness.bus.receiveMessages(listener)) == (0..<50).map { "\($0)" })
    #expect(try await harness.store.read { try $0.topicKeys().isEmpty })
  }

  @Test("are read with the keys of their time, however often those were changed")
  func manyEpochs() async throws {
    let harness = try await BusHarness()
    let (sender, stays, leaves) = (try await harness.agent(), try await harness.agent(), try await harness.agent())
    try await harness.bus.subscribeToTopic(stays, topic: "a")
    for index in 0..<100 {
      try await harness.bus.subscribeToTopic(leaves, topic: "a")
      _ = try await harness.bus.publish(message(from: sender, to: sender, "\(index)"), to: "a")
      try await harness.bus.unsubscribeFromTopic(leaves, topic: "a")
    }
    let keys = try await topicKeys(of: stays, in: harness)
    #expect(Set(keys.map(\.epoch)) == Set(1...100))
    let bus = try await harness.reopen()
    #expect(texts(try await bus.receiveMessages(stays)) == (0..<100).map { "\($0)" })
  }

  @Test("are left, and sealed with a new key then")
  func unsubscribe() async throws {
    let harness = try await BusHarness()
    let bus = harness.bus
    let (sender, stays, leaves) = (try await harness.agent(), try await harness.agent(), try await harness.agent())
    for agent in [stays, leaves] { try await bus.subscribeToTopic(agent, topic: "a.*") }
    _ = try await bus.broadcastMessage(topic: "a.b", message: message(from: sender, to: sender, "1"))
    try await bus.unsubscribeFromTopic(leaves, topic: "a.*")
    #expect(
      await code { () async throws(CommunicationError) in try await bus.unsubscribeFromTopic(leaves, topic: "a.*") }
        == "TOPIC_NOT_FOUND")
    _ = try await bus.broadcastMessage(topic: "a.b", message: message(from: sender, to: sender, "2"))
    #expect(texts(try await bus.receiveMessages(stays)) == ["1", "2"])
    #expect(texts(try await bus.receiveMessages(leaves)) == ["1"])
    #expect(try await topicKeys(of: stays, in: harness).map(\.epoch) == [1, 2])
    #expect(try await topicKeys(of: leaves, in: harness).map(\.epoch) == [1])
  }

  /// The keys that seal what was sent to an agent.
  private func topicKeys(
    of agentID: AgentID, in harness: BusHarness
  ) async throws -> [(instance: UInt32, epoch: UInt32)] {
    let stored = try await harness.store.read { try $0.storedMessages().values.map(\.row) }
    return try stored.filter { $0.recipient == agentID }.sorted { $0.sequence < $1.sequence }.map { row in
      let header = try Envelope(decoding: try #require(row.envelope), maximumPayload: 1_024).header
      #expect(header.keying == .topic)
      return (header.instance, header.keyEpoch)
    }
  }

  @Test("that are subscribed to and left at the same time are after a restart what they were before")
  func concurrent() async throws {
    let harness = try await BusHarness()
    let bus = harness.bus
    var agents: [AgentID] = []
    for _ in 0..<8 { agents.append(try await harness.agent()) }
    await withTaskGroup { group in
      for agent in agents {
        for index in 0..<40 {
          group.addTask {
            // A topic that is left already, or not subscribed to yet, is refused.
            if index.isMultiple(of: 2) {
              try? await bus.subscribeToTopic(agent, topic: "a")
            } else {
              try? await bus.unsubscribeFromTopic(agent, topic: "a")
            }
          }
        }
      }
    }
    var topics: [[String]] = []
    for agent in agents { topics.append(try await bus.getAgentTopics(agent)) }
    let reopened = try await harness.reopen()
    for (agent, topics) in zip(agents, topics) { #expect(try await reopened.getAgentTopics(agent) == topics) }
  }

  @Test("and their keys are there after a restart, and new ones seal what comes then")
  func restart() async throws {
    let harness = try await BusHarness()
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    try await harness.bus.subscribeToTopic(receiver, topic: "a.>")
    _ = try await harness.bus.broadcastMessage(topic: "a.b.c", message: message(from: sender, to: sender, "1"))
    let bus = try await harness.reopen()
    _ = try await bus.broadcastMessage(topic: "a.b.c", message: message(from: sender, to: sender, "2"))
    let keys = try await topicKeys(of: receiver, in: harness)
    #expect(keys.map(\.epoch) == [1, 1])
    #expect(keys[0].instance != keys[1].instance)
    #expect(texts(try await bus.receiveMessages(receiver)) == ["1", "2"])
  }

  @Test("that a former version sealed are read with its keys, and refused without")
  func former() async throws {
    let harness = try await BusHarness()
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    let key = [UInt8](repeating: 7, count: 32)
    let wrapped = try harness.masterKey.wrap(key, context: TopicKey.context("greeting", epoch: 3))
    try await harness.store.write { transaction in
      _ = try transaction.execute(
        "INSERT INTO bus_topic_keys (topic, epoch, wrapped, created_at) VALUES ('greeting', 3, ?, 0)", .blob(wrapped))
    }
    let bus = try await harness.reopen()
    func send(epoch: Int) async -> String? {
      await code { () async throws(CommunicationError) in
        var batch = try bus.admit([message(from: sender, to: receiver, "\(epoch)")], from: sender)
        (batch[0].keying, batch[0].keyEpoch) = (.formerTopic, epoch)
        try await bus.enqueue(batch, from: sender)
      }
    }
    #expect(await send(epoch: 3) == nil)
    #expect(await send(epoch: 4) == "TOPIC_KEY_UNKNOWN")
    #expect(texts(try await bus.receiveMessages(receiver)) == ["3"])
  }

  @Test("that nobody may use are refused")
  func invalid() async throws {
    var limits = MessagingLimits()
    limits.subscriptionsPerAgent = 1
    let harness = try await BusHarness(limits: limits)
    let agent = try await harness.agent()
    #expect(
      await code { () async throws(CommunicationError) in try await harness.bus.subscribeToTopic(agent, topic: "a..b") }
        == "TOPIC_INVALID")
    #expect(
      await code { () async throws(CommunicationError) in
        try await harness.bus.publish(message(from: agent, to: agent), to: "a.*")
      } == "TOPIC_INVALID")
    try await harness.bus.subscribeToTopic(agent, topic: "a")
    try await harness.bus.subscribeToTopic(agent, topic: "a")
    #expect(
      await code { () async throws(CommunicationError) in try await harness.bus.subscribeToTopic(agent, topic: "b") }
        == "SUBSCRIPTION_LIMIT_REACHED")
  }
}
