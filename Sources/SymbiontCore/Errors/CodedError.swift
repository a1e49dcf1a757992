/// An error that a program can act on: its code is stable, and the same in Swift, in HTTP answers, in the command line
/// and in the documents.
public protocol CodedError: Error, Sendable, CustomStringConvertible {
  /// The stable code, such as `AGENT_NOT_FOUND`.
  var code: String { get }
  /// Whether the same request can succeed later, unchanged.
  var isRetryable: Bool { get }
  /// What happened, with what, and what to do: one line in lower case.
  var message: String { get }
}

extension CodedError {
  /// The message.
  public var description: String { message }
}
