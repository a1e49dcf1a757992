import FoundationEssentials
import Glibc
import SymbiontCore
import SymbiontSystem

/// The directory from which the engine makes one container.
///
/// Only the runtime's user can read it: it holds the command's arguments and environment.
struct ContainerBundle: Sendable {
  /// Where it is.
  let path: String

  var configurationPath: String { "\(path)/config.json" }
  var processIDPath: String { "\(path)/pid" }
  var logPath: String { "\(path)/log" }
  /// Where gVisor's kernel says why it gave up.
  var panicPath: String { "\(path)/panic" }
  var hostsPath: String { "\(path)/hosts" }

  private static let directoryMode: mode_t = 0o700
  static let fileMode: mode_t = 0o600
  /// The mode of files that are seen inside, where they belong to nobody.
  static let sharedFileMode: mode_t = 0o644

  /// The bundle of a container, which need not exist.
  init(of name: ContainerName, in configuration: RuncConfiguration) {
    self.init(of: name, in: configuration.bundlesDirectory)
  }

  /// The bundle of a container, which need not exist, in a directory of bundles.
  init(of name: ContainerName, in directory: String) {
    path = "\(directory)/\(name)"
  }

  /// Whether there is such a directory.
  var exists: Bool { access(path, F_OK) == 0 }

  /// Makes the directory and writes the configuration into it.
  func create(_ specification: ContainerSpecification, sandboxID: SandboxID) throws(SandboxError) {
    try create(sandboxID: sandboxID)
    do throws(SandboxError) {
      try write(specification)
    } catch {
      try? remove()
      throw error
    }
  }

  /// Makes the directory.
  func create(sandboxID: SandboxID) throws(SandboxError) {
    guard mkdir(path, Self.directoryMode) == 0 else {
      guard errno != EEXIST else { throw .sandboxAlreadyExists(sandboxID: sandboxID) }
      throw .startFailed(reason: "the directory `\(path)` could not be made: \(SystemError.last)")
    }
  }

  /// Writes the configuration.
  func write(_ specification: ContainerSpecification) throws(SandboxError) {
    let bytes: [UInt8]
    do {
      bytes = [UInt8](try JSONEncoder().encode(specification))
    } catch {
      throw .startFailed(reason: "the configuration of the container could not be written: \(error)")
    }
    try write(bytes, to: configurationPath)
  }

  /// Writes a new file of the directory.
  func write(_ bytes: [UInt8], to path: String, mode: mode_t = fileMode) throws(SandboxError) {
    do throws(SystemError) {
      let number = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
      guard number >= 0 else { throw .last }
      let file = Descriptor(owning: number)
      // The process's umask took bits away.
      guard file.use({ fchmod($0, mode) }) == 0 else { throw .last }
      try file.write(bytes)
    } catch {
      throw .startFailed(reason: "`\(path)` could not be written: \(error)")
    }
  }

  /// The number of the container's first process, which the engine wrote.
  func processID() throws(SandboxError) -> Int32 {
    guard let processID = Int32(KernelFile.text(processIDPath)) else {
      throw .startFailed(reason: "the engine wrote no process id to `\(processIDPath)`")
    }
    return processID
  }

  /// Removes the directory and all in it, also what an engine that was killed left there.
  ///
  /// That it does not exist is no error.
  func remove() throws(SystemError) {
    try FlatDirectory.remove(path)
  }
}
