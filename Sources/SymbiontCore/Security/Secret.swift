/// A value that must not be seen: in every log, message, dump and mirror it is `‹redacted›`.
///
/// It can be read with ``reveal()`` alone. Writing it to an encoder throws, so that a secret cannot slip into a journal
/// or an answer by being part of something else; whoever means to write secrets says so with
/// ``SecretCoding/revealing``. Reading it from a decoder is always possible.
///
/// Comparing secrets takes a time that depends on them: compare authenticators with a function made for that.
public struct Secret<Value: Sendable>: Sendable {
  private let value: Value

  /// Hides a value.
  public init(_ value: Value) {
    self.value = value
  }

  /// The value, for the one who uses it.
  public func reveal() -> Value {
    value
  }
}

extension Secret: Equatable where Value: Equatable {}

extension Secret: Hashable where Value: Hashable {}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Always `‹redacted›`.
  public var description: String { SecretCoding.redacted }
  /// Always `‹redacted›`.
  public var debugDescription: String { SecretCoding.redacted }
  /// A mirror without the value.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
