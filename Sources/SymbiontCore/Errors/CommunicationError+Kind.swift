extension CommunicationError {
  /// The kinds of this error, by their stable codes.
  public enum Kind: String, ErrorKind {
    case agentNotRegistered = "AGENT_NOT_REGISTERED"
    case agentAlreadyRegistered = "AGENT_ALREADY_REGISTERED"
    case messageNotFound = "MESSAGE_NOT_FOUND"
    case messageInvalid = "MESSAGE_INVALID"
    case messageTooLarge = "MESSAGE_TOO_LARGE"
    case messageExpired = "MESSAGE_EXPIRED"
    case mailboxFull = "MAILBOX_FULL"
    case deliveryFailed = "MESSAGE_DELIVERY_FAILED"
    case encryptionFailed = "MESSAGE_ENCRYPTION_FAILED"
    case decryptionFailed = "MESSAGE_DECRYPTION_FAILED"
    case signatureInvalid = "MESSAGE_SIGNATURE_INVALID"
    case envelopeMalformed = "ENVELOPE_MALFORMED"
    case messageAlreadySent = "MESSAGE_ALREADY_SENT"
    case messageReplayed = "MESSAGE_REPLAYED"
    case messageOutOfOrder = "MESSAGE_OUT_OF_ORDER"
    case recipientWrong = "MESSAGE_RECIPIENT_WRONG"
    case keyUnknown = "COMMUNICATION_KEY_UNKNOWN"
    case keyRevoked = "COMMUNICATION_KEY_REVOKED"
    case keyUnusable = "COMMUNICATION_KEY_UNUSABLE"
    case topicKeyUnknown = "TOPIC_KEY_UNKNOWN"
    case limitReached = "COMMUNICATION_LIMIT_REACHED"
    case topicNotFound = "TOPIC_NOT_FOUND"
    case topicInvalid = "TOPIC_INVALID"
    case subscriptionLimitReached = "SUBSCRIPTION_LIMIT_REACHED"
    case timedOut = "COMMUNICATION_TIMED_OUT"
    case cancelled = "COMMUNICATION_CANCELLED"
    case storeFailed = "COMMUNICATION_STORE_FAILED"
    case shuttingDown = "COMMUNICATION_SHUTTING_DOWN"

    /// The part of the runtime that reports these errors.
    public static var component: String { "communication" }

    /// Whether the same request can succeed later, unchanged.
    public var isRetryable: Bool {
      switch self {
      case .mailboxFull, .deliveryFailed, .timedOut, .limitReached, .cancelled, .storeFailed, .shuttingDown: true
      case .agentNotRegistered, .agentAlreadyRegistered, .messageNotFound, .messageInvalid, .messageTooLarge,
        .messageExpired, .encryptionFailed, .decryptionFailed, .signatureInvalid, .topicNotFound, .topicInvalid,
        .subscriptionLimitReached, .envelopeMalformed, .messageAlreadySent, .messageReplayed, .messageOutOfOrder,
        .recipientWrong, .keyUnknown, .keyRevoked, .keyUnusable, .topicKeyUnknown:
        false
      }
    }

    /// What the error means, and what to do about it.
    public var explanation: String {
      switch self {
      case .agentNotRegistered:
        "The agent has no mailbox on the bus. Register it first."
      case .agentAlreadyRegistered:
        "The agent already has a mailbox on the bus; it can be used as it is."
      case .messageNotFound:
        "No message has this id. It may have expired and been removed."
      case .messageInvalid:
        "The message is outside of its bounds. The message of the error names the field."
      case .messageTooLarge:
        "The payload is larger than the bus takes. Send less, pass a reference, or raise `max_message_size`."
      case .messageExpired:
        "The message outlived its time to live before it was delivered. Raise the time to live."
      case .mailboxFull:
        "The mailbox of the receiver is full. Try again when it has read some messages."
      case .deliveryFailed:
        """
        The message could not be delivered and is kept among the dead letters. The message of the error says \
        why.
        """
      case .encryptionFailed:
        "The message could not be encrypted, and was not sent. Look at the keys of sender and receiver."
      case .decryptionFailed:
        """
        The message could not be decrypted, and was not handed to the receiver. Look at the keys of sender \
        and receiver.
        """
      case .signatureInvalid:
        """
        The message is not what its sender signed, and was not handed to the receiver. Treat it as an attack \
        or as damage.
        """
      case .envelopeMalformed:
        "The bytes are not an envelope of this version, or not in its one encoding. Treat it as an attack or as damage."
      case .messageAlreadySent:
        "A message of this id was sent before. Give every message an id of its own; read its status to see its end."
      case .messageReplayed:
        "The envelope was accepted before, and was not accepted again. Treat it as an attack, or have it sent anew."
      case .messageOutOfOrder:
        "The envelope comes after a later one of its sender. Hand envelopes over in the order in which they were sealed."
      case .recipientWrong:
        "The envelope is for another agent or message than the one it was handed to. Treat it as an attack or as damage."
      case .keyUnknown:
        "The bus has no such key of the agent. The agent may be unknown here, or the key too old."
      case .keyRevoked:
        "The key of the agent was revoked. Have the message sent again with the present key."
      case .keyUnusable:
        "The stored keys of the agent, or of the bus, cannot be opened. Start with the master key they were made under."
      case .topicKeyUnknown:
        "The bus has no such key of the topic: it was rotated too long ago. Have the message published again."
      case .limitReached:
        "The bus has as many agents, messages or open requests as it takes. Remove one, or wait for one to end."
      case .topicNotFound:
        "There is no topic of this name, or the agent is not subscribed to it. Subscribe to it first."
      case .topicInvalid:
        "The name of the topic is refused. The message says what a name may contain."
      case .subscriptionLimitReached:
        "The agent is subscribed to as many topics as it may. Unsubscribe from one first."
      case .timedOut:
        "No answer came in time. Try again, or raise the timeout."
      case .cancelled:
        "The caller gave up before the operation ended. What was sent stays sent."
      case .storeFailed:
        """
        The store could not read or write what this needed, and nothing was changed. Look at the disk and the \
        log of the store, then try again.
        """
      case .shuttingDown:
        "The component no longer takes work because the runtime stops. Try again after the restart."
      }
    }
  }

  /// Which of the kinds this error is.
  public var kind: Kind {
    switch self {
    case .agentNotRegistered: .agentNotRegistered
    case .agentAlreadyRegistered: .agentAlreadyRegistered
    case .messageNotFound: .messageNotFound
    case .messageInvalid: .messageInvalid
    case .messageTooLarge: .messageTooLarge
    case .messageExpired: .messageExpired
    case .mailboxFull: .mailboxFull
    case .deliveryFailed: .deliveryFailed
    case .encryptionFailed: .encryptionFailed
    case .decryptionFailed: .decryptionFailed
    case .signatureInvalid: .signatureInvalid
    case .envelopeMalformed: .envelopeMalformed
    case .messageAlreadySent: .messageAlreadySent
    case .messageReplayed: .messageReplayed
    case .messageOutOfOrder: .messageOutOfOrder
    case .recipientWrong: .recipientWrong
    case .keyUnknown: .keyUnknown
    case .keyRevoked: .keyRevoked
    case .keyUnusable: .keyUnusable
    case .topicKeyUnknown: .topicKeyUnknown
    case .limitReached: .limitReached
    case .topicNotFound: .topicNotFound
    case .topicInvalid: .topicInvalid
    case .subscriptionLimitReached: .subscriptionLimitReached
    case .timedOut: .timedOut
    case .cancelled: .cancelled
    case .storeFailed: .storeFailed
    case .shuttingDown: .shuttingDown
    }
  }
}
