/// Reads the primitives of the binary formats from bytes that nobody vouches for.
///
/// Every length is checked against what is left before anything is allocated. Numbers have exactly one accepted form, so
/// that what was read is written again as the same bytes.
package struct ByteReader {
  private let bytes: [UInt8]
  /// Where the next byte is read.
  package private(set) var offset: Int

  /// How many elements room is made for before the first of them was read: a hostile count must not cost memory.
  static let largestReservation = 64

  /// Makes a reader of `bytes` from `offset` on.
  package init(_ bytes: [UInt8], from offset: Int = 0) {
    self.bytes = bytes
    self.offset = Swift.min(Swift.max(offset, 0), bytes.count)
  }

  /// How many bytes are left.
  @inline(__always)
  package var remaining: Int { bytes.count - offset }

  /// Reads one byte.
  @inline(__always)
  package mutating func readByte() throws(ValueCodecError) -> UInt8 {
    guard offset < bytes.count else { throw .truncated(offset: offset) }
    let byte = bytes[offset]
    offset += 1
    return byte
  }

  /// Reads an unsigned LEB128 number in its shortest form.
  @inline(__always)
  package mutating func readVarint() throws(ValueCodecError) -> UInt64 {
    let first = try readByte()
    if first < ByteWriter.continuation { return UInt64(first) }
    return try readLongVarint(first: first)
  }

  private mutating func readLongVarint(first: UInt8) throws(ValueCodecError) -> UInt64 {
    let start = offset - 1
    var value = UInt64(first) & ByteWriter.payloadMask
    var shift: UInt64 = 7
    while true {
      let byte = try readByte()
      let payload = UInt64(byte) & ByteWriter.payloadMask
      // The tenth byte holds only the highest bit.
      guard shift < 63 || payload <= 1 else { throw .malformedNumber(offset: start) }
      value |= payload << shift
      if byte < ByteWriter.continuation {
        guard byte != 0 else { throw .malformedNumber(offset: start) }
        return value
      }
      shift += 7
      guard shift <= 63 else { throw .malformedNumber(offset: start) }
    }
  }

  /// Reads a signed zigzag number.
  @inline(__always)
  package mutating func readZigzag() throws(ValueCodecError) -> Int64 {
    let raw = try readVarint()
    return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
  }

  /// Reads an unsigned number of at most 32 bits.
  package mutating func readUInt32() throws(ValueCodecError) -> UInt32 {
    let start = offset
    guard let value = UInt32(exactly: try readVarint()) else { throw .malformedNumber(offset: start) }
    return value
  }

  /// Reads a count of things that take at least `bytesEach` bytes each; more than can be left is refused.
  @inline(__always)
  package mutating func readCount(bytesEach: Int = 1) throws(ValueCodecError) -> Int {
    let start = offset
    let count = try readVarint()
    guard count <= UInt64(remaining / bytesEach) else { throw .truncated(offset: start) }
    return Int(count)
  }

  /// Reads an eight-byte little-endian float.
  package mutating func readFloat() throws(ValueCodecError) -> Double {
    let size = MemoryLayout<UInt64>.size
    guard remaining >= size else { throw .truncated(offset: offset) }
    var pattern: UInt64 = 0
    for index in 0..<size {
      pattern |= UInt64(bytes[offset + index]) << UInt64(index * UInt8.bitWidth)
    }
    offset += size
    return Double(bitPattern: pattern)
  }

  /// Reads a length and that many bytes of UTF-8.
  package mutating func readText() throws(ValueCodecError) -> String {
    let count = try readCount()
    let start = offset
    guard let text = String(validatingBytes: bytes, in: start..<start + count) else {
      throw .malformedText(offset: start)
    }
    offset = start + count
    return text
  }

  /// Refuses anything that is left.
  package func expectEnd() throws(ValueCodecError) {
    guard remaining == 0 else { throw .trailingBytes(offset: offset) }
  }
}

extension String {
  /// The text of these bytes, or nothing when they are not UTF-8.
  ///
  /// The range must lie within the bytes.
  @inline(__always)
  init?(validatingBytes bytes: [UInt8], in range: Range<Int>) {
    guard let content = try? UTF8Span(validating: bytes.span.extracting(range)) else { return nil }
    self.init(copying: content)
  }
}
