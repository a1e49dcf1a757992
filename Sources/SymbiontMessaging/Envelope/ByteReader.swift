import SymbiontCore

/// Takes numbers from the front of bytes that may be anything; every method throws instead of reading beyond the end.
struct ByteReader {
  private let bytes: [UInt8]
  private(set) var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  var remaining: Int { bytes.count - position }

  mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
    _ type: Number.Type = Number.self
  ) throws(CommunicationError) -> Number {
    let size = MemoryLayout<Number>.size
    try require(size)
    defer { position += size }
    return bytes.withUnsafeBytes { raw in
      Number(bigEndian: raw.loadUnaligned(fromByteOffset: position, as: Number.self))
    }
  }

  mutating func identifier<ID: Identifier>(_ type: ID.Type = ID.self) throws(CommunicationError) -> ID {
    let high = try number(UInt64.self)
    return ID(value: UniqueValue(high: high, low: try number(UInt64.self)))
  }

  mutating func node() throws(CommunicationError) -> MerkleTree.Node {
    try require(MerkleTree.nodeSize)
    defer { position += MerkleTree.nodeSize }
    return bytes.withUnsafeBytes { MerkleTree.Node(loading: $0, at: position) }
  }

  mutating func take(_ count: Int) throws(CommunicationError) -> ArraySlice<UInt8> {
    try require(count)
    defer { position += count }
    return bytes[position..<(position + count)]
  }

  private func require(_ count: Int) throws(CommunicationError) {
    guard count >= 0, remaining >= count else {
      throw .envelopeMalformed(reason: "it ends after \(bytes.count) bytes, in the middle of a field")
    }
  }
}
