package import SymbiontCore

/// What every communication bus does, whatever it is made of: tests of one run all of these.
package struct CommunicationBusConformance: Sendable {
  /// A bus does not do what it must.
  package struct Violation: Error, CustomStringConvertible {
    /// What it did instead.
    package let description: String
  }

  private let bus: any CommunicationBus
  private let acknowledge: @Sendable (MessageID, AgentID) async throws -> Void

  /// - Parameter acknowledge: Has the agent take a message, which is not part of the protocol.
  package init(
    _ bus: any CommunicationBus, acknowledge: @escaping @Sendable (MessageID, AgentID) async throws -> Void
  ) {
    self.bus = bus
    self.acknowledge = acknowledge
  }

  /// Runs all checks on a bus without agents, and stops it at the end.
  package func run() async throws {
    let (sender, receiver) = (AgentID(), AgentID())
    try await registering(sender, receiver)
    try await delivering(sender, receiver)
    try await broadcasting(sender, receiver)
    try await unregistering(sender, receiver)
    try await bus.shutdown()
    try await expect("COMMUNICATION_SHUTTING_DOWN") { _ = try await bus.sendMessage(Self.message(sender, sender)) }
  }

  private func registering(_ sender: AgentID, _ receiver: AgentID) async throws {
    try await expect("AGENT_NOT_REGISTERED") { _ = try await bus.receiveMessages(receiver) }
    try await expect("AGENT_NOT_REGISTERED") { try await bus.unregisterAgent(receiver) }
    try await expect("AGENT_NOT_REGISTERED") { try await bus.subscribeToTopic(receiver, topic: "a") }
    try await expect("AGENT_NOT_REGISTERED") { _ = try await bus.getAgentTopics(receiver) }
    try await bus.registerAgent(sender, capabilities: [.network])
    try await expect("AGENT_NOT_REGISTERED") { _ = try await bus.sendMessage(Self.message(sender, receiver)) }
    try await bus.registerAgent(receiver, capabilities: [])
    try await expect("AGENT_ALREADY_REGISTERED") { try await bus.registerAgent(receiver, capabilities: []) }
  }

  private func delivering(_ sender: AgentID, _ receiver: AgentID) async throws {
    try require(try await bus.receiveMessages(receiver).isEmpty, "a new mailbox has messages")
    let (usual, urgent) = (Self.message(sender, receiver), Self.message(sender, receiver, .critical))
    for message in [usual, urgent] {
      try require(try await bus.sendMessage(message) == message.id, "a message was sent under another id")
      try require(try await bus.getMessageStatus(message.id) == .pending, "a message that waits is not pending")
    }
    let received = try await bus.receiveMessages(receiver)
    try require(received.map(\.message) == [urgent, usual], "messages are changed, or not received by priority")
    try require(received.allSatisfy { !$0.signature.isEmpty }, "a message is not signed")
    for message in received { try await acknowledge(message.message.id, receiver) }
    try require(try await bus.getMessageStatus(usual.id) == .delivered, "a message that was taken is not delivered")
    try require(try await bus.receiveMessages(receiver).isEmpty, "a message that was taken came again")
    try await expect("MESSAGE_NOT_FOUND") { _ = try await bus.getMessageStatus(MessageID()) }
  }

  private func broadcasting(_ sender: AgentID, _ receiver: AgentID) async throws {
    try await bus.subscribeToTopic(receiver, topic: "news")
    try require(try await bus.getAgentTopics(receiver) == ["news"], "a subscription is not listed")
    let ids = try await bus.broadcastMessage(topic: "news", message: Self.message(sender, sender))
    let received = try await bus.receiveMessages(receiver)
    try require(received.map(\.message.id) == ids, "a broadcast did not reach its subscriber")
    for id in ids { try await acknowledge(id, receiver) }
    try await bus.unsubscribeFromTopic(receiver, topic: "news")
    try await expect("TOPIC_NOT_FOUND") { try await bus.unsubscribeFromTopic(receiver, topic: "news") }
    let none = try await bus.broadcastMessage(topic: "news", message: Self.message(sender, sender))
    try require(none.isEmpty, "a broadcast reached nobody's mailbox")
  }

  private func unregistering(_ sender: AgentID, _ receiver: AgentID) async throws {
    let left = Self.message(sender, receiver)
    _ = try await bus.sendMessage(left)
    try await bus.unregisterAgent(receiver)
    try require(try await bus.getMessageStatus(left.id) == .failed, "what nobody can receive any more has not failed")
  }

  private static func message(_ from: AgentID, _ to: AgentID, _ priority: Priority = .normal) -> Message {
    Message(id: MessageID(), from: from, to: to, topic: "conformance", payload: [1, 2, 3], priority: priority)
  }

  private func require(_ condition: Bool, _ violation: String) throws {
    guard condition else { throw Violation(description: violation) }
  }

  private func expect(_ code: String, _ work: () async throws -> Void) async throws {
    do { try await work() } catch let error as CommunicationError {
      return try require(error.code == code, "it threw \(error.code) instead of \(code)")
    }
    throw Violation(description: "it did not throw \(code)")
  }
}
