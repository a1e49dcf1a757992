public import SymbiontCore

/// The limits that the kernel keeps a sandbox to.
public struct SandboxLimits: Sendable, Hashable, Codable {
  /// Memory, processor time, rates and times.
  public var resources: ResourceLimits
  /// Processes and threads at once.
  public var processes: Int
  /// The size of the workspace, in megabytes.
  public var workspaceMegabytes: Int
  /// The size of `/tmp`, in megabytes; what is in it counts as memory.
  public var temporaryMegabytes: Int

  /// Makes limits; what is not given has its default.
  public init(
    resources: ResourceLimits = ResourceLimits(), processes: Int = 128, workspaceMegabytes: Int = 1_024,
    temporaryMegabytes: Int = 64
  ) {
    self.resources = resources
    self.processes = processes
    self.workspaceMegabytes = workspaceMegabytes
    self.temporaryMegabytes = temporaryMegabytes
  }

  private enum CodingKeys: String, CodingKey {
    case resources, processes
    case workspaceMegabytes = "workspace_mb"
    case temporaryMegabytes = "temporary_mb"
  }
}
