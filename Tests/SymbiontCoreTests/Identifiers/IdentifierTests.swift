import SymbiontCore
import SymbiontTesting
import Testing

@Suite("Identifiers")
struct IdentifierTests {
  @Test(
    "a text that is not a UUID is refused",
    arguments: [
      "", "-", "0197f2a4", "0197f2a47c1e7b3a9d521f6c0a8e4b77", "0197f2a4-7c1e-7b3a-9d52-1f6c0a8e4b7",
      "0197f2a4-7c1e-7b3a-9d52-1f6c0a8e4b777", "0197f2a4-7c1e-7b3a-9d52_1f6c0a8e4b77",
      "g197f2a4-7c1e-7b3a-9d52-1f6c0a8e4b77", "{197f2a4-7c1e-7b3a-9d52-1f6c0a8e4b7}",
      "0197f2a4-7c1e-7b3a-9d52-1f6c0a8e4b7\u{0}", "0197f2a4-7c1e-7b3a-9d52-1f6c0a8e4bé",
      " 197f2a4-7c1e-7b3a-9d52-1f6c0a8e4b77", "-0197f2a47c1e-7b3a-9d52-1f6c0a8e4b77",
    ])
  func refusedText(_ text: String) {
    #expect(AgentID(text) == nil)
  }

  @Test("bytes that are not sixteen are refused")
  func refusedBytes() {
    for count in [0, 1, 15, 17, 32] {
      #expect(EffectID(bytes: [UInt8](repeating: 7, count: count)) == nil)
    }
  }

  @Test("JSON that is not a UUID string is a decoding error that quotes it on one line")
  func refusedWire() {
    expectRefused(AgentID.self, #""agent-id-1""#, because: "expected a UUID such as")
    expectRefused(AgentID.self, #""a\nb""#, because: "found `a\\u{a}b`")
    #expect(throws: DecodingError.self) { try WireForm.value(AgentID.self, from: "7") }
    let long = "\"" + String(repeating: "x", count: 10_000) + "\""
    do {
      _ = try WireForm.value(AgentID.self, from: long)
      Issue.record("a long text was read")
    } catch {
      #expect("\(error)".count < 1_000)
    }
  }

  @Test("the text form is the UUID in lower case, and digits are read in either case")
  func textForm() throws {
    let text = "0197f2a4-7c1e-7b3a-9d52-1f6c0a8e4b77"
    let id = try #require(TaskID(text))
    #expect(id.description == text)
    #expect(TaskID(text.uppercased()) == id)
    #expect(id.bytes == [1, 0x97, 0xF2, 0xA4, 0x7C, 0x1E, 0x7B, 0x3A, 0x9D, 0x52, 0x1F, 0x6C, 0x0A, 0x8E, 0x4B, 0x77])
    try expectWire(id, "\"\(text)\"")
  }

  @Test("every value survives its text, its bytes and its JSON")
  func roundTrips() throws {
    var random = SeededRandom.forTest()
    for _ in 0..<1_000 {
      let id = MessageID(value: UniqueValue(high: random.next(), low: random.next()))
      #expect(MessageID(id.description) == id, "\(random)")
      #expect(MessageID(bytes: id.bytes) == id, "\(random)")
      #expect(MessageID(bytes: id.bytes[...]) == id, "\(random)")
      #expect(try WireForm.value(MessageID.self, from: try WireForm.json(id)) == id, "\(random)")
    }
  }

  @Test("order, text order and byte order are the same")
  func order() {
    var random = SeededRandom.forTest()
    for _ in 0..<1_000 {
      let high: UInt64 = Bool.random(using: &random) ? 5 : random.next()
      let left = AuditID(value: UniqueValue(high: high, low: random.next()))
      let right = AuditID(value: UniqueValue(high: Bool.random(using: &random) ? high : 5, low: random.next()))
      #expect((left < right) == (left.description < right.description), "\(random)")
      #expect((left < right) == left.bytes.lexicographicallyPrecedes(right.bytes), "\(random)")
    }
  }

  @Test("new ids are UUIDs of version 7 that hold their millisecond")
  func version7() throws {
    var random = SeededRandom.forTest()
    for _ in 0..<1_000 {
      let milliseconds = Int64.random(in: 0...253_402_300_799_999, using: &random)
      let timestamp = Timestamp(microsecondsSinceEpoch: milliseconds * 1_000 + .random(in: 0..<1_000, using: &random))
      let bytes = SnapshotID(timestamp: timestamp, using: &random).bytes
      #expect(bytes[6] >> 4 == 7)
      #expect(bytes[8] >> 6 == 0b10)
      #expect(bytes.prefix(6).reduce(0) { $0 << 8 | Int64($1) } == milliseconds, "\(random)")
    }
  }

  @Test("ids of different microseconds sort by time, whatever the randomness")
  func timeOrder() {
    var random = SeededRandom.forTest()
    for _ in 0..<2_000 {
      let earlier = Timestamp(microsecondsSinceEpoch: .random(in: 0...253_402_300_799_000_000, using: &random))
      let later = earlier + .microseconds(Int64.random(in: 1...3_000, using: &random))
      let first = ExecutionID(timestamp: earlier, using: &random)
      let second = ExecutionID(timestamp: later, using: &random)
      #expect(first < second, "\(earlier) \(later) \(random)")
    }
  }

  @Test("a moment before 1970 gives an id of 1970")
  func beforeEpoch() {
    var random = SeededRandom(seed: 1)
    let id = RequestID(timestamp: .earliest, using: &random)
    #expect(id.bytes.prefix(6).allSatisfy { $0 == 0 })
  }

  @Test("new ids differ, and lie between the moments before and after")
  func systemIDs() {
    var random = SeededRandom(seed: 1)
    let before = SandboxID(timestamp: .now() - .milliseconds(1), using: &random)
    let ids = (0..<10_000).map { _ in SandboxID() }
    let after = SandboxID(timestamp: .now() + .milliseconds(1), using: &random)
    #expect(Set(ids).count == ids.count)
    #expect(ids.allSatisfy { before < $0 && $0 < after })
  }
}
