import Crypto
import Foundation
import SymbiontCore
import SymbiontStore

/// The keys of all agents and topics, and what was derived from them.
///
/// Stored keys are opened when they are first used, so that a bus with many agents starts at once.
struct KeyRing: Sendable {
  private enum Holding: Sendable {
    case stored(IdentityRow)
    case open(AgentIdentity)
  }

  private struct Chain: Sendable {
    var current = 0
    var epochs: [Int: Holding] = [:]

    mutating func keep(_ holding: Holding, epoch: Int) {
      epochs[epoch] = holding
      epochs[epoch - KeyRing.maximumEpochs] = nil
      current = max(current, epoch)
    }
  }

  /// How many epochs of an agent's keys are kept.
  static let maximumEpochs = 64

  private let masterKey: MasterKey
  private let topicSecret: SymmetricKey
  private var chains: [AgentID: Chain] = [:]
  private var formerTopicKeys: [TopicName: SymmetricKey] = [:]
  private var derived: BoundedCache<BodyKeyName, SymmetricKey>

  /// Which agreement a key comes from.
  struct AgreementName: Hashable, Sendable {
    var from: AgentID
    var senderEpoch: UInt32
    var to: AgentID
    var keyEpoch: UInt32
    var protection: EnvelopeHeader.Protection

    init(_ header: EnvelopeHeader) {
      from = header.from
      senderEpoch = header.senderEpoch
      to = header.to
      keyEpoch = header.keyEpoch
      protection = header.protection
    }
  }

  /// Which topic a key is of, and when.
  struct TopicName: Hashable, Sendable {
    var topic: String
    /// Zero for those of a former version.
    var instance: UInt32 = 0
    var epoch: UInt32
    var protection = EnvelopeHeader.Protection.plain
  }

  /// Which key seals the body of an envelope.
  enum BodyKeyName: Hashable, Sendable {
    case agreement(AgreementName)
    case topic(TopicName)
    case formerTopic(TopicName)

    init(_ header: EnvelopeHeader) {
      switch header.keying {
      case .agreement: self = .agreement(AgreementName(header))
      case .topic:
        self = .topic(
          TopicName(
            topic: header.topic, instance: header.instance, epoch: header.keyEpoch, protection: header.protection))
      case .formerTopic:
        self = .formerTopic(TopicName(topic: header.topic, epoch: header.keyEpoch, protection: header.protection))
      }
    }
  }

  init(masterKey: MasterKey, topicSecret: SymmetricKey, cacheLimit: Int) {
    self.masterKey = masterKey
    self.topicSecret = topicSecret
    derived = BoundedCache(limit: cacheLimit)
  }
}

extension KeyRing {
  // MARK: Agents

  mutating func add(_ row: IdentityRow) {
    chains[row.agentID, default: Chain()].keep(.stored(row), epoch: row.epoch)
  }

  mutating func add(_ identity: AgentIdentity) {
    let (agentID, epoch) = (identity.published.agentID, identity.published.epoch)
    chains[agentID, default: Chain()].keep(.open(identity), epoch: epoch)
  }

  /// Forgets the keys of agents whose last epochs are these; gives those that were forgotten.
  mutating func forget(_ agents: [AgentID: RetiredAgent]) -> [AgentID: RetiredAgent] {
    let forgotten = agents.filter { chains[$0.key]?.current == $0.value.epoch }
    for agentID in forgotten.keys { chains[agentID] = nil }
    if !forgotten.isEmpty { derived.removeAll() }
    return forgotten
  }

  func currentEpoch(of agentID: AgentID) -> Int { chains[agentID]?.current ?? 0 }

  /// The public keys of all epochs that are kept, the first ones first.
  func published(of agentID: AgentID) -> [PublicIdentity] {
    (chains[agentID]?.epochs ?? [:]).sorted { $0.key < $1.key }.map { holding in
      switch holding.value {
      case .stored(let row): PublicIdentity(row)
      case .open(let identity): identity.published
      }
    }
  }

  /// The keys of an epoch, opened when they are not yet; a revoked epoch has none.
  mutating func identity(of agentID: AgentID, epoch: Int) throws(CommunicationError) -> AgentIdentity {
    guard let holding = chains[agentID]?.epochs[epoch] else { throw .keyUnknown(agentID: agentID, epoch: epoch) }
    switch holding {
    case .open(let identity):
      guard identity.published.revokedAt == nil else { throw .keyRevoked(agentID: agentID, epoch: epoch) }
      return identity
    case .stored(let row):
      guard row.revokedAt == nil else { throw .keyRevoked(agentID: agentID, epoch: epoch) }
      let former: PublicIdentity? = published(of: agentID).first { $0.epoch == epoch - 1 }
      let published = PublicIdentity(row)
      // The oldest that is kept has no former one any more; what was revoked does not vouch for what came later.
      guard
        former == nil && epoch > 1 || published.isCertified(row.certificate, by: former)
          || former?.revokedAt != nil && published.isCertified(row.certificate, by: nil)
      else {
        throw .keyUnusable(agentID: agentID, reason: "those of epoch \(epoch) are not signed by the ones before")
      }
      let identity = try AgentIdentity(row, masterKey: masterKey)
      chains[agentID]?.epochs[epoch] = .open(identity)
      return identity
    }
  }

  mutating func revoke(_ agentID: AgentID, epoch: Int, at time: Timestamp) {
    guard let holding = chains[agentID]?.epochs[epoch] else { return }
    switch holding {
    case .stored(var row):
      row.revokedAt = time
      chains[agentID]?.epochs[epoch] = .stored(row)
    case .open(var identity):
      identity.revoke(at: time)
      chains[agentID]?.epochs[epoch] = .open(identity)
    }
    derived.removeAll()
  }

  // MARK: Topics

  /// Takes a key that a former version made.
  mutating func add(topic: String, epoch: Int, key: SymmetricKey) {
    formerTopicKeys[TopicName(topic: topic, epoch: UInt32(clamping: epoch))] = key
  }

  // MARK: Keys of envelopes

  /// The key that seals and opens the body of an envelope.
  mutating func bodyKey(_ header: EnvelopeHeader) throws(CommunicationError) -> SymmetricKey {
    let name = BodyKeyName(header)
    if let key = derived[name] { return key }
    let key =
      switch name {
      case .agreement: try agreementKey(header)
      case .topic(let topic): topicKey(topic)
      case .formerTopic(let topic): try formerTopicKey(topic)
      }
    derived.insert(key, for: name)
    return key
  }

  private func topicKey(_ name: TopicName) -> SymmetricKey {
    var info = ByteWriter(capacity: 300)
    info.write("symbiont topic 2".utf8)
    info.write(name.protection.rawValue)
    info.write(name.instance)
    info.write(name.epoch)
    info.write(name.topic.utf8)
    return HKDF<SHA256>.deriveKey(inputKeyMaterial: topicSecret, info: info.bytes, outputByteCount: 32)
  }

  private func formerTopicKey(_ name: TopicName) throws(CommunicationError) -> SymmetricKey {
    guard let key = formerTopicKeys[TopicName(topic: name.topic, epoch: name.epoch)] else {
      throw .topicKeyUnknown(topic: name.topic, epoch: Int(name.epoch))
    }
    return HKDF<SHA256>.deriveKey(
      inputKeyMaterial: key, info: Data("symbiont topic 1 \(name.protection.rawValue)".utf8), outputByteCount: 32)
  }

  private mutating func agreementKey(_ header: EnvelopeHeader) throws(CommunicationError) -> SymmetricKey {
    let sender = try identity(of: header.from, epoch: Int(header.senderEpoch))
    let receiver = try identity(of: header.to, epoch: Int(header.keyEpoch))
    guard let secret = try? sender.agreement.sharedSecretFromKeyAgreement(with: receiver.agreement.publicKey) else {
      throw .encryptionFailed(reason: "the keys of sender and receiver give no secret")
    }
    var info = ByteWriter(capacity: 80)
    info.write("symbiont message 1".utf8)
    info.write(header.protection.rawValue)
    info.write(header.from)
    info.write(header.senderEpoch)
    info.write(header.to)
    info.write(header.keyEpoch)
    return secret.hkdfDerivedSymmetricKey(
      using: SHA256.self, salt: Data(), sharedInfo: info.bytes, outputByteCount: 32)
  }
}
