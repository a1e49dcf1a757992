public import SymbiontCore

/// What was found out about one engine of this machine, by looking for it and, where it can be used, by a real sandbox.
public struct EngineCheckup: Sendable, Hashable, Codable {
  /// What is known of one limit.
  public struct LimitCheck: Sendable, Hashable, Codable {
    /// How far a limit can be relied on.
    public enum State: String, Sendable, Hashable, Codable {
      /// A command went beyond it, and was stopped.
      case held
      /// It is in force, as the kernel or the engine tells.
      case set
      /// It cannot be enforced here, and whoever asks for it is refused.
      case missing
      /// It was asked for, and is not in force.
      case failed
    }

    /// The limit, by its name in configurations.
    public var limit: String
    /// How far it can be relied on.
    public var state: State
    /// What was seen.
    public var detail: String

    /// Makes a check of its parts.
    public init(limit: String, state: State, detail: String) {
      self.limit = limit
      self.state = state
      self.detail = detail
    }
  }

  /// What was found without starting a sandbox.
  public var report: EngineReport
  /// How strong its isolation is.
  public var tier: SecurityTier
  /// Whether a sandbox of the tier with default limits is made with it.
  public var isChosen: Bool
  /// Why no sandbox could be started although the engine was found; nil when one could, or none was tried.
  public var failure: String?
  /// What is known of each limit, in a fixed order; empty when no sandbox could be started.
  public var limits: [LimitCheck]

  /// Makes a checkup of its parts.
  public init(report: EngineReport, isChosen: Bool, failure: String? = nil, limits: [LimitCheck] = []) {
    self.report = report
    tier = report.engine.tier
    self.isChosen = isChosen
    self.failure = failure
    self.limits = limits
  }

  /// The limits whose checks an engine has, in the order in which they are told.
  public static let limitNames = [
    "memory_mb", "cpu_cores", "pids", "disk_io_mbps", "network_io_mbps", "workspace_mb", "execution_timeout",
    "read_only_root", "network_config", "allowed_destinations", "privileges",
  ]

  /// Whether it can be used, and every limit that it has holds.
  public var isSound: Bool {
    report.isUsable && failure == nil && !limits.isEmpty && !limits.contains { $0.state == .failed }
  }

  private enum CodingKeys: String, CodingKey {
    case report, tier, failure, limits
    case isChosen = "is_chosen"
  }
}

extension SandboxEngine {
  /// How to install it on Debian.
  public var installation: String {
    switch self {
    case .runc, .crun, .bubblewrap, .runsc: "apt-get install \(rawValue)"
    case .docker: "apt-get install docker.io, and start its service"
    case .dockerRunsc: "apt-get install docker.io runsc, name `runsc` as a runtime of the Docker Engine, and start it"
    case .qemu: "apt-get install qemu-system-x86 e2fsprogs, and run `scripts/microvm-kernel`"
    case .firecracker: "no package of Debian has it, and nothing needs it where QEMU is"
    }
  }
}
