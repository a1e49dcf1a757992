/// Which events of the audit trail are wanted.
///
/// Conditions that are not given do not restrict.
public struct AuditQuery: Sendable, Hashable {
  /// Only events of this agent.
  public var agentID: AgentID?
  /// Only events of one of these types; empty is all.
  public var eventTypes: [AuditEventType]
  /// Only events at this time or later.
  public var from: Timestamp?
  /// Only events before this time.
  public var to: Timestamp?
  /// Only events that come after this one, in the order asked for: the next page.
  public var after: AuditID?
  /// The order of the answer.
  public var order: Order
  /// How many events the answer has at most.
  public var limit: Int

  /// Makes a query; what is not given does not restrict.
  public init(
    agentID: AgentID? = nil,
    eventTypes: [AuditEventType] = [],
    from: Timestamp? = nil,
    to: Timestamp? = nil,
    after: AuditID? = nil,
    order: Order = .oldestFirst,
    limit: Int = 100
  ) {
    self.agentID = agentID
    self.eventTypes = eventTypes
    self.from = from
    self.to = to
    self.after = after
    self.order = order
    self.limit = limit
  }
}

extension AuditQuery: Codable {
  private enum CodingKeys: String, CodingKey {
    case from, to, after, order, limit
    case agentID = "agent_id"
    case eventTypes = "event_types"
  }

  /// Reads a configuration; a missing field has its default.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let defaults = AuditQuery()
    self.init(
      agentID: try container.decodeIfPresent(AgentID.self, forKey: .agentID),
      eventTypes: try container.value(.eventTypes, default: defaults.eventTypes),
      from: try container.decodeIfPresent(Timestamp.self, forKey: .from),
      to: try container.decodeIfPresent(Timestamp.self, forKey: .to),
      after: try container.decodeIfPresent(AuditID.self, forKey: .after),
      order: try container.value(.order, default: defaults.order),
      limit: try container.value(.limit, default: defaults.limit))
  }
}

extension AuditQuery {
  /// The order of an answer.
  public enum Order: String, Sendable, Hashable, Codable, CaseIterable {
    /// The order in which events were recorded.
    case oldestFirst = "OldestFirst"
    /// The last event first.
    case newestFirst = "NewestFirst"
  }
}
