extension CommunicationError {
  /// What happened, with what, and what to do.
  public var message: String {
    switch self {
    case .agentNotRegistered(let agentID):
      "agent `\(agentID)` is not registered with the bus: register it first"
    case .agentAlreadyRegistered(let agentID):
      "agent `\(agentID)` is already registered with the bus"
    case .messageNotFound(let messageID):
      "there is no message `\(messageID)`: it may have expired and been removed"
    case .messageInvalid(let reason):
      "the message is invalid: \(reason)"
    case .messageTooLarge(let size, let maxSize):
      "the message has \(size) bytes, the maximum is \(maxSize): send less, or pass a reference"
    case .messageExpired(let messageID):
      "message `\(messageID)` expired before it was delivered: raise its time to live"
    case .mailboxFull(let agentID, let maxSize):
      """
      the mailbox of agent `\(agentID)` holds \(maxSize) messages, its maximum: try again when it has read \
      some
      """
    case .deliveryFailed(let messageID, let reason):
      "message `\(messageID)` could not be delivered: \(reason)"
    case .encryptionFailed(let reason):
      "the message could not be encrypted, and was not sent: \(reason)"
    case .decryptionFailed(let messageID, let reason):
      "message `\(messageID)` could not be decrypted: \(reason)"
    case .signatureInvalid(let messageID):
      "the signature of message `\(messageID)` does not match: it was not handed to the receiver"
    case .envelopeMalformed, .messageAlreadySent, .messageReplayed, .messageOutOfOrder, .recipientWrong, .keyUnknown,
      .keyRevoked, .keyUnusable, .topicKeyUnknown:
      envelopeMessage
    case .limitReached(let what, let maximum):
      "the communication bus has \(maximum) \(what), the maximum: remove one first"
    case .topicNotFound(let topic):
      "there is no topic \(quoted(topic)): subscribe to it first"
    case .topicInvalid(let topic, let reason):
      "the topic \(quoted(topic)) is invalid: \(reason)"
    case .subscriptionLimitReached(let agentID, let maxTopics):
      "agent `\(agentID)` is subscribed to \(maxTopics) topics, the maximum: unsubscribe from one first"
    case .timedOut(let operation, let after):
      "the operation \(quoted(operation)) got no answer within \(after): try again, or raise its timeout"
    case .cancelled(let operation):
      "the operation \(quoted(operation)) was cancelled by its caller"
    case .storeFailed(let reason):
      "the communication bus could not reach the store: \(reason)"
    case .shuttingDown:
      "the communication bus is shutting down: try again after the restart"
    }
  }

  /// Why an envelope was refused.
  private var envelopeMessage: String {
    switch self {
    case .envelopeMalformed(let reason):
      "the envelope is malformed: \(reason)"
    case .messageAlreadySent(let messageID):
      "message `\(messageID)` was sent before: give every message an id of its own"
    case .messageReplayed(let messageID):
      "the envelope of message `\(messageID)` was accepted before: it was refused as a replay"
    case .messageOutOfOrder(let messageID):
      "the envelope of message `\(messageID)` comes after a later one of its sender: it was refused"
    case .recipientWrong(let messageID, let agentID):
      "the envelope in the place of message `\(messageID)` is not for agent `\(agentID)`: it was refused"
    case .keyUnknown(let agentID, let epoch):
      "agent `\(agentID)` has no key of epoch \(epoch): what is signed or sealed by it is refused"
    case .keyRevoked(let agentID, let epoch):
      "the key of epoch \(epoch) of agent `\(agentID)` was revoked: what is signed or sealed by it is refused"
    case .keyUnusable(let agentID, let reason):
      "the keys of \(agentID.map { "agent `\($0)`" } ?? "the bus") cannot be used: \(reason)"
    case .topicKeyUnknown(let topic, let epoch):
      "the topic \(quoted(topic)) has no key of epoch \(epoch): what is sealed by it is refused"
    default:
      code
    }
  }
}
