import SymbiontCore

/// What an engine must be able to do for a configuration.
struct SandboxNeeds: Sendable, Hashable {
  /// The limits that the kernel must keep.
  ///
  /// Only these may be given up, and only by name.
  var limits: Set<SandboxCapability>
  /// Everything else.
  var features: Set<SandboxCapability>

  /// Tells what a configuration needs.
  init(_ config: SandboxConfig, _ options: SandboxOptions) {
    limits = [.memoryLimit, .processorLimit, .processLimit, .diskRateLimit]
    features = []
    if config.networkConfig.mode != .none {
      limits.insert(.networkRateLimit)
      features.insert(.egressAllowList)
    }
    if options.image != nil { features.insert(.images) }
    if options.workspaceDirectory != nil {
      features.insert(.sharedWorkspace)
    } else {
      limits.insert(.workspaceLimit)
    }
  }

  /// Everything.
  var all: Set<SandboxCapability> { limits.union(features) }
}

extension SandboxCapability {
  /// What the machine must have for it, and how to get it; nil when it is up to the engine alone.
  var facility: String? {
    switch self {
    case .memoryLimit: Self.controller("memory", two: "memory")
    case .processorLimit: Self.controller("cpu", two: "cpu")
    case .processLimit: Self.controller("pids", two: "pids")
    case .diskRateLimit: Self.controller("blkio", two: "io")
    case .networkRateLimit, .egressAllowList:
      """
      `ip`, `tc` and `nft` (`apt-get install iproute2 nftables`), for a virtual machine `/dev/net/tun` as well, and an \
      engine that joins a network namespace, which the Docker Engine does not
      """
    default: nil
    }
  }

  private static func controller(_ one: String, two: String) -> String {
    """
    the controller `\(one)` of control groups version 1, or `\(two)` of version 2: mount it, as with \
    `mount -t cgroup -o \(one) none /sys/fs/cgroup/\(one)`, or switch it on in `cgroup.subtree_control`
    """
  }

  /// The limit that it enforces, by its name in configurations; nil when it enforces none.
  var limitName: String? {
    switch self {
    case .memoryLimit: "memory_mb"
    case .processorLimit: "cpu_cores"
    case .processLimit: "pids"
    case .diskRateLimit: "disk_io_mbps"
    case .networkRateLimit: "network_io_mbps"
    case .workspaceLimit: "workspace_mb"
    default: nil
    }
  }
}
