/// Why a configuration is refused.
public enum ConfigurationError: CataloguedError, Hashable {
  /// A field without default is not given.
  case missing(field: String)
  /// A value is outside of its bounds.
  case outOfRange(field: String, value: String, allowed: String)
  /// A text or list is longer than it may be.
  case tooLong(field: String, length: Int, maximum: Int)
  /// A value cannot be used.
  case invalid(field: String, value: String, reason: String)
  /// Values contradict each other.
  case conflict(fields: [String], reason: String)
  /// There is no such field.
  case unknownField(field: String)
  /// The file of the configuration cannot be read.
  case unreadable(path: String, reason: String)
  /// The file of the configuration is not well formed.
  case malformed(path: String, line: Int, reason: String)
}
