package import SymbiontCore

extension Envelope {
  /// Reads an envelope; throws ``CommunicationError/envelopeMalformed(reason:)`` for anything but its one encoding.
  package init(decoding bytes: [UInt8], maximumPayload: Int) throws(CommunicationError) {
    self = try Self.decode(bytes, maximumPayload: maximumPayload).envelope
  }

  static func decode(_ bytes: [UInt8], maximumPayload: Int) throws(CommunicationError) -> DecodedEnvelope {
    let largest = maximumPayload + maximumOverhead
    guard bytes.count <= largest else { throw .messageTooLarge(size: bytes.count, maxSize: largest) }
    var reader = ByteReader(bytes)
    let header = try header(&reader)
    let size = Int(try reader.number(UInt32.self))
    guard Int(header.payloadSize) <= maximumPayload else {
      throw .messageTooLarge(size: Int(header.payloadSize), maxSize: maximumPayload)
    }
    let content = size - (header.protection == .plain ? 0 : tagSize)
    // What is not compressed has its size; what is, was compressed because it became smaller.
    guard header.isCompressed ? (1..<max(Int(header.payloadSize), 1)).contains(content) : content == header.payloadSize
    else { throw .envelopeMalformed(reason: "its body of \(size) bytes does not fit to its payload") }
    let opening = bytes[..<reader.position]
    let body = Array(try reader.take(size))
    let leaf = MerkleTree.leaf(bytes[..<reader.position])
    let proof = try BatchProof(from: &reader)
    guard reader.remaining == 0 else {
      throw .envelopeMalformed(reason: "it has \(reader.remaining) bytes more than it should")
    }
    return DecodedEnvelope(
      envelope: Envelope(header: header, body: body, proof: proof), opening: opening, leaf: leaf)
  }

  private static func header(_ reader: inout ByteReader) throws(CommunicationError) -> EnvelopeHeader {
    guard try reader.number(UInt32.self) == magic else {
      throw .envelopeMalformed(reason: "it does not start as an envelope does")
    }
    let version = try reader.number(UInt8.self)
    guard version == Self.version else { throw .envelopeMalformed(reason: "its version is \(version), not 1") }
    let flags = try reader.number(UInt8.self)
    guard flags & ~(Flags.compressed | Flags.reply) == 0 else {
      throw .envelopeMalformed(reason: "it has flags that this version does not know")
    }
    guard let protection = EnvelopeHeader.Protection(rawValue: try reader.number()),
      let keying = EnvelopeHeader.Keying(rawValue: try reader.number()),
      let priority = Priority(rawValue: Int(try reader.number(UInt8.self)))
    else { throw .envelopeMalformed(reason: "its protection, keying or priority is not known") }
    let id = try reader.identifier(MessageID.self)
    let request = flags & Flags.reply == 0 ? nil : try reader.identifier(MessageID.self)
    let from = try reader.identifier(AgentID.self)
    let to = try reader.identifier(AgentID.self)
    let sentAt = Int64(bitPattern: try reader.number())
    let timeToLive = Int64(bitPattern: try reader.number())
    let senderEpoch = try reader.number(UInt32.self)
    let keyEpoch = try reader.number(UInt32.self)
    let sequence = try reader.number(UInt64.self)
    let instance = try reader.number(UInt32.self)
    let payloadSize = try reader.number(UInt32.self)
    let topicSize = Int(try reader.number(UInt16.self))
    guard let topic = String(validating: try reader.take(topicSize), as: UTF8.self),
      Message.Bounds.topicBytes.contains(topicSize)
    else { throw .envelopeMalformed(reason: "its topic is not a text of 1 to 256 bytes") }
    let times = Timestamp.earliest.microsecondsSinceEpoch...Timestamp.latest.microsecondsSinceEpoch
    guard times.contains(sentAt), Self.timesToLive.contains(timeToLive), Int64(exactly: sequence) != nil else {
      throw .envelopeMalformed(reason: "its time, time to live or sequence is out of bounds")
    }
    return EnvelopeHeader(
      id: id, inReplyTo: request, from: from, to: to, topic: topic,
      sentAt: Timestamp(microsecondsSinceEpoch: sentAt), timeToLive: timeToLive, priority: priority,
      protection: protection, keying: keying, isCompressed: flags & Flags.compressed != 0, senderEpoch: senderEpoch,
      keyEpoch: keyEpoch, sequence: sequence, instance: instance, payloadSize: payloadSize)
  }

  /// The bounds of `Message.Bounds.timeToLive` in microseconds.
  private static let timesToLive =
    Message.Bounds.timeToLive.lowerBound.wholeMicroseconds...Message.Bounds.timeToLive.upperBound.wholeMicroseconds
}
