public import SymbiontCore

/// How drivers of virtual machines make them.
public struct MicroVMConfiguration: Sendable, Hashable {
  /// The mark of one data directory, as in ``RuncConfiguration/instance``.
  public var instance: String
  /// Where the driver keeps what its machines need while they run.
  public var stateDirectory: String
  /// Where the states of freshly started machines are kept, from which the next ones go on.
  public var templateDirectory: String
  /// The path of the engine's program; nil to look for it in the usual directories.
  public var enginePath: String?
  /// The directory with the kernel; nil for the one that `scripts/microvm-kernel` fills.
  public var kernelDirectory: String?
  /// The program that becomes the first process; nil for the one beside this program.
  public var guestPath: String?
  /// The first of the ids that sandboxes use; the engine runs as this user.
  public var firstUserID: UInt32
  /// How long a machine may take to start anew.
  public var startTimeout: Duration
  /// How long the engine may take for one step, such as going on from a saved state.
  public var engineTimeout: Duration

  /// Makes a configuration; what is not given has its default.
  public init(
    instance: String, stateDirectory: String? = nil, templateDirectory: String? = nil, enginePath: String? = nil,
    kernelDirectory: String? = nil, guestPath: String? = nil, firstUserID: UInt32 = 1_900_000_000,
    startTimeout: Duration = .seconds(180), engineTimeout: Duration = .seconds(60)
  ) {
    self.instance = instance
    let state = stateDirectory ?? "/run/symbiont/\(instance)"
    self.stateDirectory = state
    self.templateDirectory = templateDirectory ?? "\(state)/microvm/templates"
    self.enginePath = enginePath
    self.kernelDirectory = kernelDirectory
    self.guestPath = guestPath
    self.firstUserID = firstUserID
    self.startTimeout = startTimeout
    self.engineTimeout = engineTimeout
  }

  /// Checks every field against its bounds.
  ///
  /// - Throws: ``SandboxError/configurationInvalid(reason:)``.
  public func validate() throws(SandboxError) {
    try RuncConfiguration(instance: instance, stateDirectory: stateDirectory, firstUserID: firstUserID).validate()
    for path in [templateDirectory, enginePath, kernelDirectory, guestPath].compactMap({ $0 }) {
      guard path.hasPrefix("/"), path != "/", !path.utf8.contains(0) else {
        throw .configurationInvalid(reason: "`\(path)` is not an absolute path below `/`")
      }
    }
  }

  /// Where each machine has a directory of its own while it exists.
  var machinesDirectory: String { "\(stateDirectory)/microvm/machines" }
  /// Where it is remembered how processors are made best on this machine.
  var acceleratorPath: String { "\(stateDirectory)/microvm/accelerator" }
}
