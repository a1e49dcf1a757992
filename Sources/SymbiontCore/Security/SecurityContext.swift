/// The isolation of an agent, and its keys (specification, "Security Types").
public struct SecurityContext: Sendable, Hashable {
  /// The tier of the agent's sandbox.
  public var tier: SecurityTier
  /// How much the agent is kept apart from the rest.
  public var isolationLevel: IsolationLevel
  /// How its payloads are encrypted.
  public var encryptionAlgorithm: EncryptionAlgorithm
  /// The key that signs its messages; nil when it has none.
  public var signingKey: Secret<[UInt8]>?
  /// The key that its messages are sealed with; nil when it has none.
  public var encryptionKey: Secret<[UInt8]>?

  /// Makes a context of its parts.
  public init(
    tier: SecurityTier,
    isolationLevel: IsolationLevel,
    encryptionAlgorithm: EncryptionAlgorithm = .aes256GCM,
    signingKey: Secret<[UInt8]>? = nil,
    encryptionKey: Secret<[UInt8]>? = nil
  ) {
    self.tier = tier
    self.isolationLevel = isolationLevel
    self.encryptionAlgorithm = encryptionAlgorithm
    self.signingKey = signingKey
    self.encryptionKey = encryptionKey
  }
}

extension SecurityContext: Codable {
  private enum CodingKeys: String, CodingKey {
    case tier
    case isolationLevel = "isolation_level"
    case encryptionAlgorithm = "encryption_algorithm"
    case signingKey = "signing_key"
    case encryptionKey = "encryption_key"
  }
}
