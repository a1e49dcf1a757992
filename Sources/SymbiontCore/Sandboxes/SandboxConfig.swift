/// What a sandbox is made of (specification, "Sandbox Orchestrator").
public struct SandboxConfig: Sendable, Hashable {
  /// The agent that it is for.
  public var agentID: AgentID
  /// How strong its isolation is at least.
  public var securityTier: SecurityTier
  /// The most that runs in it may use.
  public var resourceLimits: ResourceLimits
  /// What it may reach.
  public var networkConfig: NetworkConfig
  /// Which files it sees.
  public var filesystemConfig: FilesystemConfig
  /// The environment of its commands.
  public var environmentVariables: [String: String]

  /// Makes a configuration; what is not given has its default.
  public init(
    agentID: AgentID,
    securityTier: SecurityTier = .tier1,
    resourceLimits: ResourceLimits = ResourceLimits(),
    networkConfig: NetworkConfig = NetworkConfig(),
    filesystemConfig: FilesystemConfig = FilesystemConfig(),
    environmentVariables: [String: String] = [:]
  ) {
    self.agentID = agentID
    self.securityTier = securityTier
    self.resourceLimits = resourceLimits
    self.networkConfig = networkConfig
    self.filesystemConfig = filesystemConfig
    self.environmentVariables = environmentVariables
  }
}

extension SandboxConfig: Codable {
  private enum CodingKeys: String, CodingKey {
    case agentID = "agent_id"
    case securityTier = "security_tier"
    case resourceLimits = "resource_limits"
    case networkConfig = "network_config"
    case filesystemConfig = "filesystem_config"
    case environmentVariables = "environment_variables"
  }

  /// Reads a configuration; a missing field has its default where there is one.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      agentID: try container.decode(AgentID.self, forKey: .agentID),
      securityTier: try container.value(.securityTier, default: .tier1),
      resourceLimits: try container.value(.resourceLimits, default: ResourceLimits()),
      networkConfig: try container.value(.networkConfig, default: NetworkConfig()),
      filesystemConfig: try container.value(.filesystemConfig, default: FilesystemConfig()),
      environmentVariables: try container.value(.environmentVariables, default: [:]))
  }
}
