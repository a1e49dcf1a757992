package import SymbiontCore

/// Makes the networks of sandboxes.
package protocol SandboxNetworking: Sendable {
  /// Makes a network for a sandbox, with its rules in force.
  ///
  /// - Parameter megabytesPerSecond: The rate in each direction; nil for none.
  func attach(
    _ sandboxID: SandboxID, config: NetworkConfig, megabytesPerSecond: Int?, forVirtualMachine: Bool
  ) async throws(SandboxError) -> SandboxNetworkAttachment
  /// Changes the rate of a network.
  func update(_ sandboxID: SandboxID, megabytesPerSecond: Int) async throws(SandboxError)
  /// All bytes that the sandbox has sent and received.
  func bytes(of sandboxID: SandboxID) async throws(SandboxError) -> Int
  /// What the kernel holds a network to.
  func settings(of sandboxID: SandboxID) async throws(SandboxError) -> NetworkSettings
  /// Removes a sandbox's network; one that is not there is no error.
  func detach(_ sandboxID: SandboxID) async throws(SandboxError)
  /// Removes what a dead runtime left of these, and tells what in words.
  func reap(_ sandboxIDs: [SandboxID]) async throws(SandboxError) -> [SandboxID: [String]]
  /// The sandboxes of which a network exists.
  func survivors() async throws(SandboxError) -> Set<SandboxID>
}

/// Knows the root file systems of images.
package protocol SandboxImages: Sendable {
  /// The directory with an image's files.
  ///
  /// The image is in use until ``release(_:by:)``.
  func root(of image: String, for sandboxID: SandboxID) async throws(SandboxError) -> String
  /// The file with an image's file system, for a virtual machine.
  func disk(of image: String, for sandboxID: SandboxID) async throws(SandboxError) -> String
  /// A sandbox no longer uses an image.
  func release(_ image: String, by sandboxID: SandboxID) async
}

/// Shows that the limits of a sandbox are in force, before it counts as running.
package protocol SandboxAttesting: Sendable {
  /// Tells what was found for each promise.
  func attest(_ subject: AttestationSubject) async throws(SandboxError) -> [Attestation.Finding]
}

/// A sandbox whose first process has answered, and what was promised for it.
package struct AttestationSubject: Sendable {
  /// What was promised.
  package var limits: SandboxLimits
  /// How strong its isolation is.
  package var tier: SecurityTier
  /// Whether it has a network.
  package var hasNetwork: Bool
  /// What the kernel holds its network to; nil when it has none.
  package var network: NetworkSettings?
  /// Whether its `/` is read-only.
  package var isRootReadOnly: Bool
  /// Whether the size of its workspace is limited.
  package var hasVolume: Bool
  /// Limits that were given up by name.
  package var unenforced: Set<SandboxCapability>
  /// The rate to which its engine itself holds its disks, in bytes a second.
  package var engineDiskRate: Int?
  /// Its control group.
  package var controlGroupPath: String?
  /// The connection to its first process.
  package var connection: GuestConnection
}
