/// A resource that is limited.
public enum ResourceKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// Memory, in bytes.
  case memory = "Memory"
  /// Processor time, in cores.
  case cpu = "Cpu"
  /// Reading and writing files, in bytes a second.
  case diskIO = "DiskIo"
  /// Sending and receiving, in bytes a second.
  case networkIO = "NetworkIo"
  /// The number of processes.
  case processes = "Processes"
  /// The files of the workspace, in bytes.
  case workspace = "Workspace"
  /// The time of one execution, in seconds.
  case executionTime = "ExecutionTime"
  /// The time without work, in seconds.
  case idleTime = "IdleTime"
}
