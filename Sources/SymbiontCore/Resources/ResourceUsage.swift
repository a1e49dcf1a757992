/// What an agent uses at one moment (specification, "Resource Types").
public struct ResourceUsage: Sendable, Hashable {
  /// The memory in use, in bytes.
  public var memoryBytes: Int
  /// The processor time used of late, in cores.
  public var cpuCores: Double
  /// The rate of reading and writing files, in bytes a second.
  public var diskBytesPerSecond: Int
  /// The rate of sending and receiving, in bytes a second.
  public var networkBytesPerSecond: Int
  /// How long the agent has been running.
  @WireSeconds public var uptime: Duration

  /// Makes a usage; what is not given is nothing.
  public init(
    memoryBytes: Int = 0,
    cpuCores: Double = 0,
    diskBytesPerSecond: Int = 0,
    networkBytesPerSecond: Int = 0,
    uptime: Duration = .zero
  ) {
    self.memoryBytes = memoryBytes
    self.cpuCores = cpuCores
    self.diskBytesPerSecond = diskBytesPerSecond
    self.networkBytesPerSecond = networkBytesPerSecond
    self.uptime = uptime
  }
}

extension ResourceUsage: Codable {
  private enum CodingKeys: String, CodingKey {
    case uptime
    case memoryBytes = "memory_used"
    case cpuCores = "cpu_usage"
    case diskBytesPerSecond = "disk_io_rate"
    case networkBytesPerSecond = "network_io_rate"
  }
}
