public import SymbiontCore

/// What a bus has done since it was opened.
public struct BusStatistics: Sendable, Hashable {
  /// Messages that were made durable.
  public internal(set) var sent = 0
  /// Messages that their receivers took.
  public internal(set) var delivered = 0
  /// Messages that became dead letters.
  public internal(set) var failed = 0
  /// Messages that outlived their time.
  public internal(set) var expired = 0
  /// Deliveries that were tried again.
  public internal(set) var redelivered = 0
  /// Dead letters that made room for younger ones.
  public internal(set) var droppedDeadLetters = 0
  /// Messages and envelopes that were refused, by the code of the error.
  public internal(set) var refused: [String: Int] = [:]

  /// Nothing yet.
  public init() {}
}

/// Something about the bus that belongs into the audit trail.
public enum MessagingEvent: Sendable, Hashable {
  /// A message or an envelope was refused; the id is nil when not even that could be read.
  case refused(MessageID?, agentID: AgentID, error: CommunicationError)
  /// A message became a dead letter.
  case deadLettered(MessageID, recipient: AgentID, reason: String)
  /// A message outlived its time.
  case expired(MessageID, recipient: AgentID)
  /// A dead letter made room for a younger one.
  case deadLetterDropped(MessageID)
  /// An agent has new keys.
  case keysRotated(AgentID, epoch: Int)
  /// Keys of an agent are not trusted any more.
  case keysRevoked(AgentID, epoch: Int)
}
