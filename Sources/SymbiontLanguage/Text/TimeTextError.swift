/// Why a time cannot be read or written.
public enum TimeTextError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A number of seconds outside the years 1 to 9999.
  case outOfRange(String)
  /// The text is not a time.
  case malformedTime(String)
  /// The text has the form of a time but names none, for example the 30th of February.
  case noSuchTime(String)
  /// The pattern has a field that is not known; the offset counts the pattern's bytes.
  case unknownField(String, offset: Int)
  /// The pattern has a quote without its counterpart.
  case unbalancedQuote(offset: Int)
  /// The pattern is longer than ``TimeText/maximumByteCount``.
  case patternTooLong(byteCount: Int)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .outOfRange(let seconds): "the time `\(seconds)` is outside the years 1 to 9999"
    case .malformedTime(let text):
      "`\(text)` is not a time; write for example `2026-11-22T16:30:00Z` or `2026-11-22`"
    case .noSuchTime(let text): "`\(text)` names a time that does not exist"
    case .unknownField(let field, let offset):
      "unknown field `\(field)` at byte \(offset) of the time pattern; put literal text in single quotes"
    case .unbalancedQuote(let offset):
      "quote without its counterpart at byte \(offset) of the time pattern; write `''` for a quote"
    case .patternTooLong(let count):
      "a time pattern of \(count) bytes is too long; \(TimeText.maximumByteCount) are allowed"
    }
  }
}
