public import SymbiontCore

/// What is known of one sandbox, for lists.
public struct SandboxDescription: Sendable, Hashable, Codable {
  /// The sandbox.
  public var id: SandboxID
  /// The agent that it is for; nil while it waits in a pool.
  public var agentID: AgentID?
  /// The engine that makes it.
  public var engine: SandboxEngine
  /// How strong its isolation is.
  public var tier: SecurityTier
  /// Where it is in its life.
  public var status: SandboxStatus
  /// The image whose files it sees.
  public var image: String?
  /// When it was made.
  public var createdAt: Timestamp
  /// The limits that the machine cannot enforce and that were given up by name.
  public var unenforcedLimits: [String]
  /// What the probe before its start showed; nil before.
  public var attestation: Attestation?

  /// Makes a value of its parts.
  public init(
    id: SandboxID, agentID: AgentID?, engine: SandboxEngine, status: SandboxStatus, image: String?,
    createdAt: Timestamp, unenforcedLimits: [String], attestation: Attestation?
  ) {
    self.id = id
    self.agentID = agentID
    self.engine = engine
    tier = engine.tier
    self.status = status
    self.image = image
    self.createdAt = createdAt
    self.unenforcedLimits = unenforcedLimits
    self.attestation = attestation
  }

  private enum CodingKeys: String, CodingKey {
    case id, engine, tier, status, image, attestation
    case agentID = "agent_id"
    case createdAt = "created_at"
    case unenforcedLimits = "unenforced_limits"
  }
}
