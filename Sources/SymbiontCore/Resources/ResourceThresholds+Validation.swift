extension ResourceThresholds {
  /// The bounds of the fields.
  public enum Bounds {
    /// A share of a limit, in percent.
    public static let percentage: ClosedRange<Double> = 1...100
    /// At once, up to an hour.
    public static let sustainedFor: ClosedRange<Duration> = .zero ... .seconds(3_600)
  }

  /// Checks every field against its bounds, and throws at the first that is outside.
  public func validate() throws(ConfigurationError) {
    try Validation.require(memoryPercentage, in: Bounds.percentage, field: "memory_percentage")
    try Validation.require(cpuPercentage, in: Bounds.percentage, field: "cpu_percentage")
    try Validation.require(diskPercentage, in: Bounds.percentage, field: "disk_io_percentage")
    try Validation.require(networkPercentage, in: Bounds.percentage, field: "network_io_percentage")
    try Validation.require(sustainedFor, in: Bounds.sustainedFor, field: "sustained_for")
  }
}
