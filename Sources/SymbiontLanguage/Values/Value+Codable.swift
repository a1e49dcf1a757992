extension Value: Codable {
  /// Reads a value from a decoder of a JSON-like format.
  ///
  /// Whole numbers are ints where the decoder can tell. The fields of a record are sorted by key, because a decoder does
  /// not tell their order; ``ValueJSON`` keeps it, reads all of JSON exactly, and is much faster.
  public init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: FieldKey.self) {
      try Self.checkDepth(decoder)
      var record = Record()
      for key in container.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
        record.updateValue(try container.decode(Value.self, forKey: key), forKey: key.stringValue)
      }
      self = .record(record)
      return
    }
    if var container = try? decoder.unkeyedContainer() {
      try Self.checkDepth(decoder)
      var elements: [Value] = []
      while !container.isAtEnd { elements.append(try container.decode(Value.self)) }
      self = .array(elements)
      return
    }
    self = try Self.scalar(from: decoder.singleValueContainer())
  }

  private static func scalar(from container: any SingleValueDecodingContainer) throws -> Value {
    if container.decodeNil() { return .null }
    if let value = try? container.decode(Bool.self) { return .bool(value) }
    if let value = try? container.decode(Int64.self) { return .int(value) }
    if let value = try? container.decode(Double.self) { return .float(value) }
    return .string(try container.decode(String.self))
  }

  private static func checkDepth(_ decoder: any Decoder) throws {
    guard decoder.codingPath.count < ValueLimits.maximumDepth else {
      let message = "nested deeper than \(ValueLimits.maximumDepth) levels"
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: message))
    }
  }

  /// Writes the value to an encoder of a JSON-like format.
  ///
  /// A secret is written as its reference.
  ///
  /// - Throws: `EncodingError.invalidValue` for a function, and what the encoder throws for a number that is not finite.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .array(let elements):
      var container = encoder.unkeyedContainer()
      for element in elements { try container.encode(element) }
    case .record(let record):
      var container = encoder.container(keyedBy: FieldKey.self)
      for field in record { try container.encode(field.value, forKey: FieldKey(stringValue: field.key)) }
    default:
      var container = encoder.singleValueContainer()
      try encodeScalar(to: &container, encoder)
    }
  }

  private func encodeScalar(to container: inout any SingleValueEncodingContainer, _ encoder: any Encoder) throws {
    switch self {
    case .null, .array, .record: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .int(let value): try container.encode(value)
    case .float(let value): try container.encode(value)
    case .string(let text): try container.encode(text)
    case .secret(let reference): try container.encode(reference.description)
    case .function:
      let message = "a function cannot be encoded"
      throw EncodingError.invalidValue(self, .init(codingPath: encoder.codingPath, debugDescription: message))
    }
  }

  private struct FieldKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

extension Record: Codable {
  /// Reads a record as ``Value/init(from:)`` does.
  ///
  /// - Throws: `DecodingError.typeMismatch` when there is another value.
  public init(from decoder: any Decoder) throws {
    guard case .record(let record) = try Value(from: decoder) else {
      let context = DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "expected a record")
      throw DecodingError.typeMismatch(Record.self, context)
    }
    self = record
  }

  /// Writes the record as ``Value/encode(to:)`` does.
  public func encode(to encoder: any Encoder) throws {
    try Value.record(self).encode(to: encoder)
  }
}
