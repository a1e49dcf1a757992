import Crypto
import Foundation
import SymbiontCore

/// A message that is to be sealed, with what the bus has decided about it.
struct Outgoing: Sendable {
  var message: Message
  var keying: EnvelopeHeader.Keying
  /// Of the key that seals: the receiver's or the topic's.
  var keyEpoch: Int
  /// Why it is a dead letter from the start; nil when it is to be delivered.
  var refusal: String?
}

/// Seals messages of one sender, and signs them together.
struct EnvelopeSealer: Sendable {
  let protection: EnvelopeHeader.Protection
  let isCompressing: Bool
  let instance: UInt32

  /// One envelope for each message; all are signed with one signature.
  ///
  /// - Parameter sequence: The first of as many numbers as there are messages, never used before.
  func seal(
    _ batch: [Outgoing], signer: AgentIdentity, sentAt: Timestamp, sequence: UInt64,
    bodyKey: (EnvelopeHeader) throws(CommunicationError) -> SymmetricKey
  ) throws(CommunicationError) -> (envelopes: [SealedEnvelope], root: VerifiedRoot) {
    var parts: [(header: EnvelopeHeader, bytes: ByteWriter)] = []
    parts.reserveCapacity(batch.count)
    for (offset, outgoing) in batch.enumerated() {
      let header = header(of: outgoing, signer: signer, sentAt: sentAt, sequence: sequence + UInt64(offset))
      parts.append(
        try part(
          header, outgoing.message.payload, proofSize: BatchProof.size(of: offset, count: batch.count),
          bodyKey: bodyKey))
    }
    let tree = MerkleTree(leaves: parts.map { MerkleTree.leaf($0.bytes.bytes[...]) })
    let statement = BatchProof.statement(
      of: signer.published.agentID, epoch: UInt32(signer.published.epoch), count: batch.count, root: tree.root)
    guard let signature = try? signer.signing.signature(for: statement) else {
      throw .encryptionFailed(reason: "the batch could not be signed")
    }
    let signatureBytes = Array(signature)
    // In their place, so that nothing is copied.
    for index in parts.indices {
      BatchProof.write(index, of: tree, signature: signatureBytes, to: &parts[index].bytes)
    }
    let envelopes = parts.map { SealedEnvelope(header: $0.header, bytes: $0.bytes.bytes) }
    let root = VerifiedRoot(
      signer: signer.published.agentID, epoch: UInt32(signer.published.epoch), count: batch.count, root: tree.root,
      signature: signatureBytes)
    return (envelopes, root)
  }

  private func header(
    of outgoing: Outgoing, signer: AgentIdentity, sentAt: Timestamp, sequence: UInt64
  ) -> EnvelopeHeader {
    let message = outgoing.message
    return EnvelopeHeader(
      id: message.id, inReplyTo: message.inReplyTo, from: message.from, to: message.to, topic: message.topic,
      sentAt: sentAt, timeToLive: message.timeToLive.wholeMicroseconds, priority: message.priority,
      protection: protection, keying: outgoing.keying, isCompressed: false,
      senderEpoch: UInt32(signer.published.epoch), keyEpoch: UInt32(outgoing.keyEpoch), sequence: sequence,
      instance: instance, payloadSize: UInt32(message.payload.count))
  }

  private func part(
    _ header: EnvelopeHeader, _ payload: [UInt8], proofSize: Int,
    bodyKey: (EnvelopeHeader) throws(CommunicationError) -> SymmetricKey
  ) throws(CommunicationError) -> (header: EnvelopeHeader, bytes: ByteWriter) {
    let compressed = isCompressing ? PayloadCompression.compress(payload) : nil
    var header = header
    header.isCompressed = compressed != nil
    let content = compressed ?? payload
    let bodySize = content.count + (protection == .plain ? 0 : Envelope.tagSize)
    var writer = Envelope.opening(header, bodySize: bodySize, proofSize: proofSize)
    do {
      switch protection {
      case .plain:
        writer.write(content)
      case .aes256GCM:
        let (key, nonce) = (try bodyKey(header), try header.withNonce { try AES.GCM.Nonce(data: $0) })
        let box = try content.withUnsafeBytes { content in
          try writer.bytes.withUnsafeBytes { opening in
            try AES.GCM.seal(content, using: key, nonce: nonce, authenticating: opening)
          }
        }
        // A nonce of twelve bytes makes a combined form; none would leave a body that is too short to be opened.
        writer.write((box.combined ?? Data()).dropFirst(EnvelopeHeader.nonceSize))
      case .chaCha20Poly1305:
        let box = try ChaChaPoly.seal(
          content, using: try bodyKey(header), nonce: try header.withNonce { try ChaChaPoly.Nonce(data: $0) },
          authenticating: writer.bytes)
        writer.write(box.combined.dropFirst(EnvelopeHeader.nonceSize))
      }
    } catch let error as CommunicationError {
      throw error
    } catch {
      throw .encryptionFailed(reason: "the payload could not be sealed")
    }
    return (header, writer)
  }
}

/// An envelope that is ready to be stored or carried.
package struct SealedEnvelope: Sendable {
  package var header: EnvelopeHeader
  package var bytes: [UInt8]
}
