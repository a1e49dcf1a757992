internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontMessaging
internal import SymbiontStore

/// The bus as the effects of programs use it: agents get a mailbox when they first need one, and payloads are values.
struct AgentMessages: Sendable {
  /// What a message is about when its sender does not say.
  private static let noTopic = "-"

  let bus: DefaultCommunicationBus
  let store: Store
  let turns = DeliveryTurns()
  private let registrar: MailboxRegistrar

  init(bus: DefaultCommunicationBus, store: Store) {
    self.bus = bus
    self.store = store
    registrar = MailboxRegistrar(bus: bus)
  }

  /// Gives an agent a mailbox and keys unless it has them.
  func open(_ agentID: AgentID) async throws(CommunicationError) {
    if !bus.isRegistered(agentID) { try await registrar.register(agentID) }
  }

  /// Takes an agent's mailbox away; what is in it becomes dead letters.
  func close(_ agentID: AgentID) async throws(CommunicationError) {
    if bus.isRegistered(agentID) { try await bus.unregisterAgent(agentID) }
  }

  /// A message of one agent to another.
  func message(
    from sender: AgentID, to recipient: AgentID, payload: Value, topic: String? = nil, priority: Priority = .normal,
    timeToLive: Duration? = nil, inReplyTo: MessageID? = nil
  ) -> Message {
    Message(
      id: MessageID(), from: sender, to: recipient, topic: topic ?? Self.noTopic,
      payload: ValueCodec.encode(payload), priority: priority,
      timeToLive: timeToLive ?? bus.configuration.messageTimeToLive, inReplyTo: inReplyTo)
  }

  /// A message as a program sees it; one that no program sent has its text as its payload.
  ///
  /// Nil when the payload is neither a value nor text.
  static func value(of delivered: SecureMessage) -> Value? {
    let message = delivered.message
    let decoded = try? ValueCodec.decode(message.payload)
    guard let payload = decoded ?? String(validating: message.payload, as: UTF8.self).map(Value.string) else {
      return nil
    }
    return .record([
      "id": .string(message.id.description), "from": .string(message.from.description),
      "topic": .string(message.topic == noTopic ? "" : message.topic), "payload": payload,
      "sent_at": .float(EffectPlanner.seconds(delivered.timestamp)),
    ])
  }

  /// The next message that waits for an agent, as a program sees it.
  ///
  /// What no program can see becomes a dead letter. Nothing waits for an agent without a mailbox: whoever sends to it first
  /// gives it one, so many can wait at no cost.
  func next(for agentID: AgentID) async throws(CommunicationError) -> (delivery: Delivery, value: Value)? {
    guard bus.isRegistered(agentID) else { return nil }
    while let delivery = try await bus.receiveDeliveries(agentID, atMost: 1).first {
      if let value = Self.value(of: delivery.message) { return (delivery, value) }
      try await bus.reject(delivery.message.message.id, by: agentID, reason: "its payload is neither a value nor text")
    }
    return nil
  }
}

/// Registers agents with the bus, each once although several of its executions need it at the same time.
private actor MailboxRegistrar {
  private let bus: DefaultCommunicationBus
  private var running: [AgentID: Task<Result<Void, CommunicationError>, Never>] = [:]

  init(bus: DefaultCommunicationBus) { self.bus = bus }

  func register(_ agentID: AgentID) async throws(CommunicationError) {
    if let task = running[agentID] { return try await task.value.get() }
    if bus.isRegistered(agentID) { return }
    let task = Task { [bus] in
      do throws(CommunicationError) {
        try await bus.registerAgent(agentID, capabilities: [])
        return Result<Void, CommunicationError>.success(())
      } catch {
        return .failure(error)
      }
    }
    running[agentID] = task
    let result = await task.value
    running[agentID] = nil
    try result.get()
  }
}
