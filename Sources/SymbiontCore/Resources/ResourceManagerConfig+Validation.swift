extension ResourceManagerConfig {
  /// The bounds of the fields.
  public enum Bounds {
    /// From a megabyte to a pebibyte.
    public static let memoryBytes: ClosedRange<Int> = 1_048_576...(1 << 50)
    /// The cores of one machine.
    public static let cpuCores: ClosedRange<Int> = 1...4_096
    /// From a megabyte to an exbibyte.
    public static let diskBytes: ClosedRange<Int> = 1_048_576...(1 << 60)
    /// Up to a tebibyte a second.
    public static let networkBytesPerSecond: ClosedRange<Int> = 1...(1 << 40)
    /// What is kept back must leave a tenth for agents.
    public static let reservationPercentage: ClosedRange<Double> = 0...90
    /// More often would cost more than it tells.
    public static let monitoringInterval: ClosedRange<Duration> = .milliseconds(100) ... .seconds(3_600)
  }

  /// Checks every field against its bounds, and throws at the first that is outside.
  public func validate() throws(ConfigurationError) {
    try Validation.require(totalMemoryBytes, in: Bounds.memoryBytes, field: "total_memory")
    try Validation.require(totalCPUCores, in: Bounds.cpuCores, field: "total_cpu_cores")
    try Validation.require(totalDiskBytes, in: Bounds.diskBytes, field: "total_disk_space")
    try Validation.require(
      totalNetworkBytesPerSecond, in: Bounds.networkBytesPerSecond, field: "total_network_bandwidth")
    try Validation.require(
      resourceReservationPercentage, in: Bounds.reservationPercentage, field: "resource_reservation_percentage")
    try Validation.require(monitoringInterval, in: Bounds.monitoringInterval, field: "monitoring_interval")
  }
}
