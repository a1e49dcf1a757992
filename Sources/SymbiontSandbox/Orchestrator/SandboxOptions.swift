import SymbiontCore

/// What a sandbox is made of besides its ``SandboxConfig``.
public struct SandboxOptions: Sendable, Hashable, Codable {
  /// The image whose files it sees as `/`; nil for the system directories of the machine.
  public var image: String?
  /// The engine; nil for the first of the tier that can do what is needed.
  public var engine: SandboxEngine?
  /// How many processes and threads it may have at once.
  public var processes: Int
  /// Whether it may be started although the machine cannot enforce some of its limits.
  ///
  /// That is logged, and the limits are named in its description.
  public var allowsUnenforcedLimits: Bool
  /// A directory of the machine that is its workspace; nil for a volume of its own, which is removed with it.
  ///
  /// The size of such a workspace is not limited by the sandbox.
  public var workspaceDirectory: String?
  /// Whether that directory is a file system of its own, no larger than `workspace_mb`; it is looked at then.
  var limitsWorkspaceDirectory = false

  /// Makes options; what is not given has its default.
  public init(
    image: String? = nil, engine: SandboxEngine? = nil, processes: Int = 128, allowsUnenforcedLimits: Bool = false,
    workspaceDirectory: String? = nil
  ) {
    self.image = image
    self.engine = engine
    self.processes = processes
    self.allowsUnenforcedLimits = allowsUnenforcedLimits
    self.workspaceDirectory = workspaceDirectory
  }

  /// Whether its workspace has a size.
  var hasWorkspaceLimit: Bool { workspaceDirectory == nil || limitsWorkspaceDirectory }

  private enum CodingKeys: String, CodingKey {
    case image, engine, processes
    case allowsUnenforcedLimits = "allow_unenforced_limits"
    case workspaceDirectory = "workspace_directory"
  }
}
