extension ResourceError {
  /// The kinds of this error, by their stable codes.
  public enum Kind: String, ErrorKind {
    case insufficientResources = "RESOURCE_INSUFFICIENT"
    case allocationFailed = "RESOURCE_ALLOCATION_FAILED"
    case deallocationFailed = "RESOURCE_DEALLOCATION_FAILED"
    case alreadyAllocated = "RESOURCE_ALREADY_ALLOCATED"
    case allocationNotFound = "RESOURCE_ALLOCATION_NOT_FOUND"
    case usageExceeded = "RESOURCE_USAGE_EXCEEDED"
    case limitUnenforceable = "RESOURCE_LIMIT_UNENFORCEABLE"
    case limitsInvalid = "RESOURCE_LIMITS_INVALID"
    case monitoringFailed = "RESOURCE_MONITORING_FAILED"
    case storeFailed = "RESOURCE_STORE_FAILED"
    case shuttingDown = "RESOURCE_SHUTTING_DOWN"

    /// The part of the runtime that reports these errors.
    public static var component: String { "resources" }

    /// Whether the same request can succeed later, unchanged.
    public var isRetryable: Bool {
      switch self {
      case .insufficientResources, .allocationFailed, .deallocationFailed, .monitoringFailed, .storeFailed,
        .shuttingDown:
        true
      case .alreadyAllocated, .allocationNotFound, .usageExceeded, .limitUnenforceable, .limitsInvalid: false
      }
    }

    /// What the error means, and what to do about it.
    public var explanation: String {
      switch self {
      case .insufficientResources:
        "What is asked for is not free at present. Lower the limits, or try again when other agents have ended."
      case .allocationFailed:
        """
        The limits of the agent could not be put in place, and nothing was allocated. The message says which \
        step failed.
        """
      case .deallocationFailed:
        """
        The resources of the agent could not be taken back. Try again; what is left over is reaped at the \
        next start.
        """
      case .alreadyAllocated:
        "The agent already has an allocation. Update its limits instead."
      case .allocationNotFound:
        "The agent has no allocation. Allocate resources for it first."
      case .usageExceeded:
        """
        The agent used more of the resource than its limit allows. Raise the limit, or have the agent use \
        less.
        """
      case .limitUnenforceable:
        """
        This machine cannot enforce the limit, so nothing is started under it. Run `symbi doctor` to see what \
        is missing.
        """
      case .limitsInvalid:
        "The limits are outside of their bounds. The message names the field and its bounds."
      case .monitoringFailed:
        """
        The usage could not be measured. Look at the counters of the machine that the message names, then try \
        again.
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
    case .insufficientResources: .insufficientResources
    case .allocationFailed: .allocationFailed
    case .deallocationFailed: .deallocationFailed
    case .alreadyAllocated: .alreadyAllocated
    case .allocationNotFound: .allocationNotFound
    case .usageExceeded: .usageExceeded
    case .limitUnenforceable: .limitUnenforceable
    case .limitsInvalid: .limitsInvalid
    case .monitoringFailed: .monitoringFailed
    case .storeFailed: .storeFailed
    case .shuttingDown: .shuttingDown
    }
  }
}
