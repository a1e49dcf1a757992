extension AuditError {
  /// The kinds of this error, by their stable codes.
  public enum Kind: String, ErrorKind {
    case eventNotFound = "AUDIT_EVENT_NOT_FOUND"
    case eventInvalid = "AUDIT_EVENT_INVALID"
    case queryInvalid = "AUDIT_QUERY_INVALID"
    case integrityViolated = "AUDIT_INTEGRITY_VIOLATED"
    case signingFailed = "AUDIT_SIGNING_FAILED"
    case exportFailed = "AUDIT_EXPORT_FAILED"
    case exportTooLarge = "AUDIT_EXPORT_TOO_LARGE"
    case storeFailed = "AUDIT_STORE_FAILED"
    case shuttingDown = "AUDIT_SHUTTING_DOWN"

    /// The part of the runtime that reports these errors.
    public static var component: String { "audit" }

    /// Whether the same request can succeed later, unchanged.
    public var isRetryable: Bool {
      switch self {
      case .exportFailed, .storeFailed, .shuttingDown: true
      case .eventNotFound, .eventInvalid, .queryInvalid, .integrityViolated, .signingFailed, .exportTooLarge: false
      }
    }

    /// What the error means, and what to do about it.
    public var explanation: String {
      switch self {
      case .eventNotFound:
        "No event has this id. Query the trail to see the ids that exist."
      case .eventInvalid:
        "The event is outside of its bounds. The message names the field and its bounds."
      case .queryInvalid:
        "The query is outside of its bounds. The message names the field and its bounds."
      case .integrityViolated:
        """
        The trail is not what was recorded: events were changed, removed or damaged. Keep the data directory \
        and compare it with a witness.
        """
      case .signingFailed:
        "The state of the trail could not be signed. Look at the key of the trail."
      case .exportFailed:
        "The events could not be exported. The message says why."
      case .exportTooLarge:
        "The export is larger than is made at once. Narrow the query."
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
    case .eventNotFound: .eventNotFound
    case .eventInvalid: .eventInvalid
    case .queryInvalid: .queryInvalid
    case .integrityViolated: .integrityViolated
    case .signingFailed: .signingFailed
    case .exportFailed: .exportFailed
    case .exportTooLarge: .exportTooLarge
    case .storeFailed: .storeFailed
    case .shuttingDown: .shuttingDown
    }
  }
}
