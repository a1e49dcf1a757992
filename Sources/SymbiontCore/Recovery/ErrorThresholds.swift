/// When the errors of an agent are too many.
public struct ErrorThresholds: Sendable, Hashable {
  /// How many errors within the window bring the next stronger recovery.
  public var escalationThreshold: Int
  /// The time over which errors are counted.
  @WireSeconds public var window: Duration
  /// How many errors in a row open the agent's circuit breaker.
  public var circuitBreakerThreshold: Int
  /// How long an open breaker waits before it lets one attempt through.
  @WireSeconds public var circuitBreakerTimeout: Duration

  /// Makes thresholds; what is not given has its default.
  public init(
    escalationThreshold: Int = 10,
    window: Duration = .seconds(300),
    circuitBreakerThreshold: Int = 5,
    circuitBreakerTimeout: Duration = .seconds(60)
  ) {
    self.escalationThreshold = escalationThreshold
    self.window = window
    self.circuitBreakerThreshold = circuitBreakerThreshold
    self.circuitBreakerTimeout = circuitBreakerTimeout
  }
}

extension ErrorThresholds: Codable {
  private enum CodingKeys: String, CodingKey {
    case window
    case escalationThreshold = "escalation_threshold"
    case circuitBreakerThreshold = "circuit_breaker_threshold"
    case circuitBreakerTimeout = "circuit_breaker_timeout"
  }

  /// Reads a configuration; a missing field has its default.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let defaults = ErrorThresholds()
    self.init(
      escalationThreshold: try container.value(.escalationThreshold, default: defaults.escalationThreshold),
      window: try container.seconds(.window, default: defaults.window),
      circuitBreakerThreshold: try container.value(.circuitBreakerThreshold, default: defaults.circuitBreakerThreshold),
      circuitBreakerTimeout: try container.seconds(.circuitBreakerTimeout, default: defaults.circuitBreakerTimeout))
  }
}
