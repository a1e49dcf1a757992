/// A duration that is a JSON number of seconds on the wire, whole or with a fraction.
///
/// A whole number of seconds is written without a fraction. Reading rounds to the nanosecond, and refuses what is
/// negative, not finite or longer than ``longest`` with `DecodingError.dataCorrupted`; writing a negative duration
/// throws `EncodingError.invalidValue`.
@propertyWrapper
public struct WireSeconds: Sendable, Hashable {
  /// The longest duration on the wire: 10,000 years, more than any two timestamps lie apart.
  public static let longest: Duration = .seconds(longestSeconds)
  private static let longestSeconds: Int64 = 315_576_000_000

  /// The duration itself.
  public var wrappedValue: Duration

  /// Wraps a duration.
  public init(wrappedValue: Duration) {
    self.wrappedValue = wrappedValue
  }
}

extension WireSeconds: Codable {
  private static let nanosecondsPerSecond = 1_000_000_000.0
  private static let attosecondsPerNanosecond: Int64 = 1_000_000_000

  /// Reads a number of seconds.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let whole = try? container.decode(Int64.self) {
      guard (0...Self.longestSeconds).contains(whole) else { throw Self.outOfRange("\(whole)", in: container) }
      self.init(wrappedValue: .seconds(whole))
      return
    }
    let seconds = try container.decode(Double.self)
    guard seconds.isFinite, (0...Double(Self.longestSeconds)).contains(seconds) else {
      throw Self.outOfRange("\(seconds)", in: container)
    }
    let whole = seconds.rounded(.down)
    let nanoseconds = ((seconds - whole) * Self.nanosecondsPerSecond).rounded()
    self.init(wrappedValue: .seconds(Int64(whole)) + .nanoseconds(Int64(nanoseconds)))
  }

  /// Writes the number of seconds.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    let (seconds, attoseconds) = wrappedValue.components
    guard seconds >= 0, attoseconds >= 0 else {
      throw EncodingError.invalidValue(
        wrappedValue,
        EncodingError.Context(
          codingPath: encoder.codingPath, debugDescription: "a duration on the wire cannot be negative"))
    }
    let nanoseconds = attoseconds / Self.attosecondsPerNanosecond
    guard nanoseconds > 0 else { return try container.encode(seconds) }
    try container.encode(Double(seconds) + Double(nanoseconds) / Self.nanosecondsPerSecond)
  }

  private static func outOfRange(_ seconds: String, in container: any SingleValueDecodingContainer) -> DecodingError {
    .dataCorruptedError(
      in: container,
      debugDescription: "expected a number of seconds from 0 to \(longestSeconds), found `\(seconds)`")
  }
}

extension KeyedDecodingContainer {
  /// Reads a duration in seconds, or takes the given one when the key is missing.
  func seconds(_ key: Key, default duration: Duration) throws -> Duration {
    try decodeIfPresent(WireSeconds.self, forKey: key)?.wrappedValue ?? duration
  }

  /// Reads a value, or takes the given one when the key is missing.
  func value<Value: Decodable>(_ key: Key, default value: Value) throws -> Value {
    try decodeIfPresent(Value.self, forKey: key) ?? value
  }
}
