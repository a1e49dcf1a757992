extension AuditEvent {
  /// The bounds of the fields.
  public enum Bounds {
    /// The UTF-8 bytes of the details.
    public static let detailBytes: ClosedRange<Int> = 0...65_536
  }

  /// Checks every field against its bounds, and throws at the first that is outside.
  public func validate() throws(ConfigurationError) {
    try Validation.require(text: details, bytes: Bounds.detailBytes, field: "details")
    try Validation.require(labels: metadata, field: "metadata")
  }
}
