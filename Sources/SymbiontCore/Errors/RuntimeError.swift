/// Any error of the runtime, by the component that reports it (specification, "Error Types").
public enum RuntimeError: Error, Sendable, Hashable {
  /// An error of the resource manager.
  case resource(ResourceError)
  /// An error of the communication bus.
  case communication(CommunicationError)
  /// Something was refused for the sake of security.
  case security(SecurityError)
  /// An error of the scheduler.
  case scheduler(SchedulerError)
  /// An error of the lifecycle controller.
  case lifecycle(LifecycleError)
  /// An error of the error handler itself.
  case errorHandler(ErrorHandlerError)
  /// A configuration is refused.
  case configuration(ConfigurationError)
  /// An error of the policy engine.
  case policy(PolicyError)
  /// An error of a sandbox.
  case sandbox(SandboxError)
  /// An error of the audit trail.
  case audit(AuditError)
  /// A fault of the runtime itself: what it relied on does not hold.
  case `internal`(String)
}

extension RuntimeError: CodedError {
  /// The code of a fault of the runtime itself.
  public static let internalCode = "INTERNAL_ERROR"

  /// The error of the component; nil for a fault of the runtime itself.
  public var underlying: (any CodedError)? {
    switch self {
    case .resource(let error): error
    case .communication(let error): error
    case .security(let error): error
    case .scheduler(let error): error
    case .lifecycle(let error): error
    case .errorHandler(let error): error
    case .configuration(let error): error
    case .policy(let error): error
    case .sandbox(let error): error
    case .audit(let error): error
    case .internal: nil
    }
  }

  /// The stable code of the component's error.
  public var code: String { underlying?.code ?? Self.internalCode }

  /// Whether the same request can succeed later, unchanged.
  public var isRetryable: Bool { underlying?.isRetryable ?? false }

  /// The message of the component's error.
  public var message: String {
    switch self {
    case .internal(let reason): "a fault of the runtime, please report it: \(reason)"
    default: underlying?.message ?? ""
    }
  }
}
