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
      parts.append(
        try part(
          outgoing, signer: signer, sentAt: sentAt, sequence: sequence + UInt64(offset), bodyKey: bodyKey))
    }
    let tree = MerkleTree(leaves: parts.map { MerkleTree.leaf($0.bytes.bytes[...]) })
    let statement = BatchProof.statement(
      of: signer.published.agentID, epoch: UInt32(signer.published.epoch), count: batch.count, root: tree.root)
    guard let signature = try? signer.signing.signature(for: statement) else {
      throw .encryptionFailed(reason: "the batch could not be signed")
    }
    let signatureBytes = Array(signature)
    let envelopes = parts.enumerated().map { index, part in
      var writer = part.bytes
      BatchProof(index: index, count: batch.count, path: tree.path(of: index), signature: signatureBytes)
        .write(to: &writer)
      return SealedEnvelope(header: part.header, bytes: writer.bytes)
    }
    let root = VerifiedRoot(
      signer: signer.published.agentID, epoch: UInt32(signer.published.epoch), count: batch.count, root: tree.root,
      signature: signatureBytes)
    return (envelopes, root)
  }

  private func part(
    _ outgoing: Outgoing, signer: AgentIdentity, sentAt: Timestamp, sequence: UInt64,
    bodyKey: (EnvelopeHeader) throws(CommunicationError) -> SymmetricKey
  ) throws(CommunicationError) -> (header: EnvelopeHeader, bytes: ByteWriter) {
    let message = outgoing.message
    let compressed = isCompressing ? PayloadCompression.compress(message.payload) : nil
    let header = EnvelopeHeader(
      id: message.id, inReplyTo: message.inReplyTo, from: message.from, to: message.to, topic: message.topic,
      sentAt: sentAt, timeToLive: message.timeToLive.wholeMicroseconds, priority: message.priority,
      protection: protection, keying: outgoing.keying, isCompressed: compressed != nil,
      senderEpoch: UInt32(signer.published.epoch), keyEpoch: UInt32(outgoing.keyEpoch), sequence: sequence,
      instance: instance, payloadSize: UInt32(message.payload.count))
    let content = compressed ?? message.payload
    let bodySize = content.count + (protection == .plain ? 0 : Envelope.tagSize)
    var writer = Envelope.opening(header, bodySize: bodySize)
    do {
      switch protection {
      case .plain:
        writer.write(content)
      case .aes256GCM:
        let box = try AES.GCM.seal(
          content, using: try bodyKey(header), nonce: try AES.GCM.Nonce(data: header.nonce),
          authenticating: writer.bytes)
        writer.write(box.ciphertext)
        writer.write(box.tag)
      case .chaCha20Poly1305:
        let box = try ChaChaPoly.seal(
          content, using: try bodyKey(header), nonce: try ChaChaPoly.Nonce(data: header.nonce),
          authenticating: writer.bytes)
        writer.write(box.ciphertext)
        writer.write(box.tag)
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
