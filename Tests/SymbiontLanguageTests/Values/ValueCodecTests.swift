import Testing

@testable import SymbiontLanguage

@Suite("the binary codec of values")
struct ValueCodecTests {
  @Test("a record or function nested too deep is refused, one within the bound is read")
  func depth() throws {
    for nested in [Nesting.arrays, Nesting.records, Nesting.captures] {
      let deepest = nested(ValueLimits.maximumDepth)
      #expect(try ValueCodec.decode(ValueCodec.encode(deepest)) == deepest)
      let bytes = ValueCodec.encode(nested(ValueLimits.maximumDepth + 1))
      let error = #expect(throws: ValueCodecError.self) { try ValueCodec.decode(bytes) }
      guard case .tooDeep = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }

  @Test(
    "hostile bytes are refused with the place",
    arguments: [
      ([], .truncated(offset: 0)),
      ([2, 0], .unsupportedVersion(2)),
      ([1], .truncated(offset: 1)),
      ([1, 0, 0], .trailingBytes(offset: 2)),
      ([1, 99], .unknownTag(99, offset: 1)),
      ([1, 3], .truncated(offset: 2)),
      ([1, 3, 0x80], .truncated(offset: 3)),
      ([1, 3, 0x80, 0], .malformedNumber(offset: 2)),
      ([1, 3] + [UInt8](repeating: 0xFF, count: 9) + [2], .malformedNumber(offset: 2)),
      ([1, 3] + [UInt8](repeating: 0x80, count: 10) + [1], .malformedNumber(offset: 2)),
      ([1, 4, 0, 0, 0, 0, 0, 0, 0], .truncated(offset: 2)),
      ([1, 5, 2, 97], .truncated(offset: 2)),
      ([1, 5, 1, 0xFF], .malformedText(offset: 3)),
      ([1, 5, 3, 0xED, 0xA0, 0x80], .malformedText(offset: 3)),
      ([1, 6, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], .truncated(offset: 2)),
      ([1, 5] + [UInt8](repeating: 0xFF, count: 9) + [1], .truncated(offset: 2)),
      ([1, 7, 2, 1, 97, 0, 1, 97, 0], .duplicateKey(offset: 6)),
      ([1, 9, 0x80, 0x80, 0x80, 0x80, 0x10, 0], .malformedNumber(offset: 2)),
    ] as [([UInt8], ValueCodecError)])
  func refusals(bytes: [UInt8], expected: ValueCodecError) {
    #expect(throws: expected) { try ValueCodec.decode(bytes) }
    #expect(!expected.description.isEmpty)
  }

  @Test("every value is read back as it was", arguments: [31 as UInt64, 32, 33])
  func roundTrip(seed: UInt64) throws {
    var generator = SampleGenerator(seed: seed)
    for _ in 0..<500 {
      let value = generator.value()
      let bytes = ValueCodec.encode(value)
      let copy = try ValueCodec.decode(bytes)
      #expect(copy == value)
      #expect(ValueCodec.encode(copy) == bytes)
    }
  }

  @Test("every bit pattern of a float survives, NaN and negative zero too")
  func floats() throws {
    for pattern: UInt64 in [0x7FF8_0000_0000_0001, 0xFFF0_0000_0000_0000, 0x8000_0000_0000_0000, 1] {
      guard case .float(let copy) = try ValueCodec.decode(ValueCodec.encode(.float(Double(bitPattern: pattern)))) else {
        Issue.record("not a float")
        continue
      }
      #expect(copy.bitPattern == pattern)
    }
  }

  @Test("whatever is accepted is written again as the same bytes", arguments: [41 as UInt64, 42])
  func fuzz(seed: UInt64) {
    var generator = SampleGenerator(seed: seed)
    var accepted = 0
    for round in 0..<10_000 {
      let bytes =
        round.isMultiple(of: 2)
        ? [ValueCodec.formatVersion] + generator.bytes(maximumCount: 40)
        : generator.mutated(ValueCodec.encode(generator.value(depth: 3)))
      guard let value = try? ValueCodec.decode(bytes) else { continue }
      accepted += 1
      #expect(ValueCodec.encode(value) == bytes, "seed \(seed), round \(round)")
    }
    #expect(accepted > 100)
  }

  @Test("nested hostile counts do not cost memory")
  func amplification() {
    // 256 arrays, each of which claims as many elements as there are bytes left.
    var bytes: [UInt8] = [ValueCodec.formatVersion]
    for _ in 0..<ValueLimits.maximumDepth { bytes += [6, 0xC0, 0x84, 0x3D] }
    bytes += [UInt8](repeating: 0, count: 1_000_200)
    let error = #expect(throws: ValueCodecError.self) { try ValueCodec.decode(bytes) }
    #expect(error != nil)
  }
}
