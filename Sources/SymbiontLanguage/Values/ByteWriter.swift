/// Writes the primitives of the binary formats (values, types, programs) into one buffer.
package struct ByteWriter {
  /// What was written so far.
  package private(set) var bytes: [UInt8] = []

  /// The low bits of a varint byte that carry the number.
  static let payloadMask: UInt64 = 0x7F
  /// The bit of a varint byte that says that another follows.
  static let continuation: UInt8 = 0x80

  /// Makes a writer with room for this many bytes.
  package init(capacity: Int = 0) {
    bytes.reserveCapacity(capacity)
  }

  /// Writes one byte.
  @inline(__always)
  package mutating func write(byte: UInt8) {
    bytes.append(byte)
  }

  /// Writes an unsigned number as LEB128: seven bits a byte, low bits first.
  @inline(__always)
  package mutating func write(varint value: UInt64) {
    var rest = value
    while rest > Self.payloadMask {
      bytes.append(UInt8(truncatingIfNeeded: rest) | Self.continuation)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Writes a signed number so that small magnitudes of either sign are short (zigzag).
  @inline(__always)
  package mutating func write(zigzag value: Int64) {
    write(varint: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  /// Writes a count of elements or bytes.
  @inline(__always)
  package mutating func write(count: Int) {
    write(varint: UInt64(count))
  }

  /// Writes the eight bytes of a float, little-endian; every bit pattern survives.
  package mutating func write(float value: Double) {
    var rest = value.bitPattern
    for _ in 0..<MemoryLayout<UInt64>.size {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= UInt64(UInt8.bitWidth)
    }
  }

  /// Writes a length and the UTF-8 of a text.
  @inline(__always)
  package mutating func write(text: String) {
    let content = text.utf8
    write(count: content.count)
    bytes.append(contentsOf: content)
  }
}
