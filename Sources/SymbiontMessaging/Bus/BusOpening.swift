import Crypto
import SymbiontCore
import SymbiontStore

/// What a bus finds in the store when it is opened.
struct BusRecords: Sendable {
  var agents: [(agentID: AgentID, isRegistered: Bool, lastSequence: UInt64)]
  var identities: [IdentityRow]
  var topicKeys: [(topic: String, epoch: Int, wrapped: [UInt8])]
  var subscriptions: [(agentID: AgentID, pattern: String)]
  var pending: [EnvelopeRow] = []
  var deadLetters: [MessageID] = []
  var history: [MessageID] = []
  var lastSequences: [AgentID: UInt64] = [:]

  init(_ transaction: borrowing StoreTransaction) throws {
    agents = try transaction.busAgents()
    identities = try transaction.identities()
    topicKeys = try transaction.topicKeys()
    subscriptions = try transaction.busSubscriptions()
    try transaction.eachEnvelope { row, hasEnvelope in
      lastSequences[row.sender] = max(lastSequences[row.sender] ?? 0, row.sequence)
      switch row.status {
      case .pending: pending.append(row)
      case .failed where hasEnvelope: deadLetters.append(row.id)
      case .failed, .delivered, .expired: history.append(row.id)
      }
    }
  }
}

/// Builds a bus from what is in the store.
struct BusOpening: Sendable {
  let configuration: CommunicationConfig
  let limits: MessagingLimits
  let masterKey: MasterKey
  let now: Timestamp
  let elapsed: Int64

  func keyRing(_ records: BusRecords) throws(CommunicationError) -> KeyRing {
    var ring = KeyRing(masterKey: masterKey, cacheLimit: limits.agreedKeys)
    for row in records.identities { ring.add(row) }
    for row in records.topicKeys {
      guard let key = masterKey.unwrap(row.wrapped, context: TopicKey.context(row.topic, epoch: row.epoch)) else {
        throw .encryptionFailed(reason: "the master key does not open the key of a topic: it is not the one of before")
      }
      ring.add(topic: row.topic, epoch: row.epoch, key: SymmetricKey(data: key))
    }
    // A wrong master key is found now, not at the first message.
    if let row = records.identities.last(where: { $0.revokedAt == nil }) {
      _ = try ring.identity(of: row.agentID, epoch: row.epoch)
    }
    return ring
  }

  func state(_ records: BusRecords) throws(CommunicationError) -> BusState {
    var machine = BusMachine(rules: DeliveryRules(configuration, limits: limits))
    for agent in records.agents {
      if agent.isRegistered { machine.register(agent.agentID) }
      machine.lastSequences[agent.agentID] = agent.lastSequence
    }
    machine.restore(
      records.pending.sorted { $0.sequence < $1.sequence }.map { row in
        var entry = BusMachine.Entry(
          id: row.id, recipient: row.recipient, sender: row.sender, priority: row.priority, sequence: row.sequence,
          inReplyTo: row.inReplyTo, expiresAt: elapsed &+ remaining(row))
        entry.attempts = row.attempts
        return entry
      }, deadLetters: records.deadLetters, history: records.history)
    for (sender, sequence) in records.lastSequences {
      machine.lastSequences[sender] = max(machine.lastSequences[sender] ?? 0, sequence)
    }
    var state = BusState(machine: machine)
    for subscription in records.subscriptions {
      state.subscriptions.insert(subscription.agentID, try TopicPattern(pattern: subscription.pattern))
    }
    return state
  }

  /// How long a message still lives: a clock that was set back does not give it more than it had.
  private func remaining(_ row: EnvelopeRow) -> Int64 {
    min(max((row.expiresAt - now).wholeMicroseconds, 0), row.timeToLive)
  }
}

/// The names under which keys of topics are wrapped.
enum TopicKey {
  static func context(_ topic: String, epoch: Int) -> [UInt8] {
    var writer = ByteWriter(capacity: 300)
    writer.write("symbiont topic key 1".utf8)
    writer.write(UInt32(clamping: epoch))
    writer.write(topic.utf8)
    return writer.bytes
  }
}

extension BusMachine {
  /// Takes what a former bus left; answers to requests of its callers come too late.
  mutating func restore(_ pending: [Entry], deadLetters: [MessageID], history: [MessageID]) {
    for entry in pending {
      entries[entry.id] = entry
      mailboxes[entry.recipient]?.count += 1
      mailboxes[entry.recipient]?.insert(entry.place, priority: entry.priority)
      timers.set(entry.expiresAt, for: .message(entry.id))
    }
    self.deadLetters.append(contentsOf: deadLetters)
    self.history.append(contentsOf: history)
  }

  /// What was left without anybody to receive it.
  mutating func endOrphans() -> [Settlement] {
    entries.values.filter { $0.inReplyTo != nil || mailboxes[$0.recipient] == nil }
      .sorted { $0.sequence < $1.sequence }
      .map { entry in
        begin(entry, .failed(mailboxes[entry.recipient] == nil ? Self.unregistered : Self.late))
      }
  }
}
