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

  private struct TopicChain: Sendable {
    var current = 0
    var isRotationDue = false
    var epochs: [Int: SymmetricKey] = [:]
  }

  /// How many epochs of an agent's or a topic's keys are kept.
  static let maximumEpochs = 64

  private let masterKey: MasterKey
  private var chains: [AgentID: Chain] = [:]
  private var topics: [String: TopicChain] = [:]
  private var agreed: BoundedCache<AgreementName, SymmetricKey>

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

  init(masterKey: MasterKey, cacheLimit: Int) {
    self.masterKey = masterKey
    agreed = BoundedCache(limit: cacheLimit)
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
    agreed.removeAll()
  }

  // MARK: Topics

  mutating func add(topic: String, epoch: Int, key: SymmetricKey) {
    topics[topic, default: TopicChain()].epochs[epoch] = key
    topics[topic]?.epochs[epoch - Self.maximumEpochs] = nil
    if epoch >= topics[topic]?.current ?? 0 {
      topics[topic]?.current = epoch
      topics[topic]?.isRotationDue = false
    }
  }

  var topicCount: Int { topics.count }

  /// The epoch of the topic's key; nil when the next message needs a new one.
  func usableEpoch(of topic: String) -> Int? {
    topics[topic].flatMap { $0.isRotationDue || $0.current == 0 ? nil : $0.current }
  }

  func currentEpoch(ofTopic topic: String) -> Int { topics[topic]?.current ?? 0 }

  /// Has the next message of each of these topics sealed with a new key.
  mutating func rotateTopics(where isAffected: (String) -> Bool) {
    for topic in topics.keys where isAffected(topic) { topics[topic]?.isRotationDue = true }
  }

  // MARK: Keys of envelopes

  /// The key that seals and opens the body of an envelope.
  mutating func bodyKey(_ header: EnvelopeHeader) throws(CommunicationError) -> SymmetricKey {
    switch header.keying {
    case .agreement: try agreementKey(header)
    case .topic: try topicKey(header)
    }
  }

  private mutating func topicKey(_ header: EnvelopeHeader) throws(CommunicationError) -> SymmetricKey {
    guard let key = topics[header.topic]?.epochs[Int(header.keyEpoch)] else {
      throw .topicKeyUnknown(topic: header.topic, epoch: Int(header.keyEpoch))
    }
    return HKDF<SHA256>.deriveKey(
      inputKeyMaterial: key, info: Data("symbiont topic 1 \(header.protection.rawValue)".utf8), outputByteCount: 32)
  }

  private mutating func agreementKey(_ header: EnvelopeHeader) throws(CommunicationError) -> SymmetricKey {
    let name = AgreementName(header)
    if let key = agreed[name] { return key }
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
    let key = secret.hkdfDerivedSymmetricKey(
      using: SHA256.self, salt: Data(), sharedInfo: info.bytes, outputByteCount: 32)
    agreed.insert(key, for: name)
    return key
  }
}
