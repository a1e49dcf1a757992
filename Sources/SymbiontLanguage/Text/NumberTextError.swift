/// Why a text is not a number.
public struct NumberTextError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong.
  public enum Reason: Sendable, Hashable {
    /// The text is not a number at all.
    case malformed
    /// It is one, but too large for its type.
    case outOfRange
  }

  /// What was asked for.
  public enum Expected: String, Sendable, Hashable {
    case int
    case float
  }

  /// What went wrong.
  public let reason: Reason
  /// What was asked for.
  public let expected: Expected
  /// The beginning of the text.
  public let text: String

  init(_ reason: Reason, expected: Expected, text: String) {
    self.reason = reason
    self.expected = expected
    self.text = TextExcerpt.beginning(of: text)
  }

  /// What happened and with what text.
  public var description: String {
    switch (reason, expected) {
    case (.malformed, .int): "`\(text)` is not a whole number; write digits with an optional sign, for example `-42`"
    case (.malformed, .float): "`\(text)` is not a number; write for example `3.5` or `1e-3`"
    case (.outOfRange, .int): "`\(text)` does not fit an int of 64 bits"
    case (.outOfRange, .float): "`\(text)` is beyond the largest float"
    }
  }
}
