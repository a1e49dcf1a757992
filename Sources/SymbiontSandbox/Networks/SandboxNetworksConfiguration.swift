import SymbiontCore

/// How networks of sandboxes are made.
package struct SandboxNetworksConfiguration: Sendable {
  /// The mark of one data directory: everything that is made carries it.
  ///
  /// Lower-case letters, digits and `-`.
  package var instance: String
  /// The private addresses that sandboxes get; no route of the machine may touch those that are taken.
  package var pool: IPv4Network
  /// The four addresses between a virtual machine and its namespace, the same for all of them.
  package var machineSubnet: IPv4Network
  /// The file of the namespace that leads to the world; nil for the one that the runtime is in.
  package var uplinkNamespacePath: String?
  /// Where the files of namespaces are, as `ip netns` has them.
  package var namespacesDirectory: String
  /// The file that is locked while addresses are chosen, by every runtime of the machine.
  package var lockPath: String
  /// The user who may open the device for a virtual machine; nil for root.
  package var tapUserID: UInt32?
  /// The paths of `ip`, `nft` and `tc`; those that are not given are looked for in the usual directories.
  package var toolPaths: [String: String]
  /// How long a program may take for one step.
  package var toolTimeout: Duration
  /// Finds the addresses of the hosts of an allow-list.
  package var resolver: any HostResolver
  /// How long one host may take to be resolved.
  package var resolutionTimeout: Duration

  /// Makes a configuration; what is not given has its default.
  package init(
    instance: String,
    pool: IPv4Network? = nil,
    machineSubnet: IPv4Network? = nil,
    uplinkNamespacePath: String? = nil,
    namespacesDirectory: String = "/run/netns",
    lockPath: String = "/run/symbiont/networks.lock",
    tapUserID: UInt32? = nil,
    toolPaths: [String: String] = [:],
    toolTimeout: Duration = .seconds(20),
    resolver: any HostResolver = SystemHostResolver(),
    resolutionTimeout: Duration = .seconds(5)
  ) {
    self.instance = instance
    self.pool = pool ?? Self.defaultPool
    self.machineSubnet = machineSubnet ?? Self.defaultMachineSubnet
    self.uplinkNamespacePath = uplinkNamespacePath
    self.namespacesDirectory = namespacesDirectory
    self.lockPath = lockPath
    self.tapUserID = tapUserID
    self.toolPaths = toolPaths
    self.toolTimeout = toolTimeout
    self.resolver = resolver
    self.resolutionTimeout = resolutionTimeout
  }

  /// `10.87.0.0/16`: room for 16,384 sandboxes in a part of the private addresses (RFC 1918) that few networks use.
  private static let defaultPool = IPv4Network(base: 0x0A57_0000, length: 16)
  /// `10.88.0.0/30`.
  private static let defaultMachineSubnet = IPv4Network(base: 0x0A58_0000, length: 30)
}

extension SandboxNetworksConfiguration {
  /// Checks every field.
  ///
  /// - Throws: ``SandboxError/configurationInvalid(reason:)``.
  func validate() throws(SandboxError) {
    let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789-")
    guard RuncConfiguration.Bounds.instanceCharacters.contains(instance.count), instance.allSatisfy(allowed.contains)
    else {
      throw .configurationInvalid(
        reason: "the instance \(quoted(instance)) must be 1 to 40 lower-case letters, digits and `-`")
    }
    guard AddressPool(pool) != nil else {
      throw .configurationInvalid(reason: "the address pool `\(pool)` must have a prefix of 8 to 30 bits")
    }
    guard machineSubnet.prefixLength == AddressPool.subnetPrefixLength, !machineSubnet.overlaps(pool) else {
      throw .configurationInvalid(
        reason: "the subnet of virtual machines `\(machineSubnet)` must be four addresses outside of the pool")
    }
    // A path is a word of a command, and words end at blanks.
    let words = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./")
    guard namespacesDirectory.hasPrefix("/"), namespacesDirectory.allSatisfy(words.contains) else {
      throw .configurationInvalid(
        reason: "the directory \(quoted(namespacesDirectory)) must be absolute, of letters, digits, `-`, `_` and `.`")
    }
    guard lockPath.hasPrefix("/"), !lockPath.utf8.contains(0) else {
      throw .configurationInvalid(reason: "the lock file \(quoted(lockPath)) is not an absolute path")
    }
  }

  /// The file of a namespace.
  func namespacePath(_ names: NetworkNames) -> String { "\(namespacesDirectory)/\(names.namespace)" }
}
