extension AuditError {
  /// What happened, with what, and what to do.
  public var message: String {
    switch self {
    case .eventNotFound(let auditID):
      "there is no audit event `\(auditID)`: query the trail to see the ids"
    case .eventInvalid(let reason):
      "the audit event is invalid: \(reason)"
    case .queryInvalid(let reason):
      "the audit query is invalid: \(reason)"
    case .integrityViolated(let auditID, let reason):
      "the audit trail is not what was recorded\(auditID.map { ", at event `\($0)`" } ?? ""): \(reason)"
    case .signingFailed(let reason):
      "the audit checkpoint could not be signed: \(reason)"
    case .exportFailed(let format, let reason):
      "the events could not be exported as `\(format.rawValue)`: \(reason)"
    case .exportTooLarge(let maximumBytes):
      "the export is larger than \(maximumBytes) bytes: narrow the query"
    case .storeFailed(let reason):
      "the audit trail could not reach the store: \(reason)"
    case .shuttingDown:
      "the audit trail is shutting down: try again after the restart"
    }
  }
}
