import FoundationEssentials
import Glibc
import SymbiontCore

/// What bubblewrap is told about one sandbox.
enum BubblewrapArguments {
  /// The numbers of its descriptors besides the three streams.
  static let reportNumber: Int32 = 3
  static let permitNumber: Int32 = 4
  static let filterNumber: Int32 = 5

  /// What a process may use before it becomes bubblewrap; limits can only be lowered.
  static func limits(_ limits: SandboxLimits) -> [String] {
    let bytes = UInt64(limits.workspaceMegabytes) * UInt64(ResourceLimits.bytesPerMegabyte)
    let file = ContainerSpecification.lowered("", RLIMIT_FSIZE, to: bytes).hard
    let count = ContainerSpecification.lowered("", RLIMIT_NOFILE, to: ContainerSpecification.openFiles).hard
    return ["--core=0", "--fsize=\(file)", "--nofile=\(count)"]
  }

  /// Everything but the program that is to run.
  static func all(_ order: ContainerOrder) -> [String] {
    let launch = order.launch
    var arguments = [
      "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--as-pid-1",
      "--new-session", "--uid", "0", "--gid", "0", "--hostname", "agent", "--chdir", "/", "--clearenv",
      "--info-fd", "\(reportNumber)", "--userns-block-fd", "\(permitNumber)", "--seccomp", "\(filterNumber)",
      "--cap-drop", "ALL",
    ]
    arguments += ContainerSpecification.guestCapabilities.flatMap { ["--cap-add", $0] }
    if launch.network == nil { arguments.append("--unshare-net") }
    arguments += [launch.root.isWritable ? "--bind" : "--ro-bind", order.ground.rootPath(of: launch), "/"]
    for mount in order.ground.mounts(of: launch) { arguments += self.mount(mount) }
    return arguments + masks
  }

  /// The arguments for a mount, which is described as for the other engines.
  static func mount(_ mount: ContainerSpecification.Mount) -> [String] {
    switch (mount.type, mount.destination) {
    case ("proc", let destination): return ["--proc", destination]
    case (_, "/dev"): return ["--dev", "/dev"]
    case ("devpts", _): return []
    case ("tmpfs", let destination): return memory(mount.options) + ["--tmpfs", destination]
    default:
      let isReadOnly = mount.options.contains("ro") || mount.options.contains("rro")
      return [isReadOnly ? "--ro-bind" : "--bind", mount.source, mount.destination]
    }
  }

  private static func memory(_ options: [String]) -> [String] {
    options.flatMap { option -> [String] in
      let parts = option.split(separator: "=").map(String.init)
      guard parts.count == 2 else { return [] }
      switch parts[0] {
      case "mode": return ["--perms", parts[1]]
      case "size": return ["--size", "\((Int(parts[1].dropLast()) ?? 1) * ResourceLimits.bytesPerMegabyte)"]
      default: return []
      }
    }
  }

  /// What tells of the machine is covered; what changes it bubblewrap makes read-only by itself.
  private static var masks: [String] {
    ContainerSpecification.maskedPaths.flatMap { path -> [String] in
      var status = stat()
      guard lstat(path, &status) == 0 else { return [] }
      return status.st_mode & S_IFMT == S_IFDIR
        ? ["--perms", "555", "--tmpfs", path] : ["--ro-bind", "/dev/null", path]
    }
  }
}
