import Crypto
import Foundation
import SymbiontCore

/// What an envelope held, after everything about it was checked.
struct OpenedEnvelope: Sendable {
  var header: EnvelopeHeader
  var payload: [UInt8]
  /// The sealed payload; empty when it was only signed.
  var sealedPayload: [UInt8]
  var signature: [UInt8]

  var secureMessage: SecureMessage {
    SecureMessage(
      message: header.message(payload: payload), signature: signature, encryptedPayload: sealedPayload,
      timestamp: header.sentAt)
  }
}

/// A signature of a batch, as it is remembered when it was good.
struct VerifiedRoot: Hashable, Sendable {
  var signer: AgentID
  var epoch: UInt32
  var count: Int
  var root: MerkleTree.Node
  var signature: [UInt8]

  func hash(into hasher: inout Hasher) {
    // The root is different for all batches but forged ones.
    hasher.combine(root)
  }
}

/// What an opener needs of the keys.
protocol EnvelopeKeys {
  func identity(of agentID: AgentID, epoch: Int) throws(CommunicationError) -> AgentIdentity
  func bodyKey(_ header: EnvelopeHeader) throws(CommunicationError) -> SymmetricKey
  func isVerified(_ root: VerifiedRoot) -> Bool
  func remember(_ root: VerifiedRoot)
}

/// Checks envelopes and opens them; every byte of one counts.
struct EnvelopeOpener: Sendable {
  let maximumPayload: Int
  /// Whether what is only signed is taken, too.
  let takesPlain: Bool

  /// The envelope of a message for an agent, checked in the order: form, place, signature, seal, size.
  func open(
    _ bytes: [UInt8], for recipient: AgentID, id: MessageID?, keys: some EnvelopeKeys
  ) throws(CommunicationError) -> OpenedEnvelope {
    var memory = BatchMemory()
    return try open(bytes, for: recipient, id: id, keys: keys, memory: &memory)
  }

  /// The same for many that are opened one after the other.
  func open(
    _ bytes: [UInt8], for recipient: AgentID, id: MessageID?, keys: some EnvelopeKeys, memory: inout BatchMemory
  ) throws(CommunicationError) -> OpenedEnvelope {
    let decoded = try Envelope.decode(bytes, maximumPayload: maximumPayload)
    let header = decoded.envelope.header
    guard header.to == recipient, id == nil || id == header.id else {
      throw .recipientWrong(messageID: id ?? header.id, agentID: recipient)
    }
    try verify(decoded, keys: keys, memory: &memory)
    guard takesPlain || header.protection != .plain else {
      throw .decryptionFailed(messageID: header.id, reason: "it is not sealed, and this bus takes only what is")
    }
    let content = try unseal(decoded, keys: keys, memory: &memory)
    guard header.isCompressed else { return opened(decoded, payload: content) }
    guard let payload = PayloadCompression.decompress(content, size: Int(header.payloadSize)) else {
      throw .decryptionFailed(messageID: header.id, reason: "it does not decompress to the size that it states")
    }
    return opened(decoded, payload: payload)
  }

  private func opened(_ decoded: DecodedEnvelope, payload: [UInt8]) -> OpenedEnvelope {
    let envelope = decoded.envelope
    return OpenedEnvelope(
      header: envelope.header, payload: payload,
      sealedPayload: envelope.header.protection == .plain ? [] : envelope.body, signature: envelope.proof.signature)
  }

  private func verify(
    _ decoded: DecodedEnvelope, keys: some EnvelopeKeys, memory: inout BatchMemory
  ) throws(CommunicationError) {
    let header = decoded.envelope.header
    let proof = decoded.envelope.proof
    if memory.holds(decoded.leaf, proof, of: header) { return }
    let signer = try keys.identity(of: header.from, epoch: Int(header.senderEpoch))
    guard
      let root = MerkleTree.root(leaf: decoded.leaf, index: proof.index, count: proof.count, path: proof.path)
    else { throw .signatureInvalid(messageID: header.id) }
    let verified = VerifiedRoot(
      signer: header.from, epoch: header.senderEpoch, count: proof.count, root: root, signature: proof.signature)
    if keys.isVerified(verified) {
      if proof.count > 1 { memory.remember(decoded.leaf, proof, as: verified) }
      return
    }
    let statement = BatchProof.statement(of: header.from, epoch: header.senderEpoch, count: proof.count, root: root)
    guard signer.signer.isValidSignature(proof.signature, for: statement) else {
      throw .signatureInvalid(messageID: header.id)
    }
    keys.remember(verified)
    if proof.count > 1 { memory.remember(decoded.leaf, proof, as: verified) }
  }

  private func unseal(
    _ decoded: DecodedEnvelope, keys: some EnvelopeKeys, memory: inout BatchMemory
  ) throws(CommunicationError) -> [UInt8] {
    let header = decoded.envelope.header
    let body = decoded.envelope.body
    if header.protection == .plain { return body }
    let key = try memory.bodyKey(header) { header throws(CommunicationError) in try keys.bodyKey(header) }
    // Both kinds of box are the nonce, the ciphertext and the tag.
    let box = withUnsafeTemporaryAllocation(byteCount: EnvelopeHeader.nonceSize + body.count, alignment: 8) { box in
      header.withNonce { box.copyMemory(from: $0) }
      body.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(rebasing: box[EnvelopeHeader.nonceSize...]).copyMemory(from: $0)
      }
      return Data(UnsafeRawBufferPointer(box))
    }
    do {
      if header.protection == .aes256GCM {
        return Array(
          try AES.GCM.open(AES.GCM.SealedBox(combined: box), using: key, authenticating: decoded.opening))
      }
      return Array(
        try ChaChaPoly.open(ChaChaPoly.SealedBox(combined: box), using: key, authenticating: decoded.opening))
    } catch {
      throw .decryptionFailed(messageID: header.id, reason: "its seal is not the one of its sender and receiver")
    }
  }
}
