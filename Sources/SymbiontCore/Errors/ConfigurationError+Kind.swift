extension ConfigurationError {
  /// The kinds of this error, by their stable codes.
  public enum Kind: String, ErrorKind {
    case missing = "CONFIGURATION_MISSING"
    case outOfRange = "CONFIGURATION_OUT_OF_RANGE"
    case tooLong = "CONFIGURATION_TOO_LONG"
    case invalid = "CONFIGURATION_INVALID"
    case conflict = "CONFIGURATION_CONFLICT"
    case unknownField = "CONFIGURATION_UNKNOWN_FIELD"
    case unreadable = "CONFIGURATION_UNREADABLE"
    case malformed = "CONFIGURATION_MALFORMED"

    /// The part of the runtime that reports these errors.
    public static var component: String { "configuration" }

    /// Whether the same request can succeed later, unchanged.
    public var isRetryable: Bool {
      false
    }

    /// What the error means, and what to do about it.
    public var explanation: String {
      switch self {
      case .missing:
        "A field that has no default is not given. Give it."
      case .outOfRange:
        "A value is outside of its bounds. The message names the field and its bounds."
      case .tooLong:
        "A text or list is longer than it may be. The message names the field and its maximum."
      case .invalid:
        "A value cannot be used. The message names the field and what is expected."
      case .conflict:
        "Values contradict each other. The message names them: change one."
      case .unknownField:
        "There is no field of this name. Check its spelling."
      case .unreadable:
        "The file of the configuration cannot be read. The message says why."
      case .malformed:
        "The file of the configuration is not well formed. The message names the line."
      }
    }
  }

  /// Which of the kinds this error is.
  public var kind: Kind {
    switch self {
    case .missing: .missing
    case .outOfRange: .outOfRange
    case .tooLong: .tooLong
    case .invalid: .invalid
    case .conflict: .conflict
    case .unknownField: .unknownField
    case .unreadable: .unreadable
    case .malformed: .malformed
    }
  }
}
