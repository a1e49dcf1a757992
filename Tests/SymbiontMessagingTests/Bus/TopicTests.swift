import SymbiontCore
import SymbiontMessaging
import SymbiontStore
import Testing

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

  @Test("that nobody listens to take no key")
  func unheard() async throws {
    var limits = MessagingLimits()
    limits.topics = 1
    let harness = try await BusHarness(limits: limits)
    let (sender, listener) = (try await harness.agent(), try await harness.agent())
    for index in 0..<5 {
      let sent = try await harness.bus.publish(message(from: sender, to: sender), to: "unheard.\(index)")
      #expect(sent.isEmpty)
    }
    try await harness.bus.subscribeToTopic(listener, topic: "heard")
    #expect(try await harness.bus.publish(message(from: sender, to: sender), to: "heard").count == 1)
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
    let epochs = try await harness.store.read { try $0.topicKeys().map(\.epoch) }
    #expect(epochs == [1, 2])
  }

  @Test("and their keys are there after a restart")
  func restart() async throws {
    let harness = try await BusHarness()
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    try await harness.bus.subscribeToTopic(receiver, topic: "a.>")
    _ = try await harness.bus.broadcastMessage(topic: "a.b.c", message: message(from: sender, to: sender, "1"))
    let bus = try await harness.reopen()
    _ = try await bus.broadcastMessage(topic: "a.b.c", message: message(from: sender, to: sender, "2"))
    #expect(texts(try await bus.receiveMessages(receiver)) == ["1", "2"])
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
