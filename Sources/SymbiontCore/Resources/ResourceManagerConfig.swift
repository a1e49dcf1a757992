/// The configuration of the resource manager (specification, "Resource Manager").
///
/// The totals are what all agents share. Their defaults are small; the runtime sets them to what the machine has.
public struct ResourceManagerConfig: Sendable, Hashable {
  /// The memory for all agents, in bytes.
  public var totalMemoryBytes: Int
  /// The cores for all agents.
  public var totalCPUCores: Int
  /// The disk space for all agents, in bytes.
  public var totalDiskBytes: Int
  /// The network rate for all agents, in bytes a second.
  public var totalNetworkBytesPerSecond: Int
  /// Whether limits are enforced by the kernel; without, they are only counted.
  public var isEnforcementEnabled: Bool
  /// Whether limits of agents may be raised while resources are free.
  public var isAutoScalingEnabled: Bool
  /// The share of each total that is kept back for the runtime itself, in percent.
  public var resourceReservationPercentage: Double
  /// How often usage is measured.
  @WireSeconds public var monitoringInterval: Duration

  /// Makes a configuration; what is not given has its default.
  public init(
    totalMemoryBytes: Int = 4_294_967_296,
    totalCPUCores: Int = 2,
    totalDiskBytes: Int = 34_359_738_368,
    totalNetworkBytesPerSecond: Int = 131_072_000,
    isEnforcementEnabled: Bool = true,
    isAutoScalingEnabled: Bool = false,
    resourceReservationPercentage: Double = 10,
    monitoringInterval: Duration = .seconds(5)
  ) {
    self.totalMemoryBytes = totalMemoryBytes
    self.totalCPUCores = totalCPUCores
    self.totalDiskBytes = totalDiskBytes
    self.totalNetworkBytesPerSecond = totalNetworkBytesPerSecond
    self.isEnforcementEnabled = isEnforcementEnabled
    self.isAutoScalingEnabled = isAutoScalingEnabled
    self.resourceReservationPercentage = resourceReservationPercentage
    self.monitoringInterval = monitoringInterval
  }
}

extension ResourceManagerConfig: Codable {
  private enum CodingKeys: String, CodingKey {
    case totalMemoryBytes = "total_memory"
    case totalCPUCores = "total_cpu_cores"
    case totalDiskBytes = "total_disk_space"
    case totalNetworkBytesPerSecond = "total_network_bandwidth"
    case isEnforcementEnabled = "enforcement_enabled"
    case isAutoScalingEnabled = "auto_scaling_enabled"
    case resourceReservationPercentage = "resource_reservation_percentage"
    case monitoringInterval = "monitoring_interval"
  }

  /// Reads a configuration; a missing field has its default.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let defaults = ResourceManagerConfig()
    self.init(
      totalMemoryBytes: try container.value(.totalMemoryBytes, default: defaults.totalMemoryBytes),
      totalCPUCores: try container.value(.totalCPUCores, default: defaults.totalCPUCores),
      totalDiskBytes: try container.value(.totalDiskBytes, default: defaults.totalDiskBytes),
      totalNetworkBytesPerSecond: try container.value(
        .totalNetworkBytesPerSecond, default: defaults.totalNetworkBytesPerSecond),
      isEnforcementEnabled: try container.value(.isEnforcementEnabled, default: defaults.isEnforcementEnabled),
      isAutoScalingEnabled: try container.value(.isAutoScalingEnabled, default: defaults.isAutoScalingEnabled),
      resourceReservationPercentage: try container.value(
        .resourceReservationPercentage, default: defaults.resourceReservationPercentage),
      monitoringInterval: try container.seconds(.monitoringInterval, default: defaults.monitoringInterval))
  }
}
