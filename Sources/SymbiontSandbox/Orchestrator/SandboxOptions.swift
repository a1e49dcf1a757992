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
  /// The size of such a workspace is not limited.
  public var workspaceDirectory: String?

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

  private enum CodingKeys: String, CodingKey {
    case image, engine, processes
    case allowsUnenforcedLimits = "allow_unenforced_limits"
    case workspaceDirectory = "workspace_directory"
  }
}
