public import SymbiontCore
import SymbiontResources
import SymbiontSystem
import Synchronization

/// What the kernel counted for a sandbox since it was started.
///
/// A reading is nil where nothing counts it.
public struct SandboxUsage: Sendable, Hashable, Codable {
  /// The memory that is charged to it, in bytes.
  public var memoryBytes: Int?
  /// The most memory that was charged to it, in bytes.
  public var memoryPeakBytes: Int?
  /// The limit of its memory, in bytes.
  public var memoryLimitBytes: Int?
  /// Processes that were killed because it was out of memory.
  public var memoryKills = 0
  /// Processor time, in nanoseconds.
  public var cpuNanoseconds: Int?
  /// Periods in which it ran and its processor time was limited.
  public var periods = 0
  /// Periods in which it had used up its processor time and had to wait.
  public var throttledPeriods = 0
  /// Processes and threads.
  public var processes: Int?
  /// The limit of processes and threads.
  public var processLimit: Int?
  /// Processes that were refused because it had too many.
  public var processRefusals = 0
  /// Bytes that were read from disks.
  public var diskReadBytes: Int?
  /// Bytes that were written to disks.
  public var diskWrittenBytes: Int?
  /// Bytes that its workspace holds, as the sandbox itself sees it.
  public var workspaceUsedBytes: Int?
  /// Bytes that its workspace can hold.
  public var workspaceTotalBytes: Int?

  /// A usage of which nothing is known.
  public init() {}

  init(_ counters: ControlGroupCounters) {
    memoryBytes = counters.memoryBytes
    memoryPeakBytes = counters.memoryPeakBytes
    memoryLimitBytes = counters.memoryLimitBytes
    memoryKills = counters.memoryKills
    cpuNanoseconds = counters.cpuNanoseconds
    periods = counters.periods
    throttledPeriods = counters.throttledPeriods
    processes = counters.processes
    processLimit = counters.processLimit
    processRefusals = counters.processRefusals
    diskReadBytes = counters.diskReadBytes
    diskWrittenBytes = counters.diskWrittenBytes
  }

  /// Takes on what the guest counted where the group outside counts an engine and a kernel as well.
  mutating func apply(_ metrics: GuestMetrics, tier: SecurityTier, processLimit limit: Int) {
    func number(_ value: UInt64?) -> Int? { value.map { Int(clamping: $0) } }
    workspaceTotalBytes = number(metrics.diskTotal)
    if let total = metrics.diskTotal, let free = metrics.diskFree {
      workspaceUsedBytes = number(total - min(free, total))
    }
    guard tier != .tier1 else { return }
    processes = number(metrics.groupProcesses ?? metrics.processes)
    processLimit = number(metrics.groupProcessLimit) ?? limit
    guard tier == .tier3 else { return }
    memoryBytes = number(metrics.groupMemoryUsed)
    memoryLimitBytes = number(metrics.groupMemoryLimit)
    memoryPeakBytes = number(metrics.groupMemoryPeak)
    memoryKills = number(metrics.memoryKills) ?? memoryKills
    processRefusals = number(metrics.processRefusals) ?? processRefusals
  }

  /// The limits at which the kernel stopped it or held it back between two readings: processes were killed or refused,
  /// it waited for processor time most of the time, or its workspace is full.
  public func violations(since earlier: SandboxUsage) -> [ResourceKind] {
    let ran = periods - earlier.periods
    let waited = throttledPeriods - earlier.throttledPeriods
    let isHeldBack =
      ran >= ViolationWatch.minimumPeriods && Double(waited) >= Double(ran) * ViolationWatch.throttledShare
    return (memoryKills > earlier.memoryKills ? [.memory] : []) + (isHeldBack ? [.cpu] : [])
      + (processRefusals > earlier.processRefusals ? [.processes] : [])
      + (isWorkspaceFull && !earlier.isWorkspaceFull ? [.workspace] : [])
  }

  /// What counted for a violation since an earlier reading; nil when it is not one of these.
  func evidence(
    of resource: ResourceKind, since earlier: SandboxUsage, subject: String
  ) -> ResourceViolation.Evidence? {
    switch resource {
    case .memory: .init(subject: subject, counter: "oom_kill", before: earlier.memoryKills, after: memoryKills)
    case .cpu:
      .init(subject: subject, counter: "nr_throttled", before: earlier.throttledPeriods, after: throttledPeriods)
    case .processes:
      .init(subject: subject, counter: "pids.events max", before: earlier.processRefusals, after: processRefusals)
    case .workspace:
      .init(
        subject: subject, counter: "used bytes", before: earlier.workspaceUsedBytes ?? 0, after: workspaceUsedBytes ?? 0
      )
    case .diskIO, .networkIO, .executionTime, .idleTime: nil
    }
  }

  private var isWorkspaceFull: Bool {
    guard let total = workspaceTotalBytes, let used = workspaceUsedBytes, total > 0 else { return false }
    return Double(total - used) < Double(total) * ViolationWatch.fullShare
  }

  private enum CodingKeys: String, CodingKey {
    case processes, periods
    case memoryBytes = "memory_bytes"
    case memoryPeakBytes = "memory_peak_bytes"
    case memoryLimitBytes = "memory_limit_bytes"
    case memoryKills = "memory_kills"
    case cpuNanoseconds = "cpu_ns"
    case throttledPeriods = "throttled_periods"
    case processLimit = "process_limit"
    case processRefusals = "process_refusals"
    case diskReadBytes = "disk_read_bytes"
    case diskWrittenBytes = "disk_written_bytes"
    case workspaceUsedBytes = "workspace_used_bytes"
    case workspaceTotalBytes = "workspace_total_bytes"
  }
}

extension SandboxEntry {
  /// What the control group counted; nothing where there is none.
  func usage() -> SandboxUsage {
    guard let path = state.withLock({ $0.running?.launched.controlGroupPath }),
      let counters = try? ControlGroup(path: path, hierarchy: .machine).counters()
    else { return SandboxUsage() }
    return SandboxUsage(counters)
  }
}

extension CgroupHierarchy {
  /// The trees of this machine, looked up once: mounts of control groups do not change under a running system.
  static let machine = CgroupHierarchy(.current())
}
