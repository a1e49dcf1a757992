/// Bytes that are base64 text on the wire (RFC 4648, section 4, with padding).
///
/// Reading is strict: no white space, no missing padding, no stray bits; anything else is `DecodingError.dataCorrupted`.
@propertyWrapper
public struct WireBase64: Sendable, Hashable {
  /// The bytes themselves.
  public var wrappedValue: [UInt8]

  /// Wraps bytes.
  public init(wrappedValue: [UInt8]) {
    self.wrappedValue = wrappedValue
  }
}

extension WireBase64: Codable {
  /// Reads base64 text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let bytes = Base64.decode(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "expected base64 with padding (RFC 4648, section 4)")
    }
    self.init(wrappedValue: bytes)
  }

  /// Writes base64 text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(Base64.encode(wrappedValue))
  }
}
