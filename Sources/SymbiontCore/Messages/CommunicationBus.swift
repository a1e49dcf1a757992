/// Carries messages between agents, signed and sealed (specification, "Communication Bus").
///
/// Every method that names an agent throws ``CommunicationError/agentNotRegistered(agentID:)`` when it has no mailbox.
public protocol CommunicationBus: Sendable {
  /// Gives the agent a mailbox and keys.
  func registerAgent(_ agentID: AgentID, capabilities: [Capability]) async throws(CommunicationError)

  /// Takes the agent's mailbox away; what is in it becomes dead letters.
  func unregisterAgent(_ agentID: AgentID) async throws(CommunicationError)

  /// Puts a message into the receiver's mailbox; it is durable when this returns.
  func sendMessage(_ message: Message) async throws(CommunicationError) -> MessageID

  /// The messages that wait for the agent, urgent ones first; they stay until they are acknowledged.
  func receiveMessages(_ agentID: AgentID) async throws(CommunicationError) -> [SecureMessage]

  /// Sends the agent what is broadcast under the topic from now on.
  func subscribeToTopic(_ agentID: AgentID, topic: String) async throws(CommunicationError)

  /// Sends the agent no more of the topic; throws ``CommunicationError/topicNotFound(topic:)`` when it had none of it.
  func unsubscribeFromTopic(_ agentID: AgentID, topic: String) async throws(CommunicationError)

  /// Sends a message to every subscriber of the topic, each under an id of its own.
  func broadcastMessage(topic: String, message: Message) async throws(CommunicationError) -> [MessageID]

  /// What became of the message.
  func getMessageStatus(_ messageID: MessageID) async throws(CommunicationError) -> DeliveryStatus

  /// The topics that the agent is subscribed to, sorted.
  func getAgentTopics(_ agentID: AgentID) async throws(CommunicationError) -> [String]

  /// Takes no more messages; those that wait are kept.
  func shutdown() async throws(CommunicationError)
}
