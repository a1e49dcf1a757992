/// How secrets are written to encoders.
public enum SecretCoding {
  /// What stands in place of a secret.
  public static let redacted = "‹redacted›"

  /// The user information of an encoder that is meant to write secrets.
  public static let revealing: [CodingUserInfoKey: any Sendable] = {
    guard let key else { return [:] }
    return [key: true]
  }()

  private static let key = CodingUserInfoKey(rawValue: "symbiont.reveals-secrets")

  fileprivate static func isRevealing(_ encoder: any Encoder) -> Bool {
    guard let key else { return false }
    return encoder.userInfo[key] as? Bool == true
  }
}

extension Secret: Encodable where Value: Encodable {
  /// Writes the value, bytes as base64; throws `EncodingError.invalidValue` unless the encoder is meant to write secrets.
  public func encode(to encoder: any Encoder) throws {
    guard SecretCoding.isRevealing(encoder) else {
      throw EncodingError.invalidValue(
        self,
        EncodingError.Context(
          codingPath: encoder.codingPath,
          debugDescription: "a secret is not written: set the encoder's user information to `SecretCoding.revealing`"))
    }
    if let bytes = reveal() as? [UInt8] {
      try WireBase64(wrappedValue: bytes).encode(to: encoder)
    } else {
      try reveal().encode(to: encoder)
    }
  }
}

extension Secret: Decodable where Value: Decodable {
  /// Reads the value, bytes from base64.
  public init(from decoder: any Decoder) throws {
    if Value.self == [UInt8].self, let bytes = try WireBase64(from: decoder).wrappedValue as? Value {
      self.init(bytes)
    } else {
      self.init(try Value(from: decoder))
    }
  }
}
