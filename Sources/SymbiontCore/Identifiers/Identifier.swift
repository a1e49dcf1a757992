/// The name of one thing of the runtime: a UUID with a type of its own (specification, "Identifiers").
///
/// A conforming type only stores its value; text, bytes, order, coding and generation come from here. New identifiers
/// are time-ordered (UUID version 7), so they sort by the moment they were made. On the wire an identifier is the UUID
/// text form, in lower case.
public protocol Identifier: Sendable, Hashable, Comparable, Codable, LosslessStringConvertible {
  /// The 128 bits of the identifier.
  var value: UniqueValue { get }

  /// Makes the identifier with these 128 bits.
  init(value: UniqueValue)
}

extension Identifier {
  /// Makes a new identifier from the system's clock and randomness.
  ///
  /// Pure code uses ``init(timestamp:using:)``.
  public init() {
    var generator = SystemWords()
    self.init(timestamp: .now(), using: &generator)
  }

  /// Makes a new identifier that sorts by the given moment, from the given randomness.
  public init(timestamp: Timestamp, using generator: inout some RandomNumberGenerator) {
    self.init(value: UniqueValue(timestamp: timestamp, using: &generator))
  }

  /// Makes the identifier with these sixteen bytes; nil for any other number of bytes.
  public init?(bytes: some Collection<UInt8>) {
    guard let value = UniqueValue(bytes: bytes) else { return nil }
    self.init(value: value)
  }

  /// The sixteen bytes of the identifier, as the store keeps them.
  public var bytes: [UInt8] { value.bytes }

  /// Orders identifiers by their bytes, which for new identifiers is the order of time.
  public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

extension Identifier {
  /// The UUID text form, in lower case.
  public var description: String { value.description }

  /// Reads the UUID text form; nil for anything else.
  public init?(_ description: String) {
    guard let value = UniqueValue(description) else { return nil }
    self.init(value: value)
  }
}

extension Identifier {
  /// Reads the UUID text form from a single value; throws `DecodingError.dataCorrupted` for anything else.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = UniqueValue(text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "expected a UUID such as `0197f2a4-7c1e-7b3a-9d52-1f6c0a8e4b77`, found \(quoted(text))")
    }
    self.init(value: value)
  }

  /// Writes the UUID text form as a single value.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
