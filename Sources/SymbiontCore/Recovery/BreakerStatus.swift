/// The state of a circuit breaker.
public enum BreakerStatus: Sendable, Hashable {
  /// Work goes through.
  case closed
  /// Nothing goes through until this time.
  case open(until: Timestamp)
  /// One attempt goes through, and decides what comes next.
  case halfOpen
}

extension BreakerStatus: Codable {
  /// Reads the externally tagged form: `"Closed"` or `{"Open":{"until":…}}`.
  public init(from decoder: any Decoder) throws {
    let value = try TaggedValue(from: decoder)
    switch (value.tag, value.hasPayload) {
    case ("Closed", false): self = .closed
    case ("HalfOpen", false): self = .halfOpen
    case ("Open", true): self = .open(until: try value.fields().decode(Timestamp.self, forKey: "until"))
    default: throw value.unexpected("BreakerStatus")
    }
  }

  /// Writes the externally tagged form.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .closed: try encoder.encodeTag("Closed")
    case .halfOpen: try encoder.encodeTag("HalfOpen")
    case .open(let until): try encoder.encodeTag("Open") { try $0.encode(until, forKey: "until") }
    }
  }
}
