import SymbiontCore

/// The limits that the engine sets up itself, when a container is made and later.
struct DockerResources: Encodable, Hashable, Sendable {
  /// Bytes.
  var memory: Int
  /// Memory and swap together, so a value equal to ``memory`` means no swap.
  var memoryAndSwap: Int
  /// Microseconds.
  var processorPeriod: Int
  /// Microseconds of processor time in each period.
  var processorQuota: Int
  /// Processes and threads.
  var processes: Int

  /// The length of the periods over which the kernel gives out processor time: its own default.
  static let defaultPeriod = 100_000
  /// The kernel refuses smaller quotas.
  private static let minimumQuota = 1_000
  /// The quota is a number of 64 bits, and no machine has so many cores.
  private static let maximumCores = 1_000_000.0

  private enum CodingKeys: String, CodingKey {
    case memory = "Memory"
    case memoryAndSwap = "MemorySwap"
    case processorPeriod = "CpuPeriod"
    case processorQuota = "CpuQuota"
    case processes = "PidsLimit"
  }

  /// The limits of a sandbox.
  ///
  /// The engine's own way of giving cores (`NanoCpus`) refuses more than the machine has, so the quota is given.
  init(_ limits: SandboxLimits, engine: SandboxEngine) {
    memory = limits.resources.memoryBytes
    memoryAndSwap = memory
    processorPeriod = Self.defaultPeriod
    let cores = limits.resources.cpuCores.isFinite ? min(max(limits.resources.cpuCores, 0), Self.maximumCores) : 0
    processorQuota = max(Self.minimumQuota, Int((cores * Double(Self.defaultPeriod)).rounded(.up)))
    processes = engine == .dockerRunsc ? GVisorKernel.machineProcesses(for: limits.processes) : limits.processes
  }
}
