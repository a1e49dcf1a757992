import Crypto
import SymbiontCore
import SymbiontStore

/// What a bus finds in the store when it is opened.
struct BusRecords: Sendable {
  var agents: [(agentID: AgentID, isRegistered: Bool, lastSequence: UInt64)]
  var identities: [IdentityRow]
  var topicKeys: [(topic: String, epoch: Int, wrapped: [UInt8])]
  var subscriptions: [(agentID: AgentID, pattern: String)]
  var pending: [(row: EnvelopeRow, location: EnvelopeLocation)] = []
  /// What has come to its end, the oldest first.
  var ended: [(row: EnvelopeRow, location: EnvelopeLocation, isDeadLetter: Bool)] = []
  var lastSequences: [AgentID: UInt64] = [:]
  var groups: Set<Int64> = []
  let nextGroup: Int64

  init(_ transaction: borrowing StoreTransaction) throws {
    agents = try transaction.busAgents()
    identities = try transaction.identities()
    topicKeys = try transaction.topicKeys()
    subscriptions = try transaction.busSubscriptions()
    try transaction.adoptFormerEnvelopes()
    nextGroup = try transaction.nextEnvelopeGroup()
    var correspondents: Set<AgentID> = []
    try transaction.eachEnvelopeGroup { number, group in
      groups.insert(number)
      group.addCorrespondents(to: &correspondents)
      for place in 0..<group.count {
        guard let row = try group.row(at: place) else { continue }
        lastSequences[row.sender] = max(lastSequences[row.sender] ?? 0, row.sequence)
        let location = EnvelopeLocation(group: number, place: place)
        if row.status == .pending {
          pending.append((row, location))
        } else {
          ended.append((row, location, isDeadLetter: row.status == .failed && group.hasEnvelope(place)))
        }
      }
    }
    try forgetRetired(except: correspondents, in: transaction)
    pending.sort { $0.row.sequence < $1.row.sequence }
    ended.sort { ($0.row.finishedAt ?? .epoch, $0.row.sequence) < ($1.row.finishedAt ?? .epoch, $1.row.sequence) }
  }
}

extension BusRecords {
  /// Forgets the agents without a mailbox of which no message needs a key.
  private mutating func forgetRetired(
    except correspondents: Set<AgentID>, in transaction: borrowing StoreTransaction
  ) throws {
    let retired = try transaction.retiredBusAgents().filter { !correspondents.contains($0.key) }
    guard !retired.isEmpty else { return }
    try transaction.forgetRetiredBusAgents(retired)
    agents.removeAll { retired[$0.agentID] != nil }
    identities.removeAll { retired[$0.agentID] != nil }
  }
}

/// Builds a bus from what is in the store.
struct BusOpening: Sendable {
  let configuration: CommunicationConfig
  let limits: MessagingLimits
  let masterKey: MasterKey
  let now: Timestamp
  let elapsed: Int64

  func keyRing(_ records: BusRecords, topicSecret secret: SymmetricKey) throws(CommunicationError) -> KeyRing {
    var ring = KeyRing(masterKey: masterKey, topicSecret: secret, cacheLimit: limits.derivedKeys)
    for row in records.identities { ring.add(row) }
    for row in records.topicKeys {
      guard let key = masterKey.unwrap(row.wrapped, context: TopicKey.context(row.topic, epoch: row.epoch)) else {
        throw .keyUnusable(agentID: nil, reason: "one of a topic was changed, or wrapped by another master key")
      }
      ring.add(topic: row.topic, epoch: row.epoch, key: SymmetricKey(data: key))
    }
    return ring
  }

  /// The secret that the keys of all topics come from; made when the bus has none yet.
  ///
  /// A wrong master key is found now, not at the first message, and leaves nothing behind. One under which no agent ever got
  /// keys may be replaced.
  func topicSecret(_ records: BusRecords, in transaction: borrowing StoreTransaction) throws -> SymmetricKey {
    if let last = records.identities.last { _ = try AgentIdentity(last, masterKey: masterKey) }
    let wrapped = try transaction.secret(TopicKey.secretName)
    if let secret = wrapped.flatMap({ masterKey.unwrap($0, context: TopicKey.secretContext) }) {
      return SymmetricKey(data: secret)
    }
    guard wrapped == nil || records.identities.isEmpty else {
      throw CommunicationError.keyUnusable(
        agentID: nil, reason: "the master key does not open them: it is not the one of before")
    }
    let secret = SymmetricKey(size: .bits256)
    let bytes = try masterKey.wrap(secret.withUnsafeBytes { Array($0) }, context: TopicKey.secretContext)
    try transaction.putSecret(TopicKey.secretName, bytes, at: now)
    return secret
  }

  func state(_ records: BusRecords) throws(CommunicationError) -> BusState {
    var machine = BusMachine(rules: DeliveryRules(configuration, limits: limits))
    for agent in records.agents {
      if agent.isRegistered { machine.register(agent.agentID) }
      machine.lastSequences[agent.agentID] = agent.lastSequence
    }
    for (row, location) in records.pending {
      var entry = BusMachine.Entry(row, at: location, elapsed: elapsed)
      entry.expiresAt = elapsed &+ remaining(row)
      entry.attempts = row.attempts
      entry.isRestored = true
      machine.restore(entry)
    }
    // An id that was used again after it was forgotten stands for its last message.
    var known = Set(records.pending.map(\.row.id))
    let ended = records.ended.reversed().filter { known.insert($0.row.id).inserted }.reversed()
    for (row, location, isDeadLetter) in ended { machine.restore(row.id, at: location, isDeadLetter: isDeadLetter) }
    machine.groups.restore(records.groups)
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

/// The names under which the secret of the topics, and keys of a former version, are wrapped.
enum TopicKey {
  static let secretName = "topics"
  static let secretContext = Array("symbiont topic secret 1".utf8)

  static func context(_ topic: String, epoch: Int) -> [UInt8] {
    var writer = ByteWriter(capacity: 300)
    writer.write("symbiont topic key 1".utf8)
    writer.write(UInt32(clamping: epoch))
    writer.write(topic.utf8)
    return writer.bytes
  }
}

extension BusMachine {
  /// Takes a message that waits; answers to requests of former callers come too late.
  mutating func restore(_ entry: Entry) {
    guard entries[entry.id] == nil else { return }
    entries[entry.id] = entry
    groups.restore(entry.location)
    changeMailbox(of: entry.recipient) { mailbox in
      mailbox.count += 1
      mailbox.insert(entry.place, priority: entry.priority)
    }
    setDeadline(entry.expiresAt, of: entry.id)
  }

  /// Takes what had come to its end.
  mutating func restore(_ id: MessageID, at location: EnvelopeLocation, isDeadLetter: Bool) {
    groups.restore(location)
    keep(id, at: location, isDeadLetter: isDeadLetter)
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
