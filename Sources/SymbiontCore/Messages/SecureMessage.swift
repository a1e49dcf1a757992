/// A message as it travels: signed by its sender, sealed for its receiver (specification, "Communication Types").
public struct SecureMessage: Sendable, Hashable {
  /// The message; its payload is empty while it is only sealed.
  public var message: Message
  /// The signature of the sender.
  @WireBase64 public var signature: [UInt8]
  /// The sealed payload; empty when the bus does not encrypt.
  @WireBase64 public var encryptedPayload: [UInt8]
  /// When the bus took the message.
  public var timestamp: Timestamp

  /// Makes a value of its parts.
  public init(
    message: Message,
    signature: [UInt8],
    encryptedPayload: [UInt8],
    timestamp: Timestamp
  ) {
    self.message = message
    self.signature = signature
    self.encryptedPayload = encryptedPayload
    self.timestamp = timestamp
  }
}

extension SecureMessage: Codable {
  private enum CodingKeys: String, CodingKey {
    case message, signature, timestamp
    case encryptedPayload = "encrypted_payload"
  }
}
