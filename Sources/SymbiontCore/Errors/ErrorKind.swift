/// The kinds of one error type, each with its stable code as raw value.
public protocol ErrorKind: RawRepresentable, CaseIterable, Hashable, Sendable where RawValue == String {
  /// The part of the runtime that reports these errors.
  static var component: String { get }
  /// Whether the same request can succeed later, unchanged.
  var isRetryable: Bool { get }
  /// What the error means, and what to do about it.
  var explanation: String { get }
}

/// A coded error whose code and whose answer to retrying follow from its kind.
public protocol CataloguedError: CodedError {
  /// The kinds of this error.
  associatedtype Kind: ErrorKind

  /// Which of the kinds this error is.
  var kind: Kind { get }
}

extension CataloguedError {
  /// The stable code of the kind.
  public var code: String { kind.rawValue }
  /// Whether the same request can succeed later, unchanged.
  public var isRetryable: Bool { kind.isRetryable }
}
