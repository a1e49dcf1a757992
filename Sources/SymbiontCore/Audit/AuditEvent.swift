/// Something that happened, as the audit trail keeps it (specification, "Audit Trail").
public struct AuditEvent: Sendable, Hashable, Identifiable {
  /// The event.
  public var id: AuditID
  /// When it happened.
  public var timestamp: Timestamp
  /// What happened.
  public var eventType: AuditEventType
  /// The agent that it happened to; nil for the runtime itself.
  public var agentID: AgentID?
  /// What happened, for people.
  public var details: String
  /// What happened, for programs.
  public var metadata: [String: String]

  /// Makes a value of its parts.
  public init(
    id: AuditID,
    timestamp: Timestamp,
    eventType: AuditEventType,
    agentID: AgentID? = nil,
    details: String = "",
    metadata: [String: String] = [:]
  ) {
    self.id = id
    self.timestamp = timestamp
    self.eventType = eventType
    self.agentID = agentID
    self.details = details
    self.metadata = metadata
  }
}

extension AuditEvent: Codable {
  private enum CodingKeys: String, CodingKey {
    case id, timestamp, details, metadata
    case eventType = "event_type"
    case agentID = "agent_id"
  }
}
