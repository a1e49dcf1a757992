import SymbiontTesting
import Testing

@testable import SymbiontSandbox

@Suite("The codec of the guest protocol")
struct GuestCodecTests {
  @Test("gives back every message that it wrote")
  func roundTrip() throws {
    var random = SeededRandom.forTest()
    for _ in 0..<2_000 {
      let message = GuestMessage.sample(using: &random)
      let frame = message.frame(channel: .random(in: 0 ... .max, using: &random))
      var decoder = GuestFrameDecoder()
      frame.encoded().withUnsafeBytes { decoder.append($0) }
      let decoded = try #require(try decoder.next(), "\(random)")
      #expect(decoded == frame, "\(random)")
      #expect(try GuestMessage(decoded) == message, "\(random)")
      #expect(try decoder.next() == nil, "\(random)")
    }
  }

  @Test("finds the frames however the stream is cut")
  func splitting() throws {
    var random = SeededRandom.forTest()
    let frames = (0..<200).map { GuestMessage.sample(using: &random).frame(channel: UInt32($0)) }
    let bytes = frames.flatMap { $0.encoded() }
    var decoder = GuestFrameDecoder()
    var found: [GuestFrame] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Int.random(in: 1...999, using: &random))
      Array(piece).withUnsafeBytes { decoder.append($0) }
      rest = rest.dropFirst(piece.count)
      while let frame = try decoder.next() { found.append(frame) }
    }
    #expect(found == frames, "\(random)")
  }

  @Test("refuses every truncated message, or waits for the rest")
  func truncation() throws {
    var random = SeededRandom.forTest()
    for _ in 0..<300 {
      let frame = GuestMessage.sample(using: &random).frame(channel: 1)
      for count in 0..<min(frame.payload.count, 200) {
        var cut = frame
        cut.payload = Array(frame.payload.prefix(count))
        // Either it means something of its own, or the error is one of the codec's.
        #expect(throws: Never.self, "\(random)") {
          do { _ = try GuestMessage(cut) } catch is GuestProtocolError {}
        }
        var decoder = GuestFrameDecoder()
        Array(frame.encoded().prefix(count)).withUnsafeBytes { decoder.append($0) }
        #expect(try decoder.next() == nil, "\(random)")
      }
    }
  }

  @Test("reads something or refuses it, whichever bit is flipped")
  func flips() {
    var random = SeededRandom.forTest()
    for _ in 0..<300 {
      let bytes = GuestMessage.sample(using: &random).frame(channel: 7).encoded()
      for _ in 0..<20 {
        var flipped = bytes
        flipped[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        var decoder = GuestFrameDecoder()
        flipped.withUnsafeBytes { decoder.append($0) }
        #expect(throws: Never.self, "\(random)") {
          do {
            while let frame = try decoder.next() { _ = try GuestMessage(frame) }
          } catch is GuestProtocolError {}
        }
      }
    }
  }

  @Test("refuses frames that no guest may send")
  func refusals() {
    func decode(_ header: [UInt8]) throws -> GuestFrame? {
      var decoder = GuestFrameDecoder()
      header.withUnsafeBytes { decoder.append($0) }
      return try decoder.next()
    }
    #expect(throws: GuestProtocolError.frameTooLong(65_537)) { try decode([1, 0, 1, 0, 0x11, 0, 0, 0, 0, 0, 0, 0]) }
    #expect(throws: GuestProtocolError.unknownType(0xee)) { try decode([0, 0, 0, 0, 0xee, 0, 0, 0, 0, 0, 0, 0]) }
    #expect(throws: GuestProtocolError.unknownFlags(0x44)) { try decode([0, 0, 0, 0, 0x11, 0x44, 0, 0, 0, 0, 0, 0]) }
    #expect(throws: GuestProtocolError.reservedBytesSet) { try decode([0, 0, 0, 0, 0x11, 0, 1, 0, 0, 0, 0, 0]) }
  }

  @Test("splits a request that is longer than a frame, and no more than needed")
  func longRequests() throws {
    let frame = GuestFrame(type: .execute, channel: 3, payload: [UInt8](repeating: 9, count: 150_000))
    var decoder = GuestFrameDecoder()
    frame.encoded().withUnsafeBytes { decoder.append($0) }
    var parts: [GuestFrame] = []
    while let part = try decoder.next() { parts.append(part) }
    #expect(parts.map(\.payload.count) == [65_536, 65_536, 18_928])
    #expect(parts.map { $0.flags.contains(.more) } == [true, true, false])
  }
}
