import SymbiontCore
import SymbiontResources

extension SandboxLimits {
  /// What the control group of a sandbox is limited to, but for the limits that were given up.
  ///
  /// The rate of disks holds for each disk that one of the files lies on.
  func controlGroupLimits(
    processes: Int, files: [String], unenforced: Set<SandboxCapability>
  ) -> ControlGroupLimits {
    func kept<Value>(_ value: Value, _ capability: SandboxCapability) -> Value? {
      unenforced.contains(capability) ? nil : value
    }
    return ControlGroupLimits(
      memoryBytes: kept(resources.memoryBytes, .memoryLimit), cpuCores: kept(resources.cpuCores, .processorLimit),
      processes: kept(processes, .processLimit),
      diskBytesPerSecond: kept(resources.diskBytesPerSecond, .diskRateLimit),
      diskDevices: Array(Set(files.compactMap(BlockDevice.init(holding:)))))
  }
}

extension ContainerStage.Content {
  /// Files that stand for the disks that a sandbox reads and writes.
  var limitedFiles: [String] { [workspace] + (layers?.suffix(1) ?? []) }
}

extension ControlGroupError {
  /// The error for the caller of a driver.
  func sandboxError(starting sandboxID: SandboxID) -> SandboxError {
    switch self {
    case .unavailable(let limit, let reason):
      .limitUnenforceable(limit: limit.field, reason: reason)
    case .invalid(let limit, let value):
      .configurationInvalid(reason: "`\(value)` is no value for `\(limit.field)`")
    default:
      .startFailed(reason: "the limits of sandbox `\(sandboxID)` could not be set: \(self)")
    }
  }
}

extension ControlGroupLimit {
  /// The name of the limit in configurations.
  var field: String {
    switch self {
    case .memory: "memory_mb"
    case .processor: "cpu_cores"
    case .processes: "processes"
    case .diskRate: "disk_io_mbps"
    }
  }

  /// What a driver can do where the limit can be enforced.
  var capability: SandboxCapability {
    switch self {
    case .memory: .memoryLimit
    case .processor: .processorLimit
    case .processes: .processLimit
    case .diskRate: .diskRateLimit
    }
  }
}
