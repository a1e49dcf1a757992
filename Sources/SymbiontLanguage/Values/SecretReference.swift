/// The name of a secret in a vault: `vault://path/to/secret`.
///
/// It stands for the secret in programs, journals, logs and audit leaves. Only an effect that is allowed to use the secret
/// looks its value up, at the last moment; the value never becomes a ``Value``.
public struct SecretReference: Sendable, Hashable, LosslessStringConvertible {
  /// What every reference begins with when it is written.
  public static let scheme = "vault://"

  /// The path within the vault, without the scheme.
  public let path: String

  /// Makes a reference to the secret at `path`, which is given without the scheme.
  public init(path: String) {
    self.path = path
  }

  /// Reads a written reference; nothing when `description` does not begin with ``scheme`` or names no path.
  public init?(_ description: String) {
    let bytes = description.utf8
    guard bytes.starts(with: Self.scheme.utf8), bytes.count > Self.scheme.utf8.count else { return nil }
    path = String(description.unicodeScalars.dropFirst(Self.scheme.unicodeScalars.count))
  }

  /// Whether both have the same path, scalar by scalar.
  public static func == (left: SecretReference, right: SecretReference) -> Bool {
    ExactText.areEqual(left.path, right.path)
  }

  /// The reference as it is written: `vault://path`.
  public var description: String { Self.scheme + path }
}
