/// The shares of its limits at which an agent's usage raises an alert.
public struct ResourceThresholds: Sendable, Hashable {
  /// The share of the memory limit, in percent.
  public var memoryPercentage: Double
  /// The share of the processor limit, in percent.
  public var cpuPercentage: Double
  /// The share of the limit of reading and writing files, in percent.
  public var diskPercentage: Double
  /// The share of the limit of sending and receiving, in percent.
  public var networkPercentage: Double
  /// How long the usage must stay above a threshold before the alert is raised.
  @WireSeconds public var sustainedFor: Duration

  /// Makes thresholds; what is not given has its default.
  public init(
    memoryPercentage: Double = 80,
    cpuPercentage: Double = 90,
    diskPercentage: Double = 90,
    networkPercentage: Double = 90,
    sustainedFor: Duration = .seconds(10)
  ) {
    self.memoryPercentage = memoryPercentage
    self.cpuPercentage = cpuPercentage
    self.diskPercentage = diskPercentage
    self.networkPercentage = networkPercentage
    self.sustainedFor = sustainedFor
  }
}

extension ResourceThresholds: Codable {
  private enum CodingKeys: String, CodingKey {
    case memoryPercentage = "memory_percentage"
    case cpuPercentage = "cpu_percentage"
    case diskPercentage = "disk_io_percentage"
    case networkPercentage = "network_io_percentage"
    case sustainedFor = "sustained_for"
  }

  /// Reads a configuration; a missing field has its default.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let defaults = ResourceThresholds()
    self.init(
      memoryPercentage: try container.value(.memoryPercentage, default: defaults.memoryPercentage),
      cpuPercentage: try container.value(.cpuPercentage, default: defaults.cpuPercentage),
      diskPercentage: try container.value(.diskPercentage, default: defaults.diskPercentage),
      networkPercentage: try container.value(.networkPercentage, default: defaults.networkPercentage),
      sustainedFor: try container.seconds(.sustainedFor, default: defaults.sustainedFor))
  }
}
