extension ConfigurationError {
  /// The same error of a field of a part, named from the whole: `resource_limits.memory_mb`.
  package func within(_ parent: String) -> ConfigurationError {
    switch self {
    case .missing(let field):
      .missing(field: "\(parent).\(field)")
    case .outOfRange(let field, let value, let allowed):
      .outOfRange(field: "\(parent).\(field)", value: value, allowed: allowed)
    case .tooLong(let field, let length, let maximum):
      .tooLong(field: "\(parent).\(field)", length: length, maximum: maximum)
    case .invalid(let field, let value, let reason):
      .invalid(field: "\(parent).\(field)", value: value, reason: reason)
    case .conflict(let fields, let reason):
      .conflict(fields: fields.map { "\(parent).\($0)" }, reason: reason)
    case .unknownField(let field):
      .unknownField(field: "\(parent).\(field)")
    case .unreadable, .malformed:
      self
    }
  }
}
