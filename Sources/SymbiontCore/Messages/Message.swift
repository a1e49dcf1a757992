/// What one agent sends to another (specification, "Communication Types").
public struct Message: Sendable, Hashable, Identifiable {
  /// The message.
  public var id: MessageID
  /// The agent that sends it.
  public var from: AgentID
  /// The agent that is to receive it.
  public var to: AgentID
  /// What it is about.
  public var topic: String
  /// Its content.
  @WireBase64 public var payload: [UInt8]
  /// How urgent it is: a receiver reads urgent messages first.
  public var priority: Priority
  /// How long it may wait for its receiver.
  @WireSeconds public var timeToLive: Duration
  /// The request that this answers; nil when it answers none.
  public var inReplyTo: MessageID?

  /// Makes a value of its parts.
  public init(
    id: MessageID,
    from: AgentID,
    to: AgentID,
    topic: String,
    payload: [UInt8],
    priority: Priority = .normal,
    timeToLive: Duration = .seconds(3_600),
    inReplyTo: MessageID? = nil
  ) {
    self.id = id
    self.from = from
    self.to = to
    self.topic = topic
    self.payload = payload
    self.priority = priority
    self.timeToLive = timeToLive
    self.inReplyTo = inReplyTo
  }
}

extension Message: Codable {
  private enum CodingKeys: String, CodingKey {
    case id, from, to, topic, payload, priority
    case timeToLive = "ttl"
    case inReplyTo = "in_reply_to"
  }
}
