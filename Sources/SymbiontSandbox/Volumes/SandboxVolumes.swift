import FoundationEssentials
import Glibc
import SymbiontCore
import SymbiontSystem

/// Makes, mounts, copies and removes the volumes of sandboxes.
///
/// A volume begins as a sparse copy of an empty file system, which is made once for each size. Volumes that a virtual
/// machine has written to are never mounted on the machine: their content may be made to harm the kernel that reads it.
struct SandboxVolumes: Sendable {
  /// The directory of the files.
  let directory: String
  /// The directory below which volumes are mounted.
  let mountDirectory: String
  /// The user and group as which commands run, as the machine sees them.
  let owner: WorkspaceOwner

  private static let directoryMode: mode_t = 0o700
  private static let passableMode: mode_t = 0o711
  static let fileMode: mode_t = 0o600
  private static let suffix = ".img"

  /// Names the directories; nothing is made before it is used.
  init(directory: String, mountDirectory: String, owner: WorkspaceOwner) {
    self.directory = directory
    self.mountDirectory = mountDirectory
    self.owner = owner
  }

  var filesDirectory: String { "\(directory)/volumes" }
  var templatesDirectory: String { "\(directory)/templates" }

  /// The file of a sandbox's volume, which need not exist.
  func path(of sandboxID: SandboxID) -> String { "\(filesDirectory)/\(sandboxID)\(Self.suffix)" }

  /// Where a sandbox's volume is mounted when it is.
  func mountPath(of sandboxID: SandboxID) -> String { "\(mountDirectory)/\(sandboxID)" }

  /// Makes a volume: an empty one, or a copy of a file.
  func make(
    _ sandboxID: SandboxID, megabytes: Int, ownership: SandboxVolume.Ownership, copyOf source: String? = nil
  ) async throws(SandboxError) -> SandboxVolume {
    let volume = SandboxVolume(sandboxID: sandboxID, path: path(of: sandboxID), ownership: ownership)
    try await BlockingWork.perform { () throws(SandboxError) in
      for directory in [directory, filesDirectory, templatesDirectory] {
        try Self.makeDirectory(directory, mode: Self.directoryMode)
      }
    }
    var origin = source
    if origin == nil { origin = try await template(megabytes: megabytes, ownership: ownership) }
    guard let origin else { return volume }
    try await BlockingWork.perform { () throws(SandboxError) in try Self.copy(origin, to: volume.path) }
    return volume
  }

  /// Mounts a volume and tells where.
  func mount(_ volume: SandboxVolume) async throws(SandboxError) -> String {
    guard volume.ownership == .machine else {
      throw .startFailed(reason: "a volume that a virtual machine writes to is not mounted on the machine")
    }
    let path = mountPath(of: volume.sandboxID)
    try await BlockingWork.perform { () throws(SandboxError) in try VolumeMount.mount(volume.path, on: path) }
    return path
  }

  /// Unmounts a sandbox's volume; one that is not mounted is no error.
  func unmount(_ sandboxID: SandboxID) async throws(SandboxError) {
    let path = mountPath(of: sandboxID)
    try await BlockingWork.perform { () throws(SandboxError) in
      do throws(SystemError) { _ = try VolumeMount.unmount(path) } catch {
        throw .cleanupFailed(sandboxID: sandboxID, reason: "`\(path)` could not be unmounted: \(error)")
      }
    }
  }

  /// Unmounts and removes a sandbox's volume; one that is not there is no error.
  ///
  /// - Returns: What was removed, in words.
  @discardableResult
  func remove(_ sandboxID: SandboxID) async throws(SandboxError) -> [String] {
    try await remove(file: path(of: sandboxID), mountPath: mountPath(of: sandboxID), of: sandboxID)
  }

  func remove(
    file: String, mountPath: String, of sandboxID: SandboxID
  ) async throws(SandboxError) -> [String] {
    try await BlockingWork.perform { () throws(SandboxError) in
      var removed: [String] = []
      do throws(SystemError) {
        if try VolumeMount.unmount(mountPath) { removed.append("mount `\(mountPath)`") }
        if unlink(file) == 0 { removed.append("volume `\(file)`") } else if errno != ENOENT { throw .last }
      } catch {
        throw .cleanupFailed(sandboxID: sandboxID, reason: "its volume `\(file)` could not be removed: \(error)")
      }
      return removed
    }
  }

  /// Copies a volume to a new file, as it is at one moment: writing waits meanwhile.
  func copy(_ volume: SandboxVolume, to target: String, isMounted: Bool) async throws(SandboxError) {
    let mountPath = isMounted ? mountPath(of: volume.sandboxID) : nil
    try await BlockingWork.perform { () throws(SandboxError) in
      let freeze = try mountPath.map { path throws(SandboxError) in try VolumeFreeze(path) }
      defer { freeze?.thaw() }
      try Self.copy(volume.path, to: target)
    }
  }

  /// The sandboxes of which a volume or a mount exists.
  func survivors() -> Set<SandboxID> {
    let names = { path in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }
    let files = names(filesDirectory).filter { $0.hasSuffix(Self.suffix) }.map { $0.dropLast(Self.suffix.count) }
    return Set(files.compactMap { SandboxID(String($0)) } + names(mountDirectory).compactMap { SandboxID($0) })
  }

  static func copy(_ source: String, to target: String) throws(SandboxError) {
    do throws(SystemError) {
      let reading = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
      guard reading >= 0 else { throw .last }
      let from = Descriptor(owning: reading)
      let writing = open(target, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, fileMode)
      guard writing >= 0 else { throw .last }
      do throws(SystemError) { try SparseCopy.copy(from, to: Descriptor(owning: writing)) } catch {
        unlink(target)
        throw error
      }
    } catch {
      throw error.code == ENOSPC || error.code == EDQUOT
        ? .workspaceFull(path: target) : .startFailed(reason: "the volume `\(target)` could not be made: \(error)")
    }
  }

  /// Makes a directory and what is missing above it.
  static func makeDirectory(_ path: String, mode: mode_t) throws(SandboxError) {
    var prefix = ""
    for component in path.split(separator: "/") {
      prefix += "/\(component)"
      guard mkdir(prefix, prefix == path ? mode : passableMode) == 0 || errno == EEXIST else {
        throw .startFailed(reason: "the directory `\(prefix)` could not be made: \(SystemError.last)")
      }
    }
  }
}
