/// When an agent's function is called (specification, "Agent Types").
public enum ExecutionMode: Sendable, Hashable {
  /// For each task that is scheduled for it. It keeps its memory in between.
  case persistent
  /// Once; then it is completed.
  case ephemeral
  /// At each interval.
  case scheduled(interval: Duration)
  /// For each message, topic or webhook event that reaches it.
  case eventDriven
}

extension ExecutionMode {
  /// The bounds of the payloads.
  public enum Bounds {
    /// Up to a year; more often than each second is the work of an agent that stays.
    public static let interval: ClosedRange<Duration> = .seconds(1) ... .seconds(31_536_000)
  }

  /// Checks the interval against its bounds.
  public func validate() throws(ConfigurationError) {
    guard case .scheduled(let interval) = self else { return }
    try Validation.require(interval, in: Bounds.interval, field: "interval")
  }
}

extension ExecutionMode: Codable {
  /// Reads the externally tagged form: `"Persistent"` or `{"Scheduled":{"interval":60}}`.
  public init(from decoder: any Decoder) throws {
    let value = try TaggedValue(from: decoder)
    switch (value.tag, value.hasPayload) {
    case ("Persistent", false): self = .persistent
    case ("Ephemeral", false): self = .ephemeral
    case ("EventDriven", false): self = .eventDriven
    case ("Scheduled", true):
      self = .scheduled(interval: try value.fields().decode(WireSeconds.self, forKey: "interval").wrappedValue)
    default: throw value.unexpected("ExecutionMode")
    }
  }

  /// Writes the externally tagged form.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .persistent: try encoder.encodeTag("Persistent")
    case .ephemeral: try encoder.encodeTag("Ephemeral")
    case .eventDriven: try encoder.encodeTag("EventDriven")
    case .scheduled(let interval):
      try encoder.encodeTag("Scheduled") { fields in
        try fields.encode(WireSeconds(wrappedValue: interval), forKey: "interval")
      }
    }
  }
}
