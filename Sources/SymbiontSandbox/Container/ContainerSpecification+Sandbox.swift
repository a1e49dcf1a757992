import Glibc
import SymbiontCore

extension ContainerSpecification {
  /// Where the program of the first process is seen.
  static let guestPath = "/.symbiont/guest"
  /// The rights of the first process within its user namespace: to end commands, and to become their user.
  ///
  /// Commands have none.
  static let guestCapabilities = ["CAP_KILL", "CAP_SETGID", "CAP_SETUID"]

  /// The container of a sandbox whose first process is the guest.
  init(
    _ launch: SandboxLaunch, group: String, rootPath: String, mounts: [Mount], limitsProcessesInside: Bool,
    mappings: [Linux.IDMapping]
  ) {
    self.init(
      process: Process(
        user: Process.User(uid: 0, gid: 0), args: [Self.guestPath], env: [], cwd: "/",
        capabilities: Process.Capabilities(
          bounding: Self.guestCapabilities, effective: Self.guestCapabilities, permitted: Self.guestCapabilities),
        oomScoreAdj: Self.outOfMemoryScore,
        rlimits: Self.resourceLimits(launch.limits, limitsProcesses: limitsProcessesInside)),
      root: Root(path: rootPath, readonly: !launch.root.isWritable), hostname: "agent", mounts: mounts,
      linux: Linux(
        cgroupsPath: group, resources: Resources(devices: [Resources.DeviceRule(allow: false, access: "rwm")]),
        namespaces: Self.namespaces(launch.network), uidMappings: mappings,
        gidMappings: mappings, seccomp: .standard, maskedPaths: Self.maskedPaths,
        readonlyPaths: Self.readonlyPaths))
  }

  private static func namespaces(_ network: SandboxNetworkAttachment?) -> [Linux.Namespace] {
    ["pid", "ipc", "uts", "mount", "cgroup", "user"].map { Linux.Namespace(type: $0) }
      + [Linux.Namespace(type: "network", path: network?.namespacePath)]
  }

  private static func resourceLimits(_ limits: SandboxLimits, limitsProcesses: Bool) -> [Process.ResourceLimit] {
    let fileBytes = UInt64(limits.workspaceMegabytes) * UInt64(ResourceLimits.bytesPerMegabyte)
    let all = [
      lowered("RLIMIT_CORE", RLIMIT_CORE, to: 0), lowered("RLIMIT_FSIZE", RLIMIT_FSIZE, to: fileBytes),
      lowered("RLIMIT_NOFILE", RLIMIT_NOFILE, to: openFiles),
    ]
    guard limitsProcesses else { return all }
    // gVisor counts the first process of a command, which was made by the guest, to the guest's user.
    let processes = limits.processes > leastProcesses ? limits.processes - 1 : limits.processes
    return all + [lowered("RLIMIT_NPROC", __RLIMIT_NPROC, to: UInt64(processes))]
  }

  /// The guest, what watches over a command, and the command: with less than these nothing can be run.
  private static let leastProcesses = 4

  /// What is seen in a sandbox, in the order in which it is mounted.
  static func mounts(_ launch: SandboxLaunch, stage: ContainerStage, systemMounts: [Mount]) -> [Mount] {
    let memory = "size=\(launch.limits.temporaryMegabytes)m"
    var mounts = [
      Mount(destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"]),
      Mount(
        destination: "/dev", type: "tmpfs", source: "tmpfs",
        options: ["nosuid", "noexec", "strictatime", "mode=755", "size=64k"]),
      Mount(
        destination: "/dev/pts", type: "devpts", source: "devpts",
        options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]),
      Mount(
        destination: "/dev/shm", type: "tmpfs", source: "shm",
        options: ["nosuid", "noexec", "nodev", "mode=1777", memory]),
      Mount(
        destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev", "mode=1777", memory]),
    ]
    if case .machine = launch.root { mounts += systemMounts }
    mounts += [
      Mount(
        destination: guestPath, type: "bind", source: stage.guest, options: ["bind", "ro", "nosuid", "nodev"]),
      // What is mounted on the workspace later, on the machine, appears in the sandbox.
      Mount(
        destination: workspacePath, type: "bind", source: stage.workspace,
        options: ["rbind", "rslave", "rw", "nosuid", "nodev"]),
    ]
    if launch.network != nil {
      mounts.append(
        Mount(
          destination: "/etc/hosts", type: "bind", source: stage.hosts,
          options: ["bind", "ro", "nosuid", "nodev", "noexec"]))
    }
    return mounts
  }
}

extension SandboxLaunch.Root {
  /// Whether files of the root can be changed.
  var isWritable: Bool {
    switch self {
    case .machine: false
    case .image(_, let isWritable): isWritable
    }
  }
}
