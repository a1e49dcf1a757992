/// A limit that control groups can enforce.
package enum ControlGroupLimit: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  /// Memory, with swap.
  case memory
  /// Processor time.
  case processor
  /// Processes and threads at once.
  case processes
  /// Reading from and writing to block devices.
  case diskRate = "disk-rate"

  package var description: String {
    switch self {
    case .memory: "memory"
    case .processor: "processor time"
    case .processes: "processes"
    case .diskRate: "the disk rate"
    }
  }
}

/// What a control group may use; nil leaves what holds.
package struct ControlGroupLimits: Sendable, Hashable {
  /// Memory in bytes, what is swapped out included where the kernel counts that.
  package var memoryBytes: Int?
  /// Processor time in cores.
  package var cpuCores: Double?
  /// Processes and threads at once.
  package var processes: Int?
  /// Bytes a second that are read from each of the devices, and as many that are written.
  package var diskBytesPerSecond: Int?
  /// The devices that the rate holds for.
  package var diskDevices: [BlockDevice]

  /// Makes limits of their parts.
  package init(
    memoryBytes: Int? = nil, cpuCores: Double? = nil, processes: Int? = nil, diskBytesPerSecond: Int? = nil,
    diskDevices: [BlockDevice] = []
  ) {
    self.memoryBytes = memoryBytes
    self.cpuCores = cpuCores
    self.processes = processes
    self.diskBytesPerSecond = diskBytesPerSecond
    self.diskDevices = diskDevices
  }
}
