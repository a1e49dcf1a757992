/// What a decision may depend on (specification, "Policy Engine").
public struct PolicyContext: Sendable, Hashable {
  /// The agent that asks.
  public var agentID: AgentID
  /// The operation that it asks for.
  public var operation: String
  /// The resources that the operation needs.
  public var resourceRequirements: ResourceLimits?
  /// The isolation that the agent runs in.
  public var securityContext: SecurityContext
  /// What else is known of the request.
  public var metadata: [String: String]

  /// Makes a value of its parts.
  public init(
    agentID: AgentID,
    operation: String,
    resourceRequirements: ResourceLimits? = nil,
    securityContext: SecurityContext,
    metadata: [String: String] = [:]
  ) {
    self.agentID = agentID
    self.operation = operation
    self.resourceRequirements = resourceRequirements
    self.securityContext = securityContext
    self.metadata = metadata
  }
}

extension PolicyContext: Codable {
  private enum CodingKeys: String, CodingKey {
    case operation, metadata
    case agentID = "agent_id"
    case resourceRequirements = "resource_requirements"
    case securityContext = "security_context"
  }
}
