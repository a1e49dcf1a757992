public import SymbiontCore

/// Which type of trouble an error of the runtime is: one row for each kind of each component.
///
/// The type says what kind of recovery can help, not which component reports it: an error of the sandbox can be the
/// machine's, the network's or the program's.
public enum ErrorClassification {
  /// The type of an error.
  public static func type(of error: RuntimeError) -> ErrorType {
    switch error {
    case .resource(let error): type(of: error.kind)
    case .communication(let error): type(of: error.kind)
    case .security(let error): type(of: error.kind)
    case .scheduler(let error): type(of: error.kind)
    case .lifecycle(let error): type(of: error.kind)
    case .errorHandler(let error): type(of: error.kind)
    case .configuration(let error): type(of: error.kind)
    case .policy(let error): type(of: error.kind)
    case .sandbox(let error): type(of: error.kind)
    case .audit(let error): type(of: error.kind)
    case .internal: .systemError
    }
  }

  package static func type(of kind: ResourceError.Kind) -> ErrorType {
    switch kind {
    case .insufficientResources, .allocationFailed, .usageExceeded: .resourceExhaustion
    case .deallocationFailed, .limitUnenforceable, .monitoringFailed, .storeFailed, .shuttingDown: .systemError
    case .alreadyAllocated, .allocationNotFound, .limitsInvalid: .validationError
    }
  }

  package static func type(of kind: CommunicationError.Kind) -> ErrorType {
    switch kind {
    case .mailboxFull, .limitReached: .resourceExhaustion
    case .deliveryFailed, .messageExpired, .timedOut: .networkError
    case .encryptionFailed, .decryptionFailed, .signatureInvalid, .envelopeMalformed, .messageReplayed,
      .messageOutOfOrder, .recipientWrong, .keyUnknown, .keyRevoked, .keyUnusable, .topicKeyUnknown:
      .securityViolation
    case .storeFailed, .shuttingDown, .cancelled: .systemError
    case .messageAlreadySent, .agentNotRegistered, .agentAlreadyRegistered, .messageNotFound, .messageInvalid,
      .messageTooLarge,
      .topicNotFound, .topicInvalid, .subscriptionLimitReached:
      .validationError
    }
  }

  package static func type(of kind: SecurityError.Kind) -> ErrorType {
    switch kind {
    case .unauthenticated, .unauthorized, .keyInvalid, .encryptionFailed, .decryptionFailed, .signingFailed,
      .signatureInvalid, .permissionsTooOpen:
      .securityViolation
    case .capabilityMissing: .policyViolation
    case .isolationInsufficient: .systemError
    case .secretUnavailable: .networkError
    case .keyMissing, .secretNotFound: .validationError
    }
  }

  package static func type(of kind: SchedulerError.Kind) -> ErrorType {
    switch kind {
    case .queueFull, .timedOut: .resourceExhaustion
    case .agentUnavailable, .interrupted, .taskFailed, .storeFailed, .shuttingDown: .systemError
    case .taskNotFound, .taskAlreadyExists, .taskInvalid, .taskFinished, .scheduleInvalid, .scheduleNotFound,
      .scheduleAlreadyExists:
      .validationError
    }
  }

  package static func type(of kind: LifecycleError.Kind) -> ErrorType {
    switch kind {
    case .resourcesUnavailable, .limitReached: .resourceExhaustion
    case .denied: .policyViolation
    case .startFailed, .limitUnenforceable, .terminationFailed, .restartLimitReached, .timedOut, .storeFailed,
      .shuttingDown:
      .systemError
    case .agentNotFound, .agentAlreadyExists, .invalidStateTransition, .initializationFailed, .configurationInvalid,
      .programInvalid:
      .validationError
    }
  }

  package static func type(of kind: ErrorHandlerError.Kind) -> ErrorType {
    switch kind {
    case .circuitOpen: .networkError
    case .recoveryFailed, .recoveryExhausted, .storeFailed, .shuttingDown: .systemError
    case .agentUnknown, .strategyInvalid, .thresholdsInvalid: .validationError
    }
  }

  package static func type(of kind: ConfigurationError.Kind) -> ErrorType {
    switch kind {
    case .unreadable: .systemError
    case .missing, .outOfRange, .tooLong, .invalid, .conflict, .unknownField, .malformed: .validationError
    }
  }

  package static func type(of kind: PolicyError.Kind) -> ErrorType {
    switch kind {
    case .evaluationFailed: .policyViolation
    case .limitReached: .resourceExhaustion
    case .engineUnavailable, .storeFailed, .shuttingDown: .systemError
    case .policyNotFound, .policyInvalid: .validationError
    }
  }

  package static func type(of kind: SandboxError.Kind) -> ErrorType {
    switch kind {
    case .timedOut, .outputTooLarge, .fileTooLarge, .tooManyFiles, .workspaceFull: .resourceExhaustion
    case .pathEscapesWorkspace: .securityViolation
    case .engineMissing, .engineFailed, .tierUnavailable, .limitUnenforceable, .startFailed, .executionFailed,
      .workspaceFailed, .cleanupFailed, .cancelled, .imageStoreFailed, .storeFailed, .shuttingDown:
      .systemError
    case .configurationInvalid, .sandboxNotFound, .sandboxAlreadyExists, .invalidState, .commandNotFound,
      .commandInvalid, .pathInvalid, .notFound, .notAFile, .imageInvalid, .imageNotFound, .imageInUse:
      .validationError
    }
  }

  package static func type(of kind: AuditError.Kind) -> ErrorType {
    switch kind {
    case .integrityViolated, .signingFailed: .securityViolation
    case .exportFailed, .storeFailed, .shuttingDown: .systemError
    case .exportTooLarge: .resourceExhaustion
    case .eventNotFound, .eventInvalid, .queryInvalid: .validationError
    }
  }
}
