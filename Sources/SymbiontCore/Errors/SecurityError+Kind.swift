extension SecurityError {
  /// The kinds of this error, by their stable codes.
  public enum Kind: String, ErrorKind {
    case unauthenticated = "UNAUTHENTICATED"
    case unauthorized = "UNAUTHORIZED"
    case capabilityMissing = "CAPABILITY_MISSING"
    case isolationInsufficient = "ISOLATION_INSUFFICIENT"
    case keyMissing = "KEY_MISSING"
    case keyInvalid = "KEY_INVALID"
    case encryptionFailed = "ENCRYPTION_FAILED"
    case decryptionFailed = "DECRYPTION_FAILED"
    case signingFailed = "SIGNING_FAILED"
    case signatureInvalid = "SIGNATURE_INVALID"
    case secretNotFound = "SECRET_NOT_FOUND"
    case secretUnavailable = "SECRET_UNAVAILABLE"
    case permissionsTooOpen = "PERMISSIONS_TOO_OPEN"

    /// The part of the runtime that reports these errors.
    public static var component: String { "security" }

    /// Whether the same request can succeed later, unchanged.
    public var isRetryable: Bool {
      switch self {
      case .secretUnavailable: true
      case .unauthenticated, .unauthorized, .capabilityMissing, .isolationInsufficient, .keyMissing, .keyInvalid,
        .encryptionFailed, .decryptionFailed, .signingFailed, .signatureInvalid, .secretNotFound, .permissionsTooOpen:
        false
      }
    }

    /// What the error means, and what to do about it.
    public var explanation: String {
      switch self {
      case .unauthenticated:
        "The caller did not show who it is. Send valid credentials."
      case .unauthorized:
        "The caller is known but may not do this. Ask the operator for the role that the message names."
      case .capabilityMissing:
        """
        The agent does not have the capability that the operation needs. Declare it in the agent's program \
        and configuration.
        """
      case .isolationInsufficient:
        """
        No sandbox of the required tier is to be had on this machine, so nothing was started. Run `symbi \
        doctor` to see what is missing.
        """
      case .keyMissing:
        "A key that is needed does not exist. Make one, or configure where it is."
      case .keyInvalid:
        "A key cannot be used. The message says why; it never holds the key."
      case .encryptionFailed:
        "Data could not be encrypted, and was not stored or sent. The message says why."
      case .decryptionFailed:
        "Data could not be decrypted: the key is not the right one, or the data is damaged."
      case .signingFailed:
        "Data could not be signed, and was not stored or sent. The message says why."
      case .signatureInvalid:
        "Data is not what was signed. Treat it as an attack or as damage."
      case .secretNotFound:
        "There is no secret under this reference. Add it to the secret store."
      case .secretUnavailable:
        "The secret could not be fetched at present. Look at the secret store, then try again."
      case .permissionsTooOpen:
        "A private file or directory can be used by others. Make it private with `chmod go-rwx`."
      }
    }
  }

  /// Which of the kinds this error is.
  public var kind: Kind {
    switch self {
    case .unauthenticated: .unauthenticated
    case .unauthorized: .unauthorized
    case .capabilityMissing: .capabilityMissing
    case .isolationInsufficient: .isolationInsufficient
    case .keyMissing: .keyMissing
    case .keyInvalid: .keyInvalid
    case .encryptionFailed: .encryptionFailed
    case .decryptionFailed: .decryptionFailed
    case .signingFailed: .signingFailed
    case .signatureInvalid: .signatureInvalid
    case .secretNotFound: .secretNotFound
    case .secretUnavailable: .secretUnavailable
    case .permissionsTooOpen: .permissionsTooOpen
    }
  }
}
