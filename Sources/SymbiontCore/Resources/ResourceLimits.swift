/// The most that an agent may use (specification, "Resource Types").
///
/// A megabyte is 1,048,576 bytes here.
public struct ResourceLimits: Sendable, Hashable {
  /// The memory, in megabytes.
  public var memoryMegabytes: Int
  /// The processor time, in cores: 0.5 is half of one core.
  public var cpuCores: Double
  /// The rate of reading and writing files, in megabytes a second.
  public var diskMegabytesPerSecond: Int
  /// The rate of sending and receiving, in megabytes a second.
  public var networkMegabytesPerSecond: Int
  /// The longest that one execution may take, waiting included.
  @WireSeconds public var executionTimeout: Duration
  /// How long an agent may do nothing before it is taken out of memory.
  @WireSeconds public var idleTimeout: Duration

  /// Makes limits; what is not given has its default.
  public init(
    memoryMegabytes: Int = 512,
    cpuCores: Double = 1,
    diskMegabytesPerSecond: Int = 50,
    networkMegabytesPerSecond: Int = 10,
    executionTimeout: Duration = .seconds(3_600),
    idleTimeout: Duration = .seconds(300)
  ) {
    self.memoryMegabytes = memoryMegabytes
    self.cpuCores = cpuCores
    self.diskMegabytesPerSecond = diskMegabytesPerSecond
    self.networkMegabytesPerSecond = networkMegabytesPerSecond
    self.executionTimeout = executionTimeout
    self.idleTimeout = idleTimeout
  }
}

extension ResourceLimits: Codable {
  private enum CodingKeys: String, CodingKey {
    case memoryMegabytes = "memory_mb"
    case cpuCores = "cpu_cores"
    case diskMegabytesPerSecond = "disk_io_mbps"
    case networkMegabytesPerSecond = "network_io_mbps"
    case executionTimeout = "execution_timeout"
    case idleTimeout = "idle_timeout"
  }

  /// Reads a configuration; a missing field has its default.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let defaults = ResourceLimits()
    self.init(
      memoryMegabytes: try container.value(.memoryMegabytes, default: defaults.memoryMegabytes),
      cpuCores: try container.value(.cpuCores, default: defaults.cpuCores),
      diskMegabytesPerSecond: try container.value(.diskMegabytesPerSecond, default: defaults.diskMegabytesPerSecond),
      networkMegabytesPerSecond: try container.value(
        .networkMegabytesPerSecond, default: defaults.networkMegabytesPerSecond),
      executionTimeout: try container.seconds(.executionTimeout, default: defaults.executionTimeout),
      idleTimeout: try container.seconds(.idleTimeout, default: defaults.idleTimeout))
  }
}

extension ResourceLimits {
  /// The bytes of a megabyte.
  public static let bytesPerMegabyte = 1_048_576

  /// The memory in bytes; `Int.max` when the bytes do not fit.
  public var memoryBytes: Int { Self.bytes(memoryMegabytes) }
  /// The rate of reading and writing files in bytes a second; `Int.max` when the bytes do not fit.
  public var diskBytesPerSecond: Int { Self.bytes(diskMegabytesPerSecond) }
  /// The rate of sending and receiving in bytes a second; `Int.max` when the bytes do not fit.
  public var networkBytesPerSecond: Int { Self.bytes(networkMegabytesPerSecond) }

  private static func bytes(_ megabytes: Int) -> Int {
    let (bytes, overflow) = megabytes.multipliedReportingOverflow(by: bytesPerMegabyte)
    guard overflow else { return bytes }
    return megabytes < 0 ? .min : .max
  }
}
