/// The configuration of the lifecycle controller (specification, "Lifecycle Controller").
public struct LifecycleConfig: Sendable, Hashable {
  /// How long initializing an agent may take.
  @WireSeconds public var initializationTimeout: Duration
  /// How long an agent may take to end before it is killed.
  @WireSeconds public var terminationTimeout: Duration
  /// How often the states of agents are compared with what really runs.
  @WireSeconds public var stateCheckInterval: Duration
  /// Whether failed agents are restarted.
  public var isAutoRecoveryEnabled: Bool
  /// How many times in a row a failed agent is restarted.
  public var maxRestartAttempts: Int
  /// How many agents may exist.
  public var maxAgents: Int

  /// Makes a configuration; what is not given has its default.
  public init(
    initializationTimeout: Duration = .seconds(30),
    terminationTimeout: Duration = .seconds(30),
    stateCheckInterval: Duration = .seconds(5),
    isAutoRecoveryEnabled: Bool = true,
    maxRestartAttempts: Int = 3,
    maxAgents: Int = 1_000
  ) {
    self.initializationTimeout = initializationTimeout
    self.terminationTimeout = terminationTimeout
    self.stateCheckInterval = stateCheckInterval
    self.isAutoRecoveryEnabled = isAutoRecoveryEnabled
    self.maxRestartAttempts = maxRestartAttempts
    self.maxAgents = maxAgents
  }
}

extension LifecycleConfig: Codable {
  private enum CodingKeys: String, CodingKey {
    case initializationTimeout = "initialization_timeout"
    case terminationTimeout = "termination_timeout"
    case stateCheckInterval = "state_check_interval"
    case isAutoRecoveryEnabled = "enable_auto_recovery"
    case maxRestartAttempts = "max_restart_attempts"
    case maxAgents = "max_agents"
  }

  /// Reads a configuration; a missing field has its default.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let defaults = LifecycleConfig()
    self.init(
      initializationTimeout: try container.seconds(.initializationTimeout, default: defaults.initializationTimeout),
      terminationTimeout: try container.seconds(.terminationTimeout, default: defaults.terminationTimeout),
      stateCheckInterval: try container.seconds(.stateCheckInterval, default: defaults.stateCheckInterval),
      isAutoRecoveryEnabled: try container.value(.isAutoRecoveryEnabled, default: defaults.isAutoRecoveryEnabled),
      maxRestartAttempts: try container.value(.maxRestartAttempts, default: defaults.maxRestartAttempts),
      maxAgents: try container.value(.maxAgents, default: defaults.maxAgents))
  }
}
