/// Takes little-endian values from a payload, one after the other; nil where there is none.
package struct GuestPayloadReader {
  private var rest: ArraySlice<UInt8>

  package init(_ bytes: ArraySlice<UInt8>) {
    rest = bytes
  }

  package var isAtEnd: Bool { rest.isEmpty }

  private mutating func readInteger<Value: FixedWidthInteger & UnsignedInteger>(_ type: Value.Type) -> Value? {
    let size = MemoryLayout<Value>.size
    guard rest.count >= size else { return nil }
    var value: Value = 0
    for byte in rest.prefix(size).reversed() { value = value << 8 | Value(byte) }
    rest = rest.dropFirst(size)
    return value
  }

  package mutating func readUInt8() -> UInt8? {
    rest.popFirst()
  }

  package mutating func readUInt16() -> UInt16? { readInteger(UInt16.self) }
  package mutating func readUInt32() -> UInt32? { readInteger(UInt32.self) }
  package mutating func readUInt64() -> UInt64? { readInteger(UInt64.self) }

  package mutating func readBytes() -> [UInt8]? {
    guard let count = readUInt32(), rest.count >= Int(count) else { return nil }
    defer { rest = rest.dropFirst(Int(count)) }
    return Array(rest.prefix(Int(count)))
  }

  /// A string; bytes that are not UTF-8 become replacement characters, because names of files may be anything.
  package mutating func readString() -> String? {
    readBytes().map { String(decoding: $0, as: UTF8.self) }
  }

  package mutating func readStrings() -> [String]? {
    guard let count = readUInt32(), Int(count) <= rest.count / MemoryLayout<UInt32>.size else { return nil }
    var strings: [String] = []
    for _ in 0..<count {
      guard let string = readString() else { return nil }
      strings.append(string)
    }
    return strings
  }

  /// All that is left.
  package mutating func readRest() -> [UInt8] {
    defer { rest = [] }
    return Array(rest)
  }
}

/// Collects little-endian values to a payload.
package struct GuestPayloadWriter {
  package private(set) var bytes: [UInt8]

  package init(bytes: [UInt8] = []) {
    self.bytes = bytes
  }

  package mutating func write<Value: FixedWidthInteger & UnsignedInteger>(_ value: Value) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  package mutating func write(_ value: Bool) {
    bytes.append(value ? 1 : 0)
  }

  package mutating func write(bytes value: [UInt8]) {
    write(UInt32(value.count))
    bytes.append(contentsOf: value)
  }

  package mutating func write(_ value: String) {
    write(UInt32(value.utf8.count))
    bytes.append(contentsOf: value.utf8)
  }

  package mutating func write(_ values: [String]) {
    write(UInt32(values.count))
    for value in values { write(value) }
  }

  package mutating func append(_ value: [UInt8]) {
    bytes.append(contentsOf: value)
  }
}
