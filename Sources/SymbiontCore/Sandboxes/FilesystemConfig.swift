/// Which files a sandbox sees.
public struct FilesystemConfig: Sendable, Hashable {
  /// Whether everything but the workspace and the temporary directory is read-only.
  public var isRootReadOnly: Bool
  /// Where the agent's workspace is seen; commands start there.
  public var workspacePath: String
  /// How much the workspace may hold, in megabytes.
  public var workspaceMegabytes: Int
  /// How much `/tmp` may hold, in megabytes.
  public var temporaryMegabytes: Int
  /// Directories of the machine that are seen besides.
  public var mounts: [Mount]

  /// Makes a configuration; what is not given has its default.
  public init(
    isRootReadOnly: Bool = true,
    workspacePath: String = "/workspace",
    workspaceMegabytes: Int = 1_024,
    temporaryMegabytes: Int = 64,
    mounts: [Mount] = []
  ) {
    self.isRootReadOnly = isRootReadOnly
    self.workspacePath = workspacePath
    self.workspaceMegabytes = workspaceMegabytes
    self.temporaryMegabytes = temporaryMegabytes
    self.mounts = mounts
  }
}

extension FilesystemConfig: Codable {
  private enum CodingKeys: String, CodingKey {
    case mounts
    case isRootReadOnly = "read_only_root"
    case workspacePath = "workspace_path"
    case workspaceMegabytes = "workspace_mb"
    case temporaryMegabytes = "temporary_mb"
  }

  /// Reads a configuration; a missing field has its default.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let defaults = FilesystemConfig()
    self.init(
      isRootReadOnly: try container.value(.isRootReadOnly, default: defaults.isRootReadOnly),
      workspacePath: try container.value(.workspacePath, default: defaults.workspacePath),
      workspaceMegabytes: try container.value(.workspaceMegabytes, default: defaults.workspaceMegabytes),
      temporaryMegabytes: try container.value(.temporaryMegabytes, default: defaults.temporaryMegabytes),
      mounts: try container.value(.mounts, default: defaults.mounts))
  }
}
