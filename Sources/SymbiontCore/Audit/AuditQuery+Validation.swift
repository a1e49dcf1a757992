extension AuditQuery {
  /// The bounds of the fields.
  public enum Bounds {
    /// How many events an answer may have.
    public static let limit: ClosedRange<Int> = 1...10_000
    /// How many types may be asked for.
    public static let eventTypes = 64
  }

  /// Checks every field against its bounds, and throws at the first that is outside.
  public func validate() throws(ConfigurationError) {
    try Validation.require(limit, in: Bounds.limit, field: "limit")
    try Validation.require(count: eventTypes.count, atMost: Bounds.eventTypes, field: "event_types")
    if let from, let to, from > to {
      throw .conflict(fields: ["from", "to"], reason: "`\(from)` is after `\(to)`")
    }
  }
}
