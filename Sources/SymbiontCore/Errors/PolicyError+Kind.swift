extension PolicyError {
  /// The kinds of this error, by their stable codes.
  public enum Kind: String, ErrorKind {
    case policyNotFound = "POLICY_NOT_FOUND"
    case policyInvalid = "POLICY_INVALID"
    case evaluationFailed = "POLICY_EVALUATION_FAILED"
    case limitReached = "POLICY_LIMIT_REACHED"
    case engineUnavailable = "POLICY_ENGINE_UNAVAILABLE"
    case storeFailed = "POLICY_STORE_FAILED"
    case shuttingDown = "POLICY_SHUTTING_DOWN"

    /// The part of the runtime that reports these errors.
    public static var component: String { "policy" }

    /// Whether the same request can succeed later, unchanged.
    public var isRetryable: Bool {
      switch self {
      case .engineUnavailable, .storeFailed, .shuttingDown: true
      case .policyNotFound, .policyInvalid, .evaluationFailed, .limitReached: false
      }
    }

    /// What the error means, and what to do about it.
    public var explanation: String {
      switch self {
      case .policyNotFound:
        "No policy has this id. List the policies to see the ids that exist."
      case .policyInvalid:
        """
        The policy cannot be understood, and the policies in force are unchanged. The message names the rule \
        that is wrong.
        """
      case .evaluationFailed:
        """
        No decision could be reached, so the operation is refused. The message names the rule and what it \
        lacked.
        """
      case .limitReached:
        "The engine holds as many policies as it may. Delete one first."
      case .engineUnavailable:
        "There is no policy engine, so every operation is refused. The message says why it is missing."
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
    case .policyNotFound: .policyNotFound
    case .policyInvalid: .policyInvalid
    case .evaluationFailed: .evaluationFailed
    case .limitReached: .limitReached
    case .engineUnavailable: .engineUnavailable
    case .storeFailed: .storeFailed
    case .shuttingDown: .shuttingDown
    }
  }
}
