import NIOCore
import SymbiontTesting
import Testing

@testable import SymbiontSandbox

@Suite("The engine's framed output")
struct AttachFrameDecoderTests {
  private typealias Stream = AttachFrameDecoder.Stream

  private static func frame(_ stream: UInt8, _ bytes: [UInt8], padding: [UInt8] = [0, 0, 0]) -> [UInt8] {
    let length = UInt32(bytes.count)
    return [stream] + padding + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + bytes
  }

  /// Everything that comes out of bytes that come in pieces of the given lengths.
  private static func decode(_ bytes: [UInt8], pieces: [Int]) throws -> (streams: [Stream: [UInt8]], end: Bool) {
    var decoder = AttachFrameDecoder()
    var streams: [Stream: [UInt8]] = [:]
    var offset = 0
    for length in pieces {
      var buffer = ByteBuffer(bytes: bytes[offset..<offset + length])
      offset += length
      while let piece = try decoder.next(&buffer) {
        #expect(piece.bytes.readableBytes > 0)
        streams[piece.stream, default: []] += piece.bytes.readableBytesView
      }
      #expect(buffer.readableBytes == 0)
    }
    #expect(offset == bytes.count)
    return (streams, (try? decoder.finish()) != nil)
  }

  private static func pieces(of count: Int, _ random: inout SeededRandom) -> [Int] {
    var result: [Int] = []
    var rest = count
    while rest > 0 {
      let length = Int.random(in: 1...min(rest, 40), using: &random)
      result.append(length)
      rest -= length
    }
    return result
  }

  @Test("comes out as it went in, however it is cut")
  func roundTrip() throws {
    var random = SeededRandom.forTest()
    for _ in 0..<500 {
      var expected: [Stream: [UInt8]] = [:]
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        let stream = try #require(Stream(rawValue: UInt8.random(in: 1...3, using: &random)))
        let text = (0..<Int.random(in: 0...200, using: &random)).map { _ in
          UInt8.random(in: .min ... .max, using: &random)
        }
        if !text.isEmpty { expected[stream, default: []] += text }
        bytes += Self.frame(stream.rawValue, text)
      }
      let decoded = try Self.decode(bytes, pieces: Self.pieces(of: bytes.count, &random))
      #expect(decoded.streams == expected, "\(random)")
      #expect(decoded.end, "\(random)")
    }
  }

  @Test("that ends within a header or a frame is known to be cut off")
  func truncation() throws {
    let bytes = Self.frame(1, Array("hello".utf8)) + Self.frame(2, Array("there".utf8))
    let whole = [0, bytes.count / 2, bytes.count]
    for length in 0...bytes.count {
      let decoded = try Self.decode(Array(bytes[..<length]), pieces: length == 0 ? [] : [length])
      #expect(decoded.end == whole.contains(length))
    }
  }

  @Test("with an unknown stream or a header that is none is refused", arguments: 0...255 as ClosedRange<UInt8>)
  func invalidHeaders(_ byte: UInt8) throws {
    if !(1...3).contains(byte) {
      let bytes = Self.frame(byte, [1])
      #expect(throws: AttachFrameDecoder.Failure.headerInvalid(Array(bytes[..<8]))) {
        try Self.decode(bytes, pieces: [bytes.count])
      }
    }
    guard byte != 0 else { return }
    for index in 0..<3 {
      var padding: [UInt8] = [0, 0, 0]
      padding[index] = byte
      let bytes = Self.frame(1, [1], padding: padding)
      #expect(throws: AttachFrameDecoder.Failure.self) { try Self.decode(bytes, pieces: [bytes.count]) }
    }
  }

  @Test("of the largest length is passed on without being kept")
  func largestFrame() throws {
    var decoder = AttachFrameDecoder()
    var header = ByteBuffer(bytes: [1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff])
    #expect(try decoder.next(&header) == nil)
    var passed = 0
    for _ in 0..<64 {
      var some = ByteBuffer(repeating: 7, count: 65_536)
      passed += try #require(try decoder.next(&some)).bytes.readableBytes
    }
    #expect(passed == 64 * 65_536)
    #expect(throws: AttachFrameDecoder.Failure.truncated) { try decoder.finish() }
  }

  @Test("that is garbage, or was changed on the way, is decoded or refused, and nothing is invented")
  func fuzz() throws {
    var random = SeededRandom.forTest()
    for round in 0..<2_000 {
      var bytes: [UInt8]
      if round.isMultiple(of: 2) {
        bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: .min ... .max, using: &random)
        }
      } else {
        bytes = (0..<4).flatMap { Self.frame(UInt8($0 % 3 + 1), [UInt8](repeating: 9, count: $0 * 13)) }
        bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1 ... .max, using: &random)
      }
      let pieces = Self.pieces(of: bytes.count, &random)
      do {
        let decoded = try Self.decode(bytes, pieces: pieces)
        #expect(decoded.streams.values.reduce(0) { $0 + $1.count } <= bytes.count)
      } catch is AttachFrameDecoder.Failure {
        // As it should be.
      }
    }
  }
}
