import Glibc
public import SymbiontCore

/// How the drivers that make containers on this machine do it: runc, crun, runsc and bubblewrap.
public struct ContainerConfiguration: Sendable, Hashable {
  /// The mark of one data directory, which everything carries that is made for it.
  ///
  /// Lower-case letters, digits and `-`.
  public var instance: String
  /// Where the drivers keep what running containers need.
  ///
  /// It is emptied by restarts of the machine, and every user must be able to pass through the directories above it.
  public var stateDirectory: String
  /// The path of the engine's program; nil to look for it in the usual directories.
  public var enginePath: String?
  /// The path of the program that is the first process of every sandbox; nil for the one beside this program.
  public var guestPath: String?
  /// The directories of the machine that sandboxes see, read-only, when they have no image.
  ///
  /// Links, as `/bin` often is, stay links.
  public var systemDirectories: [String]
  /// The first of the 65,536 user and group ids of the machine that sandboxes use.
  public var firstUserID: UInt32
  /// How long the engine may take for one step, such as starting a container.
  public var engineTimeout: Duration

  /// Makes a configuration; what is not given has its default.
  public init(
    instance: String,
    stateDirectory: String? = nil,
    enginePath: String? = nil,
    guestPath: String? = nil,
    systemDirectories: [String] = ["/usr", "/bin", "/lib", "/lib64", "/sbin"],
    firstUserID: UInt32 = 1_900_000_000,
    engineTimeout: Duration = .seconds(30)
  ) {
    self.instance = instance
    self.stateDirectory = stateDirectory ?? "/run/symbiont/\(instance)"
    self.enginePath = enginePath
    self.guestPath = guestPath
    self.systemDirectories = systemDirectories
    self.firstUserID = firstUserID
    self.engineTimeout = engineTimeout
  }
}

extension ContainerConfiguration {
  /// Checks every field against the bounds of ``RuncConfiguration``.
  ///
  /// - Throws: ``SandboxError/configurationInvalid(reason:)``.
  public func validate() throws(SandboxError) {
    try RuncConfiguration(
      instance: instance, stateDirectory: stateDirectory, enginePath: enginePath,
      systemDirectories: systemDirectories + [guestPath].compactMap { $0 }, firstUserID: firstUserID
    ).validate()
  }

  /// The user and group ids of a sandbox, as the machine sees them.
  var mapping: ContainerSpecification.Linux.IDMapping {
    ContainerSpecification.Linux.IDMapping(containerID: 0, hostID: firstUserID, size: RuncConfiguration.mappedIDs)
  }
}
