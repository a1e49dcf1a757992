extension TypeTable {
  /// Encodes the table, as part of a compiled program.
  public func encoded() -> [UInt8] {
    var writer = ByteWriter()
    writer.write(byte: ValueCodec.formatVersion)
    writer.write(types: self)
    return writer.bytes
  }

  /// Decodes what ``encoded()`` wrote.
  ///
  /// Any input is safe; references to types that the table does not have are refused.
  public init(decoding bytes: [UInt8]) throws(ValueCodecError) {
    var reader = ByteReader(bytes)
    let version = try reader.readByte()
    guard version == ValueCodec.formatVersion else { throw .unsupportedVersion(version) }
    self = try reader.readTypeTable()
    try reader.expectEnd()
  }
}

/// What the first byte of an encoded type says.
///
/// The numbers are stable.
private enum TypeTag {
  static let any: UInt8 = 0
  static let null: UInt8 = 1
  static let string: UInt8 = 2
  static let int: UInt8 = 3
  static let float: UInt8 = 4
  static let bool: UInt8 = 5
  static let array: UInt8 = 6
  static let map: UInt8 = 7
  static let optional: UInt8 = 8
  static let result: UInt8 = 9
  static let record: UInt8 = 10
  static let named: UInt8 = 11
}

extension ByteWriter {
  /// Writes a table without a version byte.
  package mutating func write(types table: TypeTable) {
    write(count: table.count)
    for entry in table.entries {
      write(optionalText: entry.name)
      write(type: entry.type)
    }
  }

  /// Writes a type; its depth is at most ``TypeLimits/maximumDepth``, or it cannot be read back.
  package mutating func write(type: ValueType) {
    switch type {
    case .any: write(byte: TypeTag.any)
    case .null: write(byte: TypeTag.null)
    case .string: write(byte: TypeTag.string)
    case .int: write(byte: TypeTag.int)
    case .float: write(byte: TypeTag.float)
    case .bool: write(byte: TypeTag.bool)
    case .array(let element):
      write(byte: TypeTag.array)
      write(type: element)
    case .map(let key, let value):
      write(byte: TypeTag.map)
      write(type: key)
      write(type: value)
    case .optional(let wrapped):
      write(byte: TypeTag.optional)
      write(type: wrapped)
    case .result(let success, let failure):
      write(byte: TypeTag.result)
      write(type: success)
      write(type: failure)
    case .record(let record):
      write(byte: TypeTag.record)
      write(optionalText: record.name)
      write(count: record.fields.count)
      for field in record.fields {
        write(text: field.name)
        write(type: field.type)
      }
    case .named(let index):
      write(byte: TypeTag.named)
      write(varint: UInt64(index))
    }
  }

  /// Writes a text that may be absent.
  package mutating func write(optionalText text: String?) {
    write(byte: text == nil ? 0 : 1)
    if let text { write(text: text) }
  }
}

extension ByteReader {
  /// Reads a table without a version byte.
  package mutating func readTypeTable() throws(ValueCodecError) -> TypeTable {
    let count = try readCount(bytesEach: 2)
    var table = TypeTable()
    for _ in 0..<count {
      let name = try readOptionalText()
      table.append(try readType(tableCount: count), name: name)
    }
    return table
  }

  /// Reads a type that refers to a table with `tableCount` types.
  package mutating func readType(
    tableCount: Int, depth: Int = TypeLimits.maximumDepth
  ) throws(ValueCodecError) -> ValueType {
    let start = offset
    guard depth >= 0 else { throw .tooDeep(offset: start) }
    let tag = try readByte()
    switch tag {
    case TypeTag.any: return .any
    case TypeTag.null: return .null
    case TypeTag.string: return .string
    case TypeTag.int: return .int
    case TypeTag.float: return .float
    case TypeTag.bool: return .bool
    case TypeTag.array: return .array(try readType(tableCount: tableCount, depth: depth - 1))
    case TypeTag.map:
      let key = try readType(tableCount: tableCount, depth: depth - 1)
      return .map(key: key, value: try readType(tableCount: tableCount, depth: depth - 1))
    case TypeTag.optional: return .optional(try readType(tableCount: tableCount, depth: depth - 1))
    case TypeTag.result:
      let success = try readType(tableCount: tableCount, depth: depth - 1)
      return .result(success: success, failure: try readType(tableCount: tableCount, depth: depth - 1))
    case TypeTag.record: return .record(try readRecordType(tableCount: tableCount, depth: depth - 1))
    case TypeTag.named:
      let index = try readUInt32()
      guard Int(index) < tableCount else { throw .unknownType(index, offset: start) }
      return .named(index)
    default: throw .unknownTag(tag, offset: start)
    }
  }

  private mutating func readRecordType(tableCount: Int, depth: Int) throws(ValueCodecError) -> RecordType {
    let name = try readOptionalText()
    let count = try readCount(bytesEach: 2)
    var fields: [RecordType.Field] = []
    fields.reserveCapacity(Swift.min(count, Self.largestReservation))
    for _ in 0..<count {
      let field = try readText()
      fields.append(RecordType.Field(name: field, type: try readType(tableCount: tableCount, depth: depth)))
    }
    return RecordType(name: name, fields: fields)
  }

  /// Reads a text that may be absent.
  package mutating func readOptionalText() throws(ValueCodecError) -> String? {
    let start = offset
    switch try readByte() {
    case 0: return nil
    case 1: return try readText()
    case let tag: throw .unknownTag(tag, offset: start)
    }
  }
}
