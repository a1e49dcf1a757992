extension ErrorHandlerError {
  /// The kinds of this error, by their stable codes.
  public enum Kind: String, ErrorKind {
    case agentUnknown = "ERROR_HISTORY_NOT_FOUND"
    case strategyInvalid = "RECOVERY_STRATEGY_INVALID"
    case thresholdsInvalid = "ERROR_THRESHOLDS_INVALID"
    case recoveryFailed = "RECOVERY_FAILED"
    case recoveryExhausted = "RECOVERY_EXHAUSTED"
    case circuitOpen = "CIRCUIT_OPEN"
    case storeFailed = "ERROR_HANDLER_STORE_FAILED"
    case shuttingDown = "ERROR_HANDLER_SHUTTING_DOWN"

    /// The part of the runtime that reports these errors.
    public static var component: String { "error handler" }

    /// Whether the same request can succeed later, unchanged.
    public var isRetryable: Bool {
      switch self {
      case .recoveryFailed, .circuitOpen, .storeFailed, .shuttingDown: true
      case .agentUnknown, .strategyInvalid, .thresholdsInvalid, .recoveryExhausted: false
      }
    }

    /// What the error means, and what to do about it.
    public var explanation: String {
      switch self {
      case .agentUnknown:
        "The error handler has no history of this agent. It has had no error, or does not exist."
      case .strategyInvalid:
        "The recovery strategy is outside of its bounds. The message names the field."
      case .thresholdsInvalid:
        "The thresholds are outside of their bounds. The message names the field and its bounds."
      case .recoveryFailed:
        "The recovery itself failed. The message says which step; the agent stays as it is."
      case .recoveryExhausted:
        "Recovery was tried as often as is allowed. Find the cause in the agent's log, then restart it by hand."
      case .circuitOpen:
        """
        The circuit breaker of the agent is open after too many errors. Try again when the time in the \
        message has come.
        """
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
    case .agentUnknown: .agentUnknown
    case .strategyInvalid: .strategyInvalid
    case .thresholdsInvalid: .thresholdsInvalid
    case .recoveryFailed: .recoveryFailed
    case .recoveryExhausted: .recoveryExhausted
    case .circuitOpen: .circuitOpen
    case .storeFailed: .storeFailed
    case .shuttingDown: .shuttingDown
    }
  }
}
