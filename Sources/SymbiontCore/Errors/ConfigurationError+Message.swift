extension ConfigurationError {
  /// What happened, with what, and what to do.
  public var message: String {
    switch self {
    case .missing(let field):
      "the field `\(field)` is missing: it has no default"
    case .outOfRange(let field, let value, let allowed):
      "`\(field)` is `\(value)`: it must be \(allowed)"
    case .tooLong(let field, let length, let maximum):
      "`\(field)` has a length of \(length): the maximum is \(maximum)"
    case .invalid(let field, let value, let reason):
      "`\(field)` is \(quoted(value)): \(reason)"
    case .conflict(let fields, let reason):
      "the fields `\(fields.joined(separator: "`, `"))` contradict each other: \(reason)"
    case .unknownField(let field):
      "there is no field \(quoted(field)): check its spelling"
    case .unreadable(let path, let reason):
      "the configuration \(quoted(path)) cannot be read: \(reason)"
    case .malformed(let path, let line, let reason):
      "the configuration \(quoted(path)) is malformed at line \(line): \(reason)"
    }
  }
}
