import SymbiontCore

/// One error of each case, in the order of declaration.
enum ErrorSamples {
  static let lifecycle: [LifecycleError] = [
    .agentNotFound(agentID: AgentID()),
    .agentAlreadyExists(agentID: AgentID()),
    .invalidStateTransition(from: .created, to: .created),
    .initializationFailed(agentID: AgentID(), reason: "text"),
    .startFailed(agentID: AgentID(), reason: "text"),
    .limitUnenforceable(agentID: AgentID(), limit: "text", reason: "text"),
    .terminationFailed(agentID: AgentID(), reason: "text"),
    .configurationInvalid(reason: "text"),
    .programInvalid(reason: "text"),
    .denied(agentID: AgentID(), reasons: ["text"]),
    .resourcesUnavailable(agentID: AgentID(), reason: "text"),
    .restartLimitReached(agentID: AgentID(), attempts: 7),
    .limitReached(maxAgents: 7),
    .timedOut(operation: "text", after: .seconds(5)),
    .storeFailed(reason: "text"),
    .shuttingDown,
  ]

  static let resource: [ResourceError] = [
    .insufficientResources(requirements: "text"),
    .allocationFailed(agentID: AgentID(), reason: "text"),
    .deallocationFailed(agentID: AgentID(), reason: "text"),
    .alreadyAllocated(agentID: AgentID()),
    .allocationNotFound(agentID: AgentID()),
    .usageExceeded(agentID: AgentID(), resource: "text"),
    .limitUnenforceable(limit: "text", reason: "text"),
    .limitsInvalid(reason: "text"),
    .monitoringFailed(reason: "text"),
    .storeFailed(reason: "text"),
    .shuttingDown,
  ]

  static let communication: [CommunicationError] = [
    .agentNotRegistered(agentID: AgentID()),
    .agentAlreadyRegistered(agentID: AgentID()),
    .messageNotFound(messageID: MessageID()),
    .messageInvalid(reason: "text"),
    .messageTooLarge(size: 7, maxSize: 7),
    .messageExpired(messageID: MessageID()),
    .mailboxFull(agentID: AgentID(), maxSize: 7),
    .deliveryFailed(messageID: MessageID(), reason: "text"),
    .encryptionFailed(reason: "text"),
    .decryptionFailed(messageID: MessageID(), reason: "text"),
    .signatureInvalid(messageID: MessageID()),
    .envelopeMalformed(reason: "text"),
    .messageAlreadySent(messageID: MessageID()),
    .messageReplayed(messageID: MessageID()),
    .messageOutOfOrder(messageID: MessageID()),
    .recipientWrong(messageID: MessageID(), agentID: AgentID()),
    .keyUnknown(agentID: AgentID(), epoch: 7),
    .keyRevoked(agentID: AgentID(), epoch: 7),
    .keyUnusable(agentID: AgentID(), reason: "text"),
    .topicKeyUnknown(topic: "text", epoch: 7),
    .limitReached(what: "text", maximum: 7),
    .topicNotFound(topic: "text"),
    .topicInvalid(topic: "text", reason: "text"),
    .subscriptionLimitReached(agentID: AgentID(), maxTopics: 7),
    .timedOut(operation: "text", after: .seconds(5)),
    .cancelled(operation: "text"),
    .storeFailed(reason: "text"),
    .shuttingDown,
  ]

  static let security: [SecurityError] = [
    .unauthenticated(reason: "text"),
    .unauthorized(operation: "text", reason: "text"),
    .capabilityMissing(agentID: AgentID(), capability: .network),
    .isolationInsufficient(required: .tier2, reason: "text"),
    .keyMissing(purpose: "text"),
    .keyInvalid(purpose: "text", reason: "text"),
    .encryptionFailed(reason: "text"),
    .decryptionFailed(reason: "text"),
    .signingFailed(reason: "text"),
    .signatureInvalid(subject: "text"),
    .secretNotFound(reference: "text"),
    .secretUnavailable(reference: "text", reason: "text"),
    .permissionsTooOpen(path: "text", mode: 0o644),
  ]

  static let scheduler: [SchedulerError] = [
    .taskNotFound(taskID: TaskID()),
    .taskAlreadyExists(taskID: TaskID()),
    .taskInvalid(taskID: TaskID(), reason: "text"),
    .taskFinished(taskID: TaskID(), status: "text"),
    .interrupted(taskID: TaskID()),
    .taskFailed(taskID: TaskID(), reason: "text"),
    .scheduleNotFound(scheduleID: ScheduleID()),
    .scheduleAlreadyExists(scheduleID: ScheduleID()),
    .scheduleInvalid(expression: "text", reason: "text"),
    .agentUnavailable(agentID: AgentID(), reason: "text"),
    .queueFull(maxSize: 7),
    .timedOut(taskID: TaskID(), after: .seconds(5)),
    .storeFailed(reason: "text"),
    .shuttingDown,
  ]

  static let errorHandler: [ErrorHandlerError] = [
    .agentUnknown(agentID: AgentID()),
    .strategyInvalid(errorType: .networkError, reason: "text"),
    .thresholdsInvalid(reason: "text"),
    .recoveryFailed(agentID: AgentID(), reason: "text"),
    .recoveryExhausted(agentID: AgentID(), attempts: 7),
    .circuitOpen(agentID: AgentID(), until: .epoch),
    .storeFailed(reason: "text"),
    .shuttingDown,
  ]

  static let configuration: [ConfigurationError] = [
    .missing(field: "text"),
    .outOfRange(field: "text", value: "text", allowed: "text"),
    .tooLong(field: "text", length: 7, maximum: 7),
    .invalid(field: "text", value: "text", reason: "text"),
    .conflict(fields: ["text"], reason: "text"),
    .unknownField(field: "text"),
    .unreadable(path: "text", reason: "text"),
    .malformed(path: "text", line: 7, reason: "text"),
  ]

  static let policy: [PolicyError] = [
    .policyNotFound(policyID: "text"),
    .policyInvalid(policyID: "text", reason: "text"),
    .evaluationFailed(reason: "text"),
    .limitReached(maxPolicies: 7),
    .engineUnavailable(reason: "text"),
    .storeFailed(reason: "text"),
    .shuttingDown,
  ]

  static let sandbox: [SandboxError] = [
    .engineMissing(engine: "text", hint: "text"),
    .engineFailed(engine: "text", reason: "text"),
    .tierUnavailable(tier: .tier2, reason: "text"),
    .limitUnenforceable(limit: "text", reason: "text"),
    .configurationInvalid(reason: "text"),
    .sandboxNotFound(sandboxID: SandboxID()),
    .sandboxAlreadyExists(sandboxID: SandboxID()),
    .invalidState(sandboxID: SandboxID(), status: .stopped),
    .startFailed(reason: "text"),
    .commandNotFound(command: "text"),
    .commandInvalid(reason: "text"),
    .executionFailed(reason: "text"),
    .timedOut(operation: "text", after: .seconds(5)),
    .outputTooLarge(stream: "text", maximumBytes: 7),
    .pathEscapesWorkspace(path: "text"),
    .pathInvalid(path: "text", reason: "text"),
    .notFound(path: "text"),
    .notAFile(path: "text", found: "text"),
    .fileTooLarge(path: "text", size: 7, maximum: 7),
    .tooManyFiles(path: "text", maximum: 7),
    .workspaceFull(path: "text"),
    .workspaceFailed(path: "text", reason: "text"),
    .cleanupFailed(sandboxID: SandboxID(), reason: "text"),
    .cancelled(operation: "text"),
    .imageInvalid(image: "text", reason: "text"),
    .imageNotFound(image: "text"),
    .imageInUse(image: "text"),
    .imageStoreFailed(reason: "text"),
    .storeFailed(reason: "text"),
    .shuttingDown,
  ]

  static let audit: [AuditError] = [
    .eventNotFound(auditID: AuditID()),
    .eventInvalid(reason: "text"),
    .queryInvalid(reason: "text"),
    .integrityViolated(auditID: AuditID(), reason: "text"),
    .signingFailed(reason: "text"),
    .exportFailed(format: .csv, reason: "text"),
    .exportTooLarge(maximumBytes: 7),
    .storeFailed(reason: "text"),
    .shuttingDown,
  ]

  static let all: [any CodedError] =
    (lifecycle as [any CodedError]) + (resource as [any CodedError]) + (communication as [any CodedError])
    + (security as [any CodedError]) + (scheduler as [any CodedError]) + (errorHandler as [any CodedError])
    + (configuration as [any CodedError]) + (policy as [any CodedError]) + (sandbox as [any CodedError])
    + (audit as [any CodedError])
}
