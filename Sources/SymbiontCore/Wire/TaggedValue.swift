/// Reads an enum with payloads in its externally tagged form.
///
/// A case without payload is its name (`"Persistent"`); a case with payload is an object of one key, which is its name
/// (`{"Scheduled":{"interval":60}}`, `{"Custom":"gpu"}`).
struct TaggedValue {
  /// The name of the case.
  let tag: String
  private let container: KeyedDecodingContainer<WireKey>?
  private let codingPath: [any CodingKey]

  init(from decoder: any Decoder) throws {
    codingPath = decoder.codingPath
    if let single = try? decoder.singleValueContainer(), let name = try? single.decode(String.self) {
      tag = name
      container = nil
      return
    }
    let container = try decoder.container(keyedBy: WireKey.self)
    guard container.allKeys.count == 1, let key = container.allKeys.first else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: "expected a name or an object of one key, found \(container.allKeys.count) keys"))
    }
    self.tag = key.stringValue
    self.container = container
  }

  /// Whether the case carries a payload.
  var hasPayload: Bool { container != nil }

  /// Reads the payload as one value.
  func payload<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
    try payloadContainer().decode(type, forKey: WireKey(tag))
  }

  /// Reads the payload as an object.
  func fields() throws -> KeyedDecodingContainer<WireKey> {
    try payloadContainer().nestedContainer(keyedBy: WireKey.self, forKey: WireKey(tag))
  }

  /// The error for a case that the enum does not have, or that has the wrong shape.
  func unexpected(_ type: String) -> DecodingError {
    let shape = hasPayload ? "with a payload" : "without a payload"
    return .dataCorrupted(
      DecodingError.Context(
        codingPath: codingPath, debugDescription: "\(type) has no case \(quoted(tag)) \(shape)"))
  }

  private func payloadContainer() throws -> KeyedDecodingContainer<WireKey> {
    guard let container else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: codingPath, debugDescription: "\(quoted(tag)) needs a payload"))
    }
    return container
  }
}

extension Encoder {
  /// Writes a case without payload: its name.
  func encodeTag(_ tag: String) throws {
    var container = singleValueContainer()
    try container.encode(tag)
  }

  /// Writes a case whose payload is one value.
  func encodeTag(_ tag: String, payload: some Encodable) throws {
    var container = container(keyedBy: WireKey.self)
    try container.encode(payload, forKey: WireKey(tag))
  }

  /// Writes a case whose payload is an object, which the closure fills.
  func encodeTag(_ tag: String, fields: (inout KeyedEncodingContainer<WireKey>) throws -> Void) throws {
    var container = container(keyedBy: WireKey.self)
    var nested = container.nestedContainer(keyedBy: WireKey.self, forKey: WireKey(tag))
    try fields(&nested)
  }
}
