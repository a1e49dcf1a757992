import Glibc
import SymbiontCore
import SymbiontSystem

/// How an orchestrator makes its sandboxes.
public struct SandboxOrchestratorConfiguration: Sendable, Hashable {
  /// The mark of one data directory: everything that is made on the machine carries it, so a later runtime on the same
  /// data finds what an earlier one left.
  ///
  /// Lower-case letters, digits and `-`.
  public var instance: String
  /// Where volumes and snapshots are kept.
  public var dataDirectory: String
  /// Where mounts and sockets are; it is emptied by restarts of the machine.
  public var stateDirectory: String
  /// The first of the 65,536 user and group ids of the machine that sandboxes use.
  public var firstUserID: UInt32
  /// How many sandboxes there may be at once, those that wait in pools included.
  public var maximumSandboxes: Int
  /// How long a sandbox may take until its first process answers.
  public var startTimeout: Duration
  /// How long the first process may take to end before it is killed.
  public var stopTimeout: Duration
  /// How much of each stream of a command is kept by ``DefaultSandboxOrchestrator/executeCommand(_:command:arguments:)``.
  public var outputLimitBytes: Int
  /// The largest file that is copied into or out of a sandbox, in bytes.
  public var transferLimitBytes: Int

  /// Makes a configuration; what is not given has its default.
  public init(
    instance: String, dataDirectory: String, stateDirectory: String? = nil, firstUserID: UInt32 = 1_900_000_000,
    maximumSandboxes: Int = 1_024, startTimeout: Duration = .seconds(120), stopTimeout: Duration = .seconds(5),
    outputLimitBytes: Int = 16_777_216, transferLimitBytes: Int = 1 << 34
  ) {
    self.instance = instance
    self.dataDirectory = dataDirectory
    self.stateDirectory = stateDirectory ?? "/run/symbiont/\(instance)"
    self.firstUserID = firstUserID
    self.maximumSandboxes = maximumSandboxes
    self.startTimeout = startTimeout
    self.stopTimeout = stopTimeout
    self.outputLimitBytes = outputLimitBytes
    self.transferLimitBytes = transferLimitBytes
  }

  /// The user and group as which commands run, as the machine sees them.
  var owner: WorkspaceOwner {
    let userID = firstUserID + RuncConfiguration.commandUserID
    return WorkspaceOwner(userID: userID, groupID: userID)
  }

  var volumes: SandboxVolumes {
    SandboxVolumes(directory: dataDirectory, mountDirectory: "\(stateDirectory)/volumes", owner: owner)
  }

  /// Where images are kept: beside the sandboxes, so that they outlive them.
  package var imagesDirectory: String { "\(dataDirectory)/images" }
  var snapshotsDirectory: String { "\(dataDirectory)/snapshots" }
  /// Where the workspaces of sandboxes that wait in a pool are attached.
  var attachDirectory: String { "\(stateDirectory)/attach" }
}

/// The boot of the machine, by the kernel's own id of it.
enum BootID {
  private static let path = "/proc/sys/kernel/random/boot_id"
  private static let maximumBytes = 64

  static let current: String = {
    let number = open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { return "unknown" }
    var text = ""
    _ = try? Descriptor(owning: number).read(upTo: maximumBytes) { text = String(decoding: $0, as: UTF8.self) }
    return text.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? "unknown"
  }()
}
