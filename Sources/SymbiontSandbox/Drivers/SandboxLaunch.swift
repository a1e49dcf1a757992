public import SymbiontCore

/// Everything a driver must know to start a sandbox.
public struct SandboxLaunch: Sendable, Hashable {
  /// What is seen as `/`.
  public enum Root: Sendable, Hashable {
    /// The system directories of the machine, read-only.
    case machine
    /// The unpacked files of an image; writes go to the volume's `upper` directory if it is writable.
    case image(directory: String, isWritable: Bool)
  }

  /// Where the files of the sandbox are kept.
  public enum Volume: Sendable, Hashable {
    /// A mounted directory that has `workspace`, `upper` and `work` in it, and the file that holds it.
    ///
    /// A virtual machine takes the file, when it is not mounted.
    case image(path: String, mountedAt: String?)
    /// A directory of the machine that is the workspace itself.
    case directory(String)
  }

  /// The sandbox.
  public var sandboxID: SandboxID
  /// The agent that it is for; nil while it waits in a pool.
  public var agentID: AgentID?
  /// What is seen as `/`.
  public var root: Root
  /// Where its files are.
  public var volume: Volume
  /// The network namespace that it joins, already set up; nil for no network.
  public var network: SandboxNetworkAttachment?
  /// What it may use.
  public var limits: SandboxLimits
  /// The limits that this machine cannot enforce and that were given up by name: they are not set.
  public var unenforced: Set<SandboxCapability>
  /// The memory of another sandbox, to go on from; nil to begin anew.
  public var memorySnapshot: String?

  /// Makes a launch of its parts.
  public init(
    sandboxID: SandboxID, agentID: AgentID? = nil, root: Root = .machine, volume: Volume,
    network: SandboxNetworkAttachment? = nil, limits: SandboxLimits = SandboxLimits(),
    unenforced: Set<SandboxCapability> = [],
    memorySnapshot: String? = nil
  ) {
    self.sandboxID = sandboxID
    self.agentID = agentID
    self.root = root
    self.volume = volume
    self.network = network
    self.limits = limits
    self.unenforced = unenforced
    self.memorySnapshot = memorySnapshot
  }
}

/// A network namespace with an address, routes and rules, ready for a sandbox to join.
public struct SandboxNetworkAttachment: Sendable, Hashable, Codable {
  /// The file of the namespace, such as `/run/netns/NAME`.
  public var namespacePath: String
  /// The name of the device inside of it that leads out.
  public var deviceName: String
  /// The device for a virtual machine in it, which has the machine's link address and carries its packets; nil when it
  /// is for processes.
  public var tapName: String?
  /// The address of the sandbox with the length of its prefix, such as `10.87.3.2/30`.
  public var address: String
  /// The address of the router.
  public var gateway: String
  /// The hosts that it may reach by name, with the addresses that they had when the network was made.
  public var hosts: [String: [String]]

  /// Makes an attachment of its parts.
  public init(
    namespacePath: String, deviceName: String, tapName: String? = nil, address: String, gateway: String,
    hosts: [String: [String]] = [:]
  ) {
    self.namespacePath = namespacePath
    self.deviceName = deviceName
    self.tapName = tapName
    self.address = address
    self.gateway = gateway
    self.hosts = hosts
  }
}
