/// What is kept of an error after it happened: in the journal, in statistics, in answers.
public struct ErrorRecord: Sendable, Hashable, Codable {
  /// The stable code.
  public let code: String
  /// What happened, with what, and what to do.
  public let message: String
  /// Whether the same request can succeed later, unchanged.
  public let isRetryable: Bool

  /// Keeps what matters of an error.
  public init(_ error: any CodedError) {
    self.init(code: error.code, message: error.message, isRetryable: error.isRetryable)
  }

  /// Makes a record of its parts.
  public init(code: String, message: String, isRetryable: Bool) {
    self.code = code
    self.message = message
    self.isRetryable = isRetryable
  }

  private enum CodingKeys: String, CodingKey {
    case code, message
    case isRetryable = "retryable"
  }
}
