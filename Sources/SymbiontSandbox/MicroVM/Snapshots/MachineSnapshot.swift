import FoundationEssentials
import Glibc
import SymbiontCore
import SymbiontSystem

/// A directory with the memory and the devices' state of a machine, from which others go on.
struct MachineSnapshot: Sendable, Hashable {
  /// What must be known before it is used.
  struct Manifest: Sendable, Hashable, Codable {
    /// The form of the directory.
    var format: Int
    /// What the machine was.
    var shape: MachineShape
    /// A hash of all that the machine was made of; what differs cannot go on from this.
    var inputs: String
    /// The sizes of the files.
    var memoryBytes: Int
    var stateBytes: Int

    private enum CodingKeys: String, CodingKey {
      case format, shape, inputs
      case memoryBytes = "memory_bytes"
      case stateBytes = "state_bytes"
    }
  }

  static let format = 1
  private static let fileMode: mode_t = 0o600
  private static let maximumManifestBytes = 65_536

  /// Where it is.
  let directory: String
  /// What it says of itself.
  let manifest: Manifest

  /// Where the memory is.
  var memoryPath: String { Self.memoryPath(in: directory) }
  /// Where the state of the devices is.
  var statePath: String { Self.statePath(in: directory) }

  private static func memoryPath(in directory: String) -> String { "\(directory)/memory" }
  private static func statePath(in directory: String) -> String { "\(directory)/state" }
  private static func manifestPath(in directory: String) -> String { "\(directory)/manifest.json" }

  /// Reads a directory.
  ///
  /// What is incomplete has no manifest, because that is written last.
  init(directory: String) throws(SandboxError) {
    self.directory = directory
    guard let data = FileManager.default.contents(atPath: Self.manifestPath(in: directory)),
      data.count <= Self.maximumManifestBytes, let manifest = try? JSONDecoder().decode(Manifest.self, from: data)
    else {
      throw .configurationInvalid(reason: "`\(directory)` holds no snapshot of a machine's memory")
    }
    guard manifest.format == Self.format else {
      throw .configurationInvalid(
        reason: "the snapshot `\(directory)` has the form `\(manifest.format)`, which this version does not read")
    }
    self.manifest = manifest
    for (path, expected) in [(memoryPath, manifest.memoryBytes), (statePath, manifest.stateBytes)] {
      var status = stat()
      guard stat(path, &status) == 0, status.st_size == expected else {
        throw .configurationInvalid(reason: "`\(path)` is not the file of \(expected) bytes that was saved")
      }
    }
  }

  /// Opens a new file for the state in a directory.
  static func makeStateFile(in directory: String) throws(SystemError) -> Descriptor {
    try make(statePath(in: directory))
  }

  /// Writes the memory and, last of all, the manifest.
  static func complete(
    _ directory: String, memory: Descriptor, shape: MachineShape, inputs: String
  ) throws(SystemError) -> Manifest {
    try MachineMemory.copy(memory, to: make(memoryPath(in: directory)))
    var sizes: [Int] = []
    for path in [memoryPath(in: directory), statePath(in: directory)] {
      var status = stat()
      guard stat(path, &status) == 0 else { throw .last }
      sizes.append(status.st_size)
    }
    let manifest = Manifest(
      format: format, shape: shape, inputs: inputs, memoryBytes: sizes[0], stateBytes: sizes[1])
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    guard let text = try? encoder.encode(manifest) else { throw SystemError(code: EINVAL) }
    let temporary = "\(manifestPath(in: directory)).new"
    try make(temporary).write(Array(text))
    guard rename(temporary, manifestPath(in: directory)) == 0 else { throw .last }
    return manifest
  }

  /// The memory in a file that nobody can change.
  func loadMemory() throws(SystemError) -> Descriptor {
    let memory = try MachineMemory.make("symbiont-memory", bytes: manifest.memoryBytes)
    try MachineMemory.copy(Self.open(memoryPath, O_RDONLY), to: memory)
    try MachineMemory.seal(memory)
    return memory
  }

  /// Opens the state of the devices for reading.
  func openState() throws(SystemError) -> Descriptor { try Self.open(statePath, O_RDONLY) }

  private static func make(_ path: String) throws(SystemError) -> Descriptor {
    try open(path, O_RDWR | O_CREAT | O_TRUNC)
  }

  private static func open(_ path: String, _ flags: Int32) throws(SystemError) -> Descriptor {
    let number = Glibc.open(path, flags | O_CLOEXEC | O_NOFOLLOW, fileMode)
    guard number >= 0 else { throw .last }
    return Descriptor(owning: number)
  }
}
