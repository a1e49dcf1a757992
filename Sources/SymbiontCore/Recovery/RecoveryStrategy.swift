/// How errors of one type are recovered from (specification, "Error Handler").
public enum RecoveryStrategy: Sendable, Hashable {
  /// Repeat what failed, up to this many times, after a wait that grows from the given one.
  case retry(maxAttempts: Int, backoff: Duration)
  /// Restart the agent, with or without the memory that it has.
  case restart(preserveState: Bool)
  /// Hand its work to another agent; nil lets the runtime choose one of the same program.
  case failover(backupAgent: AgentID?)
  /// End the agent, and remove or keep what it leaves.
  case terminate(cleanup: Bool)
  /// Leave it to a person, who is told the reason.
  case manual(reason: String)
  /// Do nothing.
  case none
}

extension RecoveryStrategy {
  /// The bounds of the payloads.
  public enum Bounds {
    /// How many times something is repeated.
    public static let attempts: ClosedRange<Int> = 1...1_000
    /// The first wait: at once, up to a day.
    public static let backoff: ClosedRange<Duration> = .zero ... .seconds(86_400)
    /// The UTF-8 bytes of a reason.
    public static let reasonBytes: ClosedRange<Int> = 1...1_024
  }

  /// Checks the payload against its bounds.
  public func validate() throws(ConfigurationError) {
    switch self {
    case .retry(let maxAttempts, let backoff):
      try Validation.require(maxAttempts, in: Bounds.attempts, field: "max_attempts")
      try Validation.require(backoff, in: Bounds.backoff, field: "backoff")
    case .manual(let reason):
      try Validation.require(text: reason, bytes: Bounds.reasonBytes, field: "reason")
    case .restart, .failover, .terminate, .none:
      break
    }
  }
}

extension RecoveryStrategy: Codable {
  /// Reads the externally tagged form: `"None"` or `{"Restart":{"preserve_state":true}}`.
  public init(from decoder: any Decoder) throws {
    let value = try TaggedValue(from: decoder)
    switch (value.tag, value.hasPayload) {
    case ("None", false): self = .none
    case ("Retry", true):
      let retry = try value.payload(RetryPayload.self)
      self = .retry(maxAttempts: retry.maxAttempts, backoff: retry.backoff)
    case ("Restart", true):
      self = .restart(preserveState: try value.fields().decode(Bool.self, forKey: "preserve_state"))
    case ("Failover", true):
      self = .failover(backupAgent: try value.fields().decodeIfPresent(AgentID.self, forKey: "backup_agent"))
    case ("Terminate", true):
      self = .terminate(cleanup: try value.fields().decode(Bool.self, forKey: "cleanup"))
    case ("Manual", true):
      self = .manual(reason: try value.fields().decode(String.self, forKey: "reason"))
    default: throw value.unexpected("RecoveryStrategy")
    }
  }

  /// Writes the externally tagged form.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .none: try encoder.encodeTag("None")
    case .retry(let maxAttempts, let backoff):
      try encoder.encodeTag("Retry", payload: RetryPayload(maxAttempts: maxAttempts, backoff: backoff))
    case .restart(let preserveState):
      try encoder.encodeTag("Restart") { try $0.encode(preserveState, forKey: "preserve_state") }
    case .failover(let backupAgent):
      try encoder.encodeTag("Failover") { try $0.encode(backupAgent, forKey: "backup_agent") }
    case .terminate(let cleanup):
      try encoder.encodeTag("Terminate") { try $0.encode(cleanup, forKey: "cleanup") }
    case .manual(let reason):
      try encoder.encodeTag("Manual") { try $0.encode(reason, forKey: "reason") }
    }
  }
}
