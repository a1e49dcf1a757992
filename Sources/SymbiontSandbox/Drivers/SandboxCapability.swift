/// Something that not every driver can do on every machine.
///
/// What a configuration needs and a driver does not have is refused, never left out.
public enum SandboxCapability: String, Sendable, Hashable, Codable, CaseIterable {
  /// Memory is limited.
  case memoryLimit = "memory-limit"
  /// Processor time is limited.
  case processorLimit = "processor-limit"
  /// The number of processes is limited.
  case processLimit = "process-limit"
  /// Reading from and writing to disks is limited.
  case diskRateLimit = "disk-rate-limit"
  /// Sending to and receiving from the network is limited.
  case networkRateLimit = "network-rate-limit"
  /// The size of the workspace is limited.
  case workspaceLimit = "workspace-limit"
  /// Destinations can be allowed one by one.
  case egressAllowList = "egress-allow-list"
  /// Limits of a running sandbox can be changed.
  case limitUpdate = "limit-update"
  /// It can be paused and go on.
  case pause
  /// Its files can be saved and restored.
  case fileSnapshot = "file-snapshot"
  /// Its memory can be saved and restored.
  case memorySnapshot = "memory-snapshot"
  /// It can have the root file system of an image.
  case images
  /// A directory of the machine can be attached as its workspace after it was started.
  case lateWorkspace = "late-workspace"
  /// It sees the workspace of the machine itself, not a copy.
  case sharedWorkspace = "shared-workspace"
}
