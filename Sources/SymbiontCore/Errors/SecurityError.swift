/// Why something was refused for the sake of security.
public enum SecurityError: CataloguedError, Hashable {
  /// The caller did not show who it is.
  case unauthenticated(reason: String)
  /// The caller may not do this.
  case unauthorized(operation: String, reason: String)
  /// The agent does not have the capability that the operation needs.
  case capabilityMissing(agentID: AgentID, capability: Capability)
  /// No sandbox of the required tier is to be had.
  case isolationInsufficient(required: SecurityTier, reason: String)
  /// A key that is needed does not exist.
  case keyMissing(purpose: String)
  /// A key cannot be used.
  case keyInvalid(purpose: String, reason: String)
  /// Data could not be encrypted.
  case encryptionFailed(reason: String)
  /// Data could not be decrypted.
  case decryptionFailed(reason: String)
  /// Data could not be signed.
  case signingFailed(reason: String)
  /// Data is not what was signed.
  case signatureInvalid(subject: String)
  /// There is no secret under this reference.
  case secretNotFound(reference: String)
  /// The secret could not be fetched.
  case secretUnavailable(reference: String, reason: String)
  /// A private file can be read by others.
  case permissionsTooOpen(path: String, mode: UInt16)
}
