import SymbiontCore

/// The files of an agent's workspace, for the runtime's own use: what the agent's `read_file`, `write_file`, `list_files`
/// and `delete_file` do.
///
/// Commands of the agent may run meanwhile and do their worst: no path, link, pipe or device in the workspace makes an
/// operation leave it, block, or use more memory than its limits. Paths are relative to the workspace. Every operation
/// throws a ``SandboxError``.
public struct WorkspaceFiles: Sendable {
  /// The most that one operation handles.
  public struct Limits: Sendable, Hashable {
    /// The size of a file that is read or written, in bytes.
    public var fileBytes: Int
    /// The number of entries of a directory that is listed.
    public var entries: Int

    /// Makes limits; what is not given has its default.
    public init(fileBytes: Int = 16_777_216, entries: Int = 10_000) {
      self.fileBytes = fileBytes
      self.entries = entries
    }
  }

  /// The directory of the machine that holds the files.
  public let directory: String
  /// The most that one operation handles.
  public let limits: Limits

  /// Names a workspace, which ``CommandSandbox/prepareWorkspace(_:)`` has made.
  public init(directory: String, limits: Limits = Limits()) {
    self.directory = directory
    self.limits = limits
  }
}
