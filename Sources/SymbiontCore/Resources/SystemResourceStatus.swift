/// What the machine has, what was promised to agents and what is in use.
public struct SystemResourceStatus: Sendable, Hashable {
  /// When this was measured.
  public var takenAt: Timestamp
  /// The memory for all agents, in bytes.
  public var totalMemoryBytes: Int
  /// The memory promised to agents, in bytes.
  public var allocatedMemoryBytes: Int
  /// The memory that agents use, in bytes.
  public var usedMemoryBytes: Int
  /// The cores for all agents.
  public var totalCPUCores: Double
  /// The cores promised to agents.
  public var allocatedCPUCores: Double
  /// The cores that agents use.
  public var usedCPUCores: Double
  /// The disk space for all agents, in bytes.
  public var totalDiskBytes: Int
  /// The disk space that agents use, in bytes.
  public var usedDiskBytes: Int
  /// The network rate for all agents, in bytes a second.
  public var totalNetworkBytesPerSecond: Int
  /// The network rate promised to agents, in bytes a second.
  public var allocatedNetworkBytesPerSecond: Int
  /// How many agents have an allocation.
  public var allocationCount: Int

  /// Makes a value of its parts.
  public init(
    takenAt: Timestamp,
    totalMemoryBytes: Int,
    allocatedMemoryBytes: Int,
    usedMemoryBytes: Int,
    totalCPUCores: Double,
    allocatedCPUCores: Double,
    usedCPUCores: Double,
    totalDiskBytes: Int,
    usedDiskBytes: Int,
    totalNetworkBytesPerSecond: Int,
    allocatedNetworkBytesPerSecond: Int,
    allocationCount: Int
  ) {
    self.takenAt = takenAt
    self.totalMemoryBytes = totalMemoryBytes
    self.allocatedMemoryBytes = allocatedMemoryBytes
    self.usedMemoryBytes = usedMemoryBytes
    self.totalCPUCores = totalCPUCores
    self.allocatedCPUCores = allocatedCPUCores
    self.usedCPUCores = usedCPUCores
    self.totalDiskBytes = totalDiskBytes
    self.usedDiskBytes = usedDiskBytes
    self.totalNetworkBytesPerSecond = totalNetworkBytesPerSecond
    self.allocatedNetworkBytesPerSecond = allocatedNetworkBytesPerSecond
    self.allocationCount = allocationCount
  }
}

extension SystemResourceStatus: Codable {
  private enum CodingKeys: String, CodingKey {
    case takenAt = "taken_at"
    case totalMemoryBytes = "total_memory"
    case allocatedMemoryBytes = "allocated_memory"
    case usedMemoryBytes = "used_memory"
    case totalCPUCores = "total_cpu_cores"
    case allocatedCPUCores = "allocated_cpu_cores"
    case usedCPUCores = "used_cpu_cores"
    case totalDiskBytes = "total_disk_space"
    case usedDiskBytes = "used_disk_space"
    case totalNetworkBytesPerSecond = "total_network_bandwidth"
    case allocatedNetworkBytesPerSecond = "allocated_network_bandwidth"
    case allocationCount = "allocation_count"
  }
}
