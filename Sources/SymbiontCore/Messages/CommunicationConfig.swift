/// The configuration of the communication bus (specification, "Communication Bus").
public struct CommunicationConfig: Sendable, Hashable {
  /// How long a message may wait, for messages that do not say.
  @WireSeconds public var messageTimeToLive: Duration
  /// How many messages a mailbox holds; more are refused.
  public var maxQueueSize: Int
  /// How long a receiver may take to acknowledge before delivery is tried again.
  @WireSeconds public var deliveryTimeout: Duration
  /// How many times delivery is tried again.
  public var retryAttempts: Int
  /// Whether payloads are sealed for their receivers.
  public var isEncryptionEnabled: Bool
  /// What payloads are sealed with.
  public var cipher: MessageCipher
  /// Whether payloads are compressed before they are sealed.
  public var isCompressionEnabled: Bool
  /// How many bytes a payload may have.
  public var maxMessageSize: Int
  /// How many undeliverable messages are kept; beyond, the oldest is dropped.
  public var deadLetterQueueSize: Int

  /// Makes a configuration; what is not given has its default.
  public init(
    messageTimeToLive: Duration = .seconds(3_600),
    maxQueueSize: Int = 10_000,
    deliveryTimeout: Duration = .seconds(30),
    retryAttempts: Int = 3,
    isEncryptionEnabled: Bool = true,
    cipher: MessageCipher = .aes256GCM,
    isCompressionEnabled: Bool = false,
    maxMessageSize: Int = 1_048_576,
    deadLetterQueueSize: Int = 1_000
  ) {
    self.messageTimeToLive = messageTimeToLive
    self.maxQueueSize = maxQueueSize
    self.deliveryTimeout = deliveryTimeout
    self.retryAttempts = retryAttempts
    self.isEncryptionEnabled = isEncryptionEnabled
    self.cipher = cipher
    self.isCompressionEnabled = isCompressionEnabled
    self.maxMessageSize = maxMessageSize
    self.deadLetterQueueSize = deadLetterQueueSize
  }
}

extension CommunicationConfig: Codable {
  private enum CodingKeys: String, CodingKey {
    case messageTimeToLive = "message_ttl"
    case maxQueueSize = "max_queue_size"
    case deliveryTimeout = "delivery_timeout"
    case retryAttempts = "retry_attempts"
    case isEncryptionEnabled = "enable_encryption"
    case cipher
    case isCompressionEnabled = "enable_compression"
    case maxMessageSize = "max_message_size"
    case deadLetterQueueSize = "dead_letter_queue_size"
  }

  /// Reads a configuration; a missing field has its default.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let defaults = CommunicationConfig()
    self.init(
      messageTimeToLive: try container.seconds(.messageTimeToLive, default: defaults.messageTimeToLive),
      maxQueueSize: try container.value(.maxQueueSize, default: defaults.maxQueueSize),
      deliveryTimeout: try container.seconds(.deliveryTimeout, default: defaults.deliveryTimeout),
      retryAttempts: try container.value(.retryAttempts, default: defaults.retryAttempts),
      isEncryptionEnabled: try container.value(.isEncryptionEnabled, default: defaults.isEncryptionEnabled),
      cipher: try container.value(.cipher, default: defaults.cipher),
      isCompressionEnabled: try container.value(.isCompressionEnabled, default: defaults.isCompressionEnabled),
      maxMessageSize: try container.value(.maxMessageSize, default: defaults.maxMessageSize),
      deadLetterQueueSize: try container.value(.deadLetterQueueSize, default: defaults.deadLetterQueueSize))
  }
}
