import Crypto
import SymbiontCore

/// A message as it is stored and carried: the header in the clear, the payload sealed, and the proof that the sender
/// signed both.
///
/// There is one encoding of each envelope: what decodes is what encoding gives, byte for byte. All numbers have their most
/// significant byte first.
///
/// | bytes | what |
/// | --- | --- |
/// | 5 | `SYME`, and the version 1 |
/// | 1 | bit 0: compressed; bit 1: answers a request; the others are zero |
/// | 1, 1, 1 | protection, keying, priority |
/// | 16, (16), 16, 16 | ids of the message, the request, the sender, the receiver |
/// | 8, 8 | microseconds since 1970, microseconds to live |
/// | 4, 4, 8, 4 | epochs of the sender's key and of the sealing key, sequence, instance |
/// | 4, 2, … | size of the payload, length of the topic, the topic |
/// | 4, … | length of the body, the body: the payload, or its ciphertext and tag |
/// | 2, 2, 32 × n, 64 | place in the batch, size of the batch, path to the root, signature |
package struct Envelope: Sendable, Hashable {
  package var header: EnvelopeHeader
  /// The payload or, when it is sealed, its ciphertext and tag.
  package var body: [UInt8]
  package var proof: BatchProof

  package init(header: EnvelopeHeader, body: [UInt8], proof: BatchProof) {
    self.header = header
    self.body = body
    self.proof = proof
  }

  /// `SYME`.
  static let magic: UInt32 = 0x5359_4D45
  static let version: UInt8 = 1
  /// The bytes of an authentication tag.
  static let tagSize = 16

  /// The bytes before the topic and after it up to the body, at most.
  static let fixedSize = 144

  /// What an envelope has beside the payload at most.
  package static let maximumOverhead =
    fixedSize + Message.Bounds.topicBytes.upperBound + tagSize + BatchProof.maximumSize

  enum Flags {
    static let compressed: UInt8 = 1
    static let reply: UInt8 = 2
  }
}

extension Envelope {
  /// The bytes from the start to the body, which are authenticated with it.
  ///
  /// - Parameter proofSize: The bytes that follow the body.
  static func opening(_ header: EnvelopeHeader, bodySize: Int, proofSize: Int) -> ByteWriter {
    let topic = header.topic.utf8
    var writer = ByteWriter(capacity: fixedSize + topic.count + bodySize + proofSize)
    writer.write(magic)
    writer.write(version)
    writer.write((header.isCompressed ? Flags.compressed : 0) | (header.inReplyTo == nil ? 0 : Flags.reply))
    writer.write(header.protection.rawValue)
    writer.write(header.keying.rawValue)
    writer.write(UInt8(header.priority.rawValue))
    writer.write(header.id)
    if let request = header.inReplyTo { writer.write(request) }
    writer.write(header.from)
    writer.write(header.to)
    writer.write(header.sentAt.microsecondsSinceEpoch)
    writer.write(header.timeToLive)
    writer.write(header.senderEpoch)
    writer.write(header.keyEpoch)
    writer.write(header.sequence)
    writer.write(header.instance)
    writer.write(header.payloadSize)
    // A topic has at most 256 bytes.
    writer.write(UInt16(topic.count))
    writer.write(topic)
    // A body has at most 64 megabytes.
    writer.write(UInt32(bodySize))
    return writer
  }

  /// The one encoding.
  package func encoded() -> [UInt8] {
    var writer = Self.opening(
      header, bodySize: body.count, proofSize: BatchProof.size(of: proof.index, count: proof.count))
    writer.write(body)
    proof.write(to: &writer)
    return writer.bytes
  }
}

/// An envelope as it was decoded, with what its signature is about.
struct DecodedEnvelope {
  var envelope: Envelope
  /// What is authenticated with the body.
  var opening: ArraySlice<UInt8>
  var leaf: MerkleTree.Node
}
