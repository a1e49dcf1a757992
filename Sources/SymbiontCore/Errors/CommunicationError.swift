/// Why a message or a subscription was refused or lost (specification, "Error Types").
public enum CommunicationError: CataloguedError, Hashable {
  /// The agent has no mailbox on the bus.
  case agentNotRegistered(agentID: AgentID)
  /// The agent already has a mailbox on the bus.
  case agentAlreadyRegistered(agentID: AgentID)
  /// There is no message of this id.
  case messageNotFound(messageID: MessageID)
  /// The message is outside of its bounds.
  case messageInvalid(reason: String)
  /// The payload is larger than the bus takes.
  case messageTooLarge(size: Int, maxSize: Int)
  /// The message outlived its time to live.
  case messageExpired(messageID: MessageID)
  /// The mailbox of the receiver is full.
  case mailboxFull(agentID: AgentID, maxSize: Int)
  /// The message could not be delivered.
  case deliveryFailed(messageID: MessageID, reason: String)
  /// The message could not be encrypted, and was not sent.
  case encryptionFailed(reason: String)
  /// The message could not be decrypted.
  case decryptionFailed(messageID: MessageID, reason: String)
  /// The message is not what its sender signed.
  case signatureInvalid(messageID: MessageID)
  /// The bytes are not an envelope of this bus.
  case envelopeMalformed(reason: String)
  /// A message of this id was sent before.
  case messageAlreadySent(messageID: MessageID)
  /// The envelope was accepted before.
  case messageReplayed(messageID: MessageID)
  /// The envelope comes after one that its sender made later.
  case messageOutOfOrder(messageID: MessageID)
  /// The envelope is not for this agent, or not for this place in the store.
  case recipientWrong(messageID: MessageID, agentID: AgentID)
  /// The bus has no such key of the agent.
  case keyUnknown(agentID: AgentID, epoch: Int)
  /// The key of the agent was revoked.
  case keyRevoked(agentID: AgentID, epoch: Int)
  /// The key of the agent is not what the bus had stored.
  case keyUnusable(agentID: AgentID?, reason: String)
  /// The bus has no such key of the topic.
  case topicKeyUnknown(topic: String, epoch: Int)
  /// The bus has as many agents, topics or open requests as it takes.
  case limitReached(what: String, maximum: Int)
  /// There is no topic of this name, or the agent is not subscribed to it.
  case topicNotFound(topic: String)
  /// The name of the topic is refused.
  case topicInvalid(topic: String, reason: String)
  /// The agent is subscribed to as many topics as it may.
  case subscriptionLimitReached(agentID: AgentID, maxTopics: Int)
  /// No answer came in time.
  case timedOut(operation: String, after: Duration)
  /// The caller gave up.
  case cancelled(operation: String)
  /// The store could not read or write what this needed; nothing was changed.
  case storeFailed(reason: String)
  /// The communication bus no longer takes work, because the runtime stops.
  case shuttingDown
}
