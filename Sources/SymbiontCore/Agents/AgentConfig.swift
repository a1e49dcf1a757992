/// What an agent is made of (specification, "Agent Types").
public struct AgentConfig: Sendable, Hashable, Identifiable {
  /// The id of the agent.
  public var id: AgentID
  /// The name for people and for messages to it.
  public var name: String
  /// The source of its program, in the `.symbi` language.
  public var dslSource: String
  /// When its function is called.
  public var executionMode: ExecutionMode
  /// The sandbox that its commands need at least.
  public var securityTier: SecurityTier
  /// The most that it may use.
  public var resourceLimits: ResourceLimits
  /// What it may reach for; nothing else is granted.
  public var capabilities: [Capability]
  /// Policies that hold for it, besides the operator's.
  public var policies: [Policy]
  /// Labels, for people and for policies.
  public var metadata: [String: String]
  /// How urgent its tasks are.
  public var priority: Priority

  /// Makes a configuration; what is not given has its default.
  public init(
    id: AgentID,
    name: String,
    dslSource: String,
    executionMode: ExecutionMode = .ephemeral,
    securityTier: SecurityTier = .tier1,
    resourceLimits: ResourceLimits = ResourceLimits(),
    capabilities: [Capability] = [],
    policies: [Policy] = [],
    metadata: [String: String] = [:],
    priority: Priority = .normal
  ) {
    self.id = id
    self.name = name
    self.dslSource = dslSource
    self.executionMode = executionMode
    self.securityTier = securityTier
    self.resourceLimits = resourceLimits
    self.capabilities = capabilities
    self.policies = policies
    self.metadata = metadata
    self.priority = priority
  }
}

extension AgentConfig: Codable {
  private enum CodingKeys: String, CodingKey {
    case id, name, capabilities, policies, metadata, priority
    case dslSource = "dsl_source"
    case executionMode = "execution_mode"
    case securityTier = "security_tier"
    case resourceLimits = "resource_limits"
  }

  /// Reads a configuration; a missing field has its default where there is one.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      id: try container.decode(AgentID.self, forKey: .id),
      name: try container.decode(String.self, forKey: .name),
      dslSource: try container.decode(String.self, forKey: .dslSource),
      executionMode: try container.value(.executionMode, default: .ephemeral),
      securityTier: try container.value(.securityTier, default: .tier1),
      resourceLimits: try container.value(.resourceLimits, default: ResourceLimits()),
      capabilities: try container.value(.capabilities, default: []),
      policies: try container.value(.policies, default: []),
      metadata: try container.value(.metadata, default: [:]),
      priority: try container.value(.priority, default: .normal))
  }
}
