extension ResourceLimits {
  /// The bounds of the fields.
  public enum Bounds {
    /// Up to 16 tebibytes.
    public static let memoryMegabytes: ClosedRange<Int> = 1...16_777_216
    /// From a hundredth of a core, the finest share that kernels divide well.
    public static let cpuCores: ClosedRange<Double> = 0.01...4_096
    /// Up to a terabyte a second, above any device.
    public static let megabytesPerSecond: ClosedRange<Int> = 1...1_000_000
    /// Up to a year.
    public static let timeout: ClosedRange<Duration> = .milliseconds(1) ... .seconds(31_536_000)
  }

  /// Checks every field against its bounds, and throws at the first that is outside.
  public func validate() throws(ConfigurationError) {
    try Validation.require(memoryMegabytes, in: Bounds.memoryMegabytes, field: "memory_mb")
    try Validation.require(cpuCores, in: Bounds.cpuCores, field: "cpu_cores")
    try Validation.require(diskMegabytesPerSecond, in: Bounds.megabytesPerSecond, field: "disk_io_mbps")
    try Validation.require(networkMegabytesPerSecond, in: Bounds.megabytesPerSecond, field: "network_io_mbps")
    try Validation.require(executionTimeout, in: Bounds.timeout, field: "execution_timeout")
    try Validation.require(idleTimeout, in: Bounds.timeout, field: "idle_timeout")
  }
}
