/// What an audit event tells of (specification, "Audit Trail"; the later cases are additions).
public enum AuditEventType: Sendable, Hashable {
  /// An agent was created.
  case agentCreated
  /// An agent was started.
  case agentStarted
  /// An agent was stopped.
  case agentStopped
  /// An agent was ended for good.
  case agentTerminated
  /// Resources were given to an agent.
  case resourceAllocated
  /// Resources were taken back.
  case resourceDeallocated
  /// A message was sent.
  case messageSent
  /// A message was received.
  case messageReceived
  /// An error happened.
  case errorOccurred
  /// Policy denied an operation.
  case policyViolation
  /// Something that matters for security happened.
  case securityEvent
  /// An agent was suspended.
  case agentSuspended
  /// An agent was resumed.
  case agentResumed
  /// An agent was restarted.
  case agentRestarted
  /// The configuration of an agent was changed.
  case agentUpdated
  /// An execution began.
  case executionStarted
  /// An execution ended well.
  case executionCompleted
  /// An execution failed.
  case executionFailed
  /// An effect was performed.
  case effectPerformed
  /// An effect was begun, and its outcome was lost in a crash.
  case effectOutcomeUnknown
  /// Approval was asked for.
  case approvalRequested
  /// Approval was given.
  case approvalGranted
  /// Approval was refused.
  case approvalDenied
  /// Nobody answered a request for approval in time.
  case approvalExpired
  /// A policy was added, changed or deleted.
  case policyChanged
  /// A sandbox was made.
  case sandboxCreated
  /// A sandbox was destroyed.
  case sandboxDestroyed
  /// A program recorded an event of its own.
  case programEvent
  /// The runtime was started.
  case runtimeStarted
  /// The runtime was stopped.
  case runtimeStopped
  /// Something of a newer version, kept by its name.
  case unrecognized(String)
}

extension AuditEventType {
  /// All types that this version records.
  public static let known: [AuditEventType] = [
    .agentCreated, .agentStarted, .agentStopped, .agentTerminated, .resourceAllocated, .resourceDeallocated,
    .messageSent, .messageReceived, .errorOccurred, .policyViolation, .securityEvent, .agentSuspended,
    .agentResumed, .agentRestarted, .agentUpdated, .executionStarted, .executionCompleted, .executionFailed,
    .effectPerformed, .effectOutcomeUnknown, .approvalRequested, .approvalGranted, .approvalDenied,
    .approvalExpired, .policyChanged, .sandboxCreated, .sandboxDestroyed, .programEvent, .runtimeStarted,
    .runtimeStopped,
  ]

  /// The name on the wire.
  public var name: String {
    switch self {
    case .agentCreated: "AgentCreated"
    case .agentStarted: "AgentStarted"
    case .agentStopped: "AgentStopped"
    case .agentTerminated: "AgentTerminated"
    case .resourceAllocated: "ResourceAllocated"
    case .resourceDeallocated: "ResourceDeallocated"
    case .messageSent: "MessageSent"
    case .messageReceived: "MessageReceived"
    case .errorOccurred: "ErrorOccurred"
    case .policyViolation: "PolicyViolation"
    case .securityEvent: "SecurityEvent"
    case .agentSuspended: "AgentSuspended"
    case .agentResumed: "AgentResumed"
    case .agentRestarted: "AgentRestarted"
    case .agentUpdated: "AgentUpdated"
    case .executionStarted: "ExecutionStarted"
    case .executionCompleted: "ExecutionCompleted"
    case .executionFailed: "ExecutionFailed"
    case .effectPerformed: "EffectPerformed"
    case .effectOutcomeUnknown: "EffectOutcomeUnknown"
    case .approvalRequested: "ApprovalRequested"
    case .approvalGranted: "ApprovalGranted"
    case .approvalDenied: "ApprovalDenied"
    case .approvalExpired: "ApprovalExpired"
    case .policyChanged: "PolicyChanged"
    case .sandboxCreated: "SandboxCreated"
    case .sandboxDestroyed: "SandboxDestroyed"
    case .programEvent: "ProgramEvent"
    case .runtimeStarted: "RuntimeStarted"
    case .runtimeStopped: "RuntimeStopped"
    case .unrecognized(let name): name
    }
  }

  /// The type of this name; ``unrecognized(_:)`` when this version knows none.
  public init(name: String) {
    self = Self.byName[name] ?? .unrecognized(name)
  }

  private static let byName = Dictionary(known.map { ($0.name, $0) }) { first, _ in first }
}

extension AuditEventType: Codable {
  /// Reads the name.
  public init(from decoder: any Decoder) throws {
    self.init(name: try decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the name.
  public func encode(to encoder: any Encoder) throws {
    try encoder.encodeTag(name)
  }
}
