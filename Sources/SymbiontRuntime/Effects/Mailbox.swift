internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontStore

/// The delivery of messages between local agents, inside a transaction.
///
/// The communication bus takes its place later.
struct Mailbox: Sendable {
  /// A message on its way.
  struct Outgoing: Sendable {
    var sender: AgentID
    var senderName: String
    var payload: Value
    var topic = ""
    var priority = Mailbox.normalPriority
    var timeToLive: Duration?
  }

  static let normalPriority = 2
  static let priorities = ["low": 1, "normal": normalPriority, "high": 3, "critical": 4]

  let limits: ExecutionLimits

  /// Hands a message to an execution that waits for one, starts an event-driven agent with it, or keeps it in the inbox.
  func deliver(
    _ message: Outgoing, to recipient: AgentRow, in store: borrowing StoreTransaction,
    _ records: inout ExecutionRecords
  ) throws -> Result<MessageID, ProgramError> {
    guard recipient.state != .terminated, recipient.state != .terminating else {
      return .failure(ProgramError(kind: "MessageError", message: "agent `\(recipient.name)` is terminated"))
    }
    let row = MessageRow(
      id: MessageID(), recipient: recipient.id, sender: message.sender, topic: message.topic,
      payload: ValueCodec.encode(message.payload), priority: message.priority, sentAt: records.now,
      expiresAt: message.timeToLive.map { records.now + $0 })
    if let waiting = try store.executionWaitingForMessage(of: recipient.id),
      let sequence = try store.lastEffect(of: waiting)
    {
      try records.resume(waiting, sequence: sequence, with: .value(try Self.value(of: row)), in: store)
    } else if recipient.mode == .eventDriven, recipient.state == .running {
      try records.start(
        ExecutionRow(calling: recipient, input: try Self.value(of: row), at: records.now), in: store)
    } else {
      guard try hasRoom(for: recipient, in: store) else { return .failure(isFull(recipient)) }
      try store.insertMessage(row)
    }
    return .success(row.id)
  }

  func hasRoom(for recipient: AgentRow, in store: borrowing StoreTransaction) throws -> Bool {
    try store.countMessages(for: recipient.id) < limits.inboxMessages
  }

  func isFull(_ recipient: AgentRow) -> ProgramError {
    ProgramError(
      kind: "MessageError", message: "the inbox of agent `\(recipient.name)` holds \(limits.inboxMessages) messages")
  }

  /// A message as a program sees it.
  static func value(of message: MessageRow) throws -> Value {
    do {
      return .record([
        "id": .string(message.id.description), "from": .string(message.sender.description),
        "topic": .string(message.topic), "payload": try ValueCodec.decode(message.payload),
        "sent_at": .float(EffectPlanner.seconds(message.sentAt)),
      ])
    } catch {
      throw StoreError.corrupt("message `\(message.id)`: \(error)")
    }
  }
}
