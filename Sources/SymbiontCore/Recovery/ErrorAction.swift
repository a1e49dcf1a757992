/// What is to be done about an error (specification, "Error Handler").
public enum ErrorAction: Sendable, Hashable {
  /// Repeat what failed, up to this many times, after a wait that grows from the given one.
  case retry(maxAttempts: Int, backoff: Duration)
  /// Restart the agent.
  case restart
  /// Suspend the agent.
  case suspend
  /// End the agent.
  case terminate
  /// Hand its work to its backup.
  case failover
}

extension ErrorAction: Codable {
  /// Reads the externally tagged form: `"Restart"` or `{"Retry":{"max_attempts":3,"backoff":1}}`.
  public init(from decoder: any Decoder) throws {
    let value = try TaggedValue(from: decoder)
    switch (value.tag, value.hasPayload) {
    case ("Restart", false): self = .restart
    case ("Suspend", false): self = .suspend
    case ("Terminate", false): self = .terminate
    case ("Failover", false): self = .failover
    case ("Retry", true):
      let retry = try value.payload(RetryPayload.self)
      self = .retry(maxAttempts: retry.maxAttempts, backoff: retry.backoff)
    default: throw value.unexpected("ErrorAction")
    }
  }

  /// Writes the externally tagged form.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .retry(let maxAttempts, let backoff):
      try encoder.encodeTag("Retry", payload: RetryPayload(maxAttempts: maxAttempts, backoff: backoff))
    case .restart: try encoder.encodeTag("Restart")
    case .suspend: try encoder.encodeTag("Suspend")
    case .terminate: try encoder.encodeTag("Terminate")
    case .failover: try encoder.encodeTag("Failover")
    }
  }
}
