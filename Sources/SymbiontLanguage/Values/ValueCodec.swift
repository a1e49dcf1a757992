/// The compact binary form of values: what the journal, snapshots and messages between nodes hold.
///
/// The format is one version byte and then the value: a tag byte followed by its content. Numbers are LEB128 varints,
/// integers zigzag, floats their eight bytes little-endian, texts a length and UTF-8, containers a count and their
/// elements. It is deterministic: equal values with fields in the same order give equal bytes, and bytes that are accepted
/// are the only ones for their value.
public enum ValueCodec {
  /// The version that ``encode(_:)`` writes, and the only one that ``decode(_:)`` reads.
  public static let formatVersion: UInt8 = 1

  /// Encodes a value.
  ///
  /// - Parameter value: A value within ``ValueLimits/maximumDepth``; ``decode(_:)`` refuses a deeper one.
  public static func encode(_ value: Value) -> [UInt8] {
    var writer = ByteWriter(capacity: estimatedByteCount(value))
    writer.write(byte: formatVersion)
    writer.write(value: value)
    return writer.bytes
  }

  /// Decodes what ``encode(_:)`` wrote.
  ///
  /// Any input is safe: nothing traps, and the memory used is a small multiple of the input's size.
  public static func decode(_ bytes: [UInt8]) throws(ValueCodecError) -> Value {
    var reader = ByteReader(bytes)
    let version = try reader.readByte()
    guard version == formatVersion else { throw .unsupportedVersion(version) }
    let value = try reader.readValue()
    try reader.expectEnd()
    return value
  }

  /// A cheap guess that spares most encodings a second allocation.
  private static func estimatedByteCount(_ value: Value) -> Int {
    switch value {
    case .null, .bool, .int, .float: 12
    case .string(let text): text.utf8.count + 8
    case .secret(let reference): reference.path.utf8.count + 8
    case .array(let elements): 8 + elements.count * (elements.first.map(estimatedElementByteCount) ?? 0)
    case .record(let record):
      record.reduce(8) { $0 + $1.key.utf8.count + 2 + estimatedElementByteCount($1.value) }
    case .function(let function): 16 + function.captures.count * 16
    }
  }

  private static func estimatedElementByteCount(_ value: Value) -> Int {
    switch value {
    case .null, .bool: 1
    case .int, .float: 9
    case .string(let text): text.utf8.count + 4
    case .secret(let reference): reference.path.utf8.count + 4
    case .array(let elements): 4 + elements.count * 8
    case .record(let record): 4 + record.count * 16
    case .function(let function): 8 + function.captures.count * 8
    }
  }
}

/// What the first byte of an encoded value says.
///
/// The numbers are stable.
enum ValueTag {
  static let null: UInt8 = 0
  static let `false`: UInt8 = 1
  static let `true`: UInt8 = 2
  static let int: UInt8 = 3
  static let float: UInt8 = 4
  static let string: UInt8 = 5
  static let array: UInt8 = 6
  static let record: UInt8 = 7
  static let secret: UInt8 = 8
  static let function: UInt8 = 9
}

extension ByteWriter {
  /// Writes a value without a version byte.
  package mutating func write(value: Value) {
    switch value {
    case .null: write(byte: ValueTag.null)
    case .bool(let value): write(byte: value ? ValueTag.true : ValueTag.false)
    case .int(let value):
      write(byte: ValueTag.int)
      write(zigzag: value)
    case .float(let value):
      write(byte: ValueTag.float)
      write(float: value)
    case .string(let text):
      write(byte: ValueTag.string)
      write(text: text)
    case .array(let elements):
      write(byte: ValueTag.array)
      write(count: elements.count)
      for element in elements { write(value: element) }
    case .record(let record):
      write(byte: ValueTag.record)
      write(record: record)
    case .secret(let reference):
      write(byte: ValueTag.secret)
      write(text: reference.path)
    case .function(let function):
      write(byte: ValueTag.function)
      write(varint: UInt64(function.function))
      write(count: function.captures.count)
      for capture in function.captures { write(value: capture) }
    }
  }

  /// Writes the fields of a record.
  package mutating func write(record: Record) {
    write(count: record.count)
    for field in record {
      write(text: field.key)
      write(value: field.value)
    }
  }
}

extension ByteReader {
  /// Reads a value without a version byte, nested at most `depth` levels.
  package mutating func readValue(depth: Int = ValueLimits.maximumDepth) throws(ValueCodecError) -> Value {
    let start = offset
    let tag = try readByte()
    switch tag {
    case ValueTag.null: return .null
    case ValueTag.false: return .bool(false)
    case ValueTag.true: return .bool(true)
    case ValueTag.int: return .int(try readZigzag())
    case ValueTag.float: return .float(try readFloat())
    case ValueTag.string: return .string(try readText())
    case ValueTag.array: return .array(try readElements(depth: depth, start: start))
    case ValueTag.record: return .record(try readRecord(depth: depth))
    case ValueTag.secret: return .secret(SecretReference(path: try readText()))
    case ValueTag.function:
      let function = try readUInt32()
      return .function(FunctionValue(function: function, captures: try readElements(depth: depth, start: start)))
    default: throw .unknownTag(tag, offset: start)
    }
  }

  /// Reads the fields of a record, itself one level of nesting.
  package mutating func readRecord(depth: Int = ValueLimits.maximumDepth) throws(ValueCodecError) -> Record {
    guard depth > 0 else { throw .tooDeep(offset: offset) }
    let count = try readCount(bytesEach: 2)
    var record = Record()
    record.reserveCapacity(Swift.min(count, Self.largestReservation))
    for _ in 0..<count {
      let start = offset
      let key = try readText()
      guard record.appendNew(try readValue(depth: depth - 1), forKey: key) else { throw .duplicateKey(offset: start) }
    }
    return record
  }

  private mutating func readElements(depth: Int, start: Int) throws(ValueCodecError) -> [Value] {
    guard depth > 0 else { throw .tooDeep(offset: start) }
    let count = try readCount()
    var elements: [Value] = []
    elements.reserveCapacity(Swift.min(count, Self.largestReservation))
    for _ in 0..<count { elements.append(try readValue(depth: depth - 1)) }
    return elements
  }
}
