extension SecurityError {
  /// What happened, with what, and what to do.
  public var message: String {
    switch self {
    case .unauthenticated(let reason):
      "the caller is not authenticated: \(reason)"
    case .unauthorized(let operation, let reason):
      "the caller may not perform \(quoted(operation)): \(reason)"
    case .capabilityMissing(let agentID, let capability):
      """
      agent `\(agentID)` lacks the capability \(quoted(capability.name)): declare it in the agent's program \
      and configuration
      """
    case .isolationInsufficient(let required, let reason):
      "isolation of `\(required.name)` is required and cannot be had: \(reason)"
    case .keyMissing(let purpose):
      "there is no key for \(quoted(purpose)): make one, or configure where it is"
    case .keyInvalid(let purpose, let reason):
      "the key for \(quoted(purpose)) cannot be used: \(reason)"
    case .encryptionFailed(let reason):
      "encryption failed: \(reason)"
    case .decryptionFailed(let reason):
      "decryption failed: \(reason)"
    case .signingFailed(let reason):
      "signing failed: \(reason)"
    case .signatureInvalid(let subject):
      "the signature of \(quoted(subject)) does not match: treat it as an attack or as damage"
    case .secretNotFound(let reference):
      "there is no secret \(quoted(reference)): add it to the secret store"
    case .secretUnavailable(let reference, let reason):
      "the secret \(quoted(reference)) could not be fetched: \(reason)"
    case .permissionsTooOpen(let path, let mode):
      """
      \(quoted(path)) has the mode 0\(String(mode, radix: 8)), so others can use it: make it private with \
      `chmod go-rwx`
      """
    }
  }
}
