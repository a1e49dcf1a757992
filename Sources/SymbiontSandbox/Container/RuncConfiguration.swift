import Glibc
public import SymbiontCore

/// How the runc driver makes its containers.
public struct RuncConfiguration: Sendable, Hashable {
  /// The mark of one data directory: every container and cgroup carries it, so a later runtime on the same data finds
  /// what an earlier one left.
  ///
  /// Lower-case letters, digits and `-`.
  public var instance: String
  /// Where the driver keeps what its running containers need.
  ///
  /// It is emptied by restarts of the machine, and every user must be able to pass through the directories above it.
  public var stateDirectory: String
  /// The path of runc; nil to look for it in the usual directories.
  public var enginePath: String?
  /// The directories of the machine that commands see, read-only.
  ///
  /// Links, as `/bin` often is, stay links.
  public var systemDirectories: [String]
  /// The first of the 65,536 user and group ids of the machine that containers use.
  ///
  /// The default lies in a range that no distribution gives to people or services.
  public var firstUserID: UInt32
  /// The size of `/tmp`, in megabytes.
  ///
  /// What is in it counts as memory of the command.
  public var temporaryMegabytes: Int
  /// The largest file that a command may write, in megabytes.
  public var fileMegabytes: Int
  /// How long the engine may take for one step, such as starting a container.
  public var engineTimeout: Duration

  /// Makes a configuration; what is not given has its default.
  public init(
    instance: String,
    stateDirectory: String? = nil,
    enginePath: String? = nil,
    systemDirectories: [String] = ["/usr", "/bin", "/lib", "/lib64", "/sbin"],
    firstUserID: UInt32 = 1_900_000_000,
    temporaryMegabytes: Int = 64,
    fileMegabytes: Int = 1_024,
    engineTimeout: Duration = .seconds(20)
  ) {
    self.instance = instance
    self.stateDirectory = stateDirectory ?? "/run/symbiont/\(instance)"
    self.enginePath = enginePath
    self.systemDirectories = systemDirectories
    self.firstUserID = firstUserID
    self.temporaryMegabytes = temporaryMegabytes
    self.fileMegabytes = fileMegabytes
    self.engineTimeout = engineTimeout
  }
}

extension RuncConfiguration {
  /// The bounds of the fields.
  public enum Bounds {
    /// The length of an instance's mark, so that names of containers stay short enough for the engine.
    public static let instanceCharacters = 1...40
    /// The ids must not reach those of people and services, nor the end of the id space.
    public static let firstUserID: ClosedRange<UInt32> = 100_000...2_147_418_112
    /// Sizes of files and of `/tmp`.
    public static let megabytes = 1...1_048_576
  }

  /// Checks every field against its bounds.
  ///
  /// - Throws: ``SandboxError/configurationInvalid(reason:)``.
  public func validate() throws(SandboxError) {
    let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789-")
    guard Bounds.instanceCharacters.contains(instance.count), instance.allSatisfy(allowed.contains) else {
      throw .configurationInvalid(
        reason: "the instance `\(instance)` must be 1 to 40 lower-case letters, digits and `-`")
    }
    for path in [stateDirectory] + systemDirectories + [enginePath].compactMap({ $0 }) {
      guard path.hasPrefix("/"), path != "/", !path.utf8.contains(0) else {
        throw .configurationInvalid(reason: "`\(path)` is not an absolute path below `/`")
      }
    }
    guard Bounds.firstUserID.contains(firstUserID) else {
      throw .configurationInvalid(reason: "the first user id `\(firstUserID)` is outside \(Bounds.firstUserID)")
    }
    for (name, value) in [("temporary", temporaryMegabytes), ("file", fileMegabytes)]
    where !Bounds.megabytes.contains(value) {
      throw .configurationInvalid(reason: "the \(name) size `\(value)` MB is outside \(Bounds.megabytes)")
    }
  }
}

extension RuncConfiguration {
  /// The number of ids that a container maps.
  static let mappedIDs: UInt32 = 65_536
  /// The user and group as which commands run, inside the container.
  static let commandUserID: UInt32 = 1_000

  /// The user and group as which commands run, as the machine sees them.
  var owner: WorkspaceOwner {
    WorkspaceOwner(userID: firstUserID + Self.commandUserID, groupID: firstUserID + Self.commandUserID)
  }
  /// Where runc keeps the state of its containers.
  var engineStateDirectory: String { "\(stateDirectory)/runc" }
  /// Where the bundle of each running container is.
  var bundlesDirectory: String { "\(stateDirectory)/bundles" }
  /// The root file system of all containers, to which the rest is mounted.
  var rootDirectory: String { "\(stateDirectory)/root" }
}
