import Glibc
import SymbiontCore
import SymbiontResources

extension ContainerSpecification {
  /// Where a command sees its workspace.
  static let workspacePath = "/workspace"

  private static let defaultEnvironment = [
    "HOME": workspacePath, "LANG": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "TMPDIR": "/tmp",
  ]

  /// The length of the periods over which the kernel gives out processor time, in microseconds: its own default.
  private static let processorPeriod = 100_000
  /// The kernel refuses smaller quotas.
  private static let minimumProcessorQuota = 1_000
  /// When the machine runs out of memory, commands go before the runtime and its store.
  static let outOfMemoryScore = 500
  static let openFiles: UInt64 = 1_024

  /// The container in which a command runs.
  init(_ command: SandboxCommand, name: ContainerName, root: RootSkeleton, configuration: RuncConfiguration) {
    let environment = Self.defaultEnvironment.merging(command.environment) { _, given in given }
    self.init(
      process: Process(
        user: Process.User(uid: RuncConfiguration.commandUserID, gid: RuncConfiguration.commandUserID),
        args: command.arguments, env: environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" },
        cwd: Self.workspacePath, oomScoreAdj: Self.outOfMemoryScore, rlimits: Self.resourceLimits(configuration)),
      root: Root(path: root.path, readonly: true), hostname: "agent",
      mounts: Self.mounts(command, root: root, configuration: configuration),
      linux: Self.linux(command, name: name, configuration: configuration))
  }

  private static func linux(
    _ command: SandboxCommand, name: ContainerName, configuration: RuncConfiguration
  ) -> Linux {
    let mapping = Linux.IDMapping(
      containerID: 0, hostID: configuration.firstUserID, size: RuncConfiguration.mappedIDs)
    let quota = (command.limits.cpuCores * Double(processorPeriod)).rounded(.up)
    return Linux(
      cgroupsPath: CgroupHierarchy.path(of: name),
      resources: Resources(
        devices: [Resources.DeviceRule(allow: false, access: "rwm")],
        memory: Resources.Memory(limit: command.limits.memoryBytes, swap: command.limits.memoryBytes),
        cpu: Resources.Processor(quota: max(minimumProcessorQuota, Int(quota)), period: processorPeriod),
        pids: Resources.Processes(limit: command.processLimit)),
      namespaces: ["pid", "network", "ipc", "uts", "mount", "cgroup", "user"].map { Linux.Namespace(type: $0) },
      uidMappings: [mapping], gidMappings: [mapping], seccomp: .standard,
      maskedPaths: maskedPaths, readonlyPaths: readonlyPaths)
  }

  /// What tells of the machine and its kernel.
  static let maskedPaths = [
    "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
    "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats",
  ]
  /// What changes the machine and its kernel.
  static let readonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]

  private static func mounts(
    _ command: SandboxCommand, root: RootSkeleton, configuration: RuncConfiguration
  ) -> [Mount] {
    [
      Mount(destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"]),
      Mount(
        destination: "/dev", type: "tmpfs", source: "tmpfs",
        options: ["nosuid", "noexec", "strictatime", "mode=755", "size=64k"]),
      Mount(
        destination: "/dev/shm", type: "tmpfs", source: "shm",
        options: ["nosuid", "noexec", "nodev", "mode=1777", "size=\(configuration.temporaryMegabytes)m"]),
      Mount(
        destination: "/tmp", type: "tmpfs", source: "tmpfs",
        options: ["nosuid", "nodev", "mode=1777", "size=\(configuration.temporaryMegabytes)m"]),
    ] + root.systemMounts + [
      Mount(
        destination: workspacePath, type: "bind", source: command.workspace, options: ["bind", "rw", "nosuid", "nodev"])
    ]
  }

  /// Limits of the kernel for each process.
  ///
  /// Hard limits can only be lowered without a special right, so none is above the runtime's own.
  private static func resourceLimits(_ configuration: RuncConfiguration) -> [Process.ResourceLimit] {
    let fileBytes = UInt64(configuration.fileMegabytes) * UInt64(ResourceLimits.bytesPerMegabyte)
    return [
      lowered("RLIMIT_CORE", RLIMIT_CORE, to: 0), lowered("RLIMIT_FSIZE", RLIMIT_FSIZE, to: fileBytes),
      lowered("RLIMIT_NOFILE", RLIMIT_NOFILE, to: openFiles),
    ]
  }

  static func lowered(_ type: String, _ resource: __rlimit_resource, to value: UInt64) -> Process.ResourceLimit {
    var current = rlimit()
    guard getrlimit(__rlimit_resource_t(resource.rawValue), &current) == 0 else {
      return Process.ResourceLimit(type: type, soft: value, hard: value)
    }
    let limit = min(value, UInt64(current.rlim_max))
    return Process.ResourceLimit(type: type, soft: limit, hard: limit)
  }
}
