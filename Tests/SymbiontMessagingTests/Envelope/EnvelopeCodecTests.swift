import SymbiontCore
import SymbiontMessaging
import SymbiontTesting
import Testing

@Suite("Envelopes")
struct EnvelopeCodecTests {
  @Test("are the same after encoding and decoding, in one encoding each")
  func roundTrip() throws {
    var random = SeededRandom.forTest()
    for _ in 0..<500 {
      let envelope = Self.envelope(&random)
      let bytes = envelope.encoded()
      let decoded = try Envelope(decoding: bytes, maximumPayload: 1_024)
      #expect(decoded == envelope, "\(random)")
      #expect(decoded.encoded() == bytes, "\(random)")
    }
  }

  @Test("that are cut, longer or changed are refused, or are their own one encoding")
  func damaged() throws {
    var random = SeededRandom.forTest()
    for _ in 0..<200 {
      let bytes = Self.envelope(&random).encoded()
      for end in [0, 1, Int.random(in: 0..<bytes.count, using: &random), bytes.count - 1] {
        #expect(throws: CommunicationError.self, "\(random)") {
          try Envelope(decoding: Array(bytes[..<end]), maximumPayload: 1_024)
        }
      }
      #expect(throws: CommunicationError.self) { try Envelope(decoding: bytes + [0], maximumPayload: 1_024) }
      var changed = bytes
      changed[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
      if let envelope = try? Envelope(decoding: changed, maximumPayload: 1_024) {
        #expect(envelope.encoded() == changed, "\(random)")
      }
    }
  }

  @Test("made of random bytes are refused")
  func noise() {
    var random = SeededRandom.forTest()
    for _ in 0..<2_000 {
      let count = Int.random(in: 0...400, using: &random)
      var bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      if Bool.random(using: &random), count > 5 { bytes.replaceSubrange(0..<5, with: Array("SYME".utf8) + [1]) }
      #expect(throws: CommunicationError.self, "\(random)") { try Envelope(decoding: bytes, maximumPayload: 1_024) }
    }
  }

  @Test("that state or have more than the bus takes are refused before they are copied")
  func tooLarge() throws {
    var random = SeededRandom.forTest()
    let envelope = Self.envelope(&random, payload: 600)
    let error = #expect(throws: CommunicationError.self) {
      try Envelope(decoding: envelope.encoded(), maximumPayload: 599)
    }
    #expect(error?.code == "MESSAGE_TOO_LARGE")
  }

  private static func envelope(_ random: inout SeededRandom, payload: Int? = nil) -> Envelope {
    let protection = EnvelopeHeader.Protection.allCases.randomElement(using: &random) ?? .plain
    let size = payload ?? Int.random(in: 0...300, using: &random)
    let count = Int.random(in: 1...80, using: &random)
    let index = Int.random(in: 0..<count, using: &random)
    func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) } }
    func agent() -> AgentID {
      AgentID(value: UniqueValue(high: .random(in: .min ... .max, using: &random), low: 7))
    }
    let tree = MerkleTree(leaves: (0..<count).map { MerkleTree.leaf([UInt8($0)][...]) })
    let header = EnvelopeHeader(
      id: MessageID(timestamp: .epoch, using: &random),
      inReplyTo: Bool.random(using: &random) ? MessageID(timestamp: .epoch, using: &random) : nil, from: agent(),
      to: agent(), topic: String(repeating: "ü", count: Int.random(in: 1...128, using: &random)),
      sentAt: Timestamp(microsecondsSinceEpoch: .random(in: 0...1_900_000_000_000_000, using: &random)),
      timeToLive: .random(in: 1_000...31_536_000_000_000, using: &random),
      priority: Priority.allCases.randomElement(using: &random) ?? .low, protection: protection,
      keying: EnvelopeHeader.Keying.allCases.randomElement(using: &random) ?? .topic, isCompressed: false,
      senderEpoch: .random(in: .min ... .max, using: &random), keyEpoch: .random(in: .min ... .max, using: &random),
      sequence: .random(in: 0...UInt64(Int64.max), using: &random),
      instance: .random(in: .min ... .max, using: &random),
      payloadSize: UInt32(size))
    return Envelope(
      header: header, body: bytes(size + (protection == .plain ? 0 : 16)),
      proof: BatchProof(index: index, count: count, path: tree.path(of: index), signature: bytes(64)))
  }
}
