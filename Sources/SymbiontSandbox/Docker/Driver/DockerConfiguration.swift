public import SymbiontCore

/// How the Docker driver makes its containers.
public struct DockerConfiguration: Sendable, Hashable {
  /// The mark of one data directory: every container carries it, so a later runtime on the same data finds what an
  /// earlier one left.
  ///
  /// Lower-case letters, digits and `-`.
  public var instance: String
  /// The path of the engine's socket; nil for what `DOCKER_HOST` says, or the usual path.
  public var socketPath: String?
  /// Where the driver keeps what its running containers need.
  public var stateDirectory: String
  /// The directories of the machine that commands see, read-only.
  ///
  /// Links, as `/bin` often is, stay links.
  public var systemDirectories: [String]
  /// The first of the 65,536 user and group ids of the machine that sandboxes use.
  ///
  /// The engine has no user namespace of its own for each container, so commands run as the id that is 1,000 above this
  /// one, on the machine and inside.
  public var firstUserID: UInt32
  /// The static program that is the first process; nil to look for it.
  public var guestPath: String?
  /// How long a connection to the engine may take.
  public var connectTimeout: Duration
  /// How long the engine may take for one call, such as starting a container.
  public var callTimeout: Duration

  /// Makes a configuration; what is not given has its default.
  public init(
    instance: String, socketPath: String? = nil, stateDirectory: String? = nil,
    systemDirectories: [String] = ["/usr", "/bin", "/lib", "/lib64", "/sbin"], firstUserID: UInt32 = 1_900_000_000,
    guestPath: String? = nil, connectTimeout: Duration = .seconds(5), callTimeout: Duration = .seconds(60)
  ) {
    self.instance = instance
    self.socketPath = socketPath
    self.stateDirectory = stateDirectory ?? "/run/symbiont/\(instance)"
    self.systemDirectories = systemDirectories
    self.firstUserID = firstUserID
    self.guestPath = guestPath
    self.connectTimeout = connectTimeout
    self.callTimeout = callTimeout
  }
}

extension DockerConfiguration {
  /// The user and group as which commands run, on the machine and inside.
  var commandUserID: UInt32 { firstUserID + RuncConfiguration.commandUserID }

  /// Where the root file systems of running containers are put together.
  var rootsDirectory: String { "\(stateDirectory)/docker" }

  /// Checks the fields.
  ///
  /// - Throws: ``SandboxError/configurationInvalid(reason:)``.
  public func validate() throws(SandboxError) {
    try RuncConfiguration(
      instance: instance, stateDirectory: stateDirectory, systemDirectories: systemDirectories, firstUserID: firstUserID
    ).validate()
    for timeout in [connectTimeout, callTimeout] where timeout <= .zero {
      throw .configurationInvalid(reason: "the timeout `\(timeout)` of the Docker Engine is not positive")
    }
  }
}
