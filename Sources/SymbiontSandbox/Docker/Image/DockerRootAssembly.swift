import FoundationEssentials
import Glibc
import SymbiontCore
import SymbiontSystem

/// Puts together what a container sees as `/`, and takes it apart again.
///
/// The machine's system directories are mounted by the engine from where they are. The files of an image are first laid
/// over a few mount points that the engine insists on (`/etc/hosts` and the like), and under the volume's `upper` directory
/// when they may be written to: writes are then limited by the volume, not by the engine's own storage.
struct DockerRootAssembly: Sendable {
  let name: ContainerName
  let configuration: DockerConfiguration

  private static let directoryMode: mode_t = 0o711
  private static let mountPointMode: mode_t = 0o755
  private static let fileMode: mode_t = 0o644
  /// Files that the engine mounts into every container.
  private static let engineFiles = ["etc/hostname", "etc/hosts", "etc/resolv.conf"]
  /// What separates the parts of overlay's options.
  private static let separators = Set(",:\\")

  /// Where the layers of the container are put together.
  var directory: String { "\(configuration.rootsDirectory)/\(name)" }
  private var mountPoints: String { "\(configuration.rootsDirectory)/mount-points" }

  /// Makes what the launch wants; when it throws nothing is left.
  func make(_ launch: SandboxLaunch) throws(SandboxError) -> DockerRoot {
    switch launch.root {
    case .machine:
      return .machine(
        systemDirectories: configuration.systemDirectories, commandUserID: configuration.commandUserID)
    case .image(let image, let isWritable):
      let upper = isWritable ? try Self.volume(of: launch) : nil
      do throws(SystemError) {
        try mount(image, upper: upper)
        return try .image(directory, isReadOnly: !isWritable, commandUserID: configuration.commandUserID)
      } catch {
        try? remove()
        throw .startFailed(reason: "the layers of `\(image)` could not be put together in `\(directory)`: \(error)")
      }
    }
  }

  /// Removes what was made; that there is nothing is no error.
  func remove() throws(SandboxError) {
    guard access(directory, F_OK) == 0 else { return }
    // A file in it may be open for a moment longer; the mount is then gone from the tree at once, and from memory later.
    guard umount2(directory, Int32(MNT_DETACH)) == 0 || errno == EINVAL || errno == ENOENT,
      rmdir(directory) == 0 || errno == ENOENT
    else {
      throw .cleanupFailed(sandboxID: name.sandboxID, reason: "`\(directory)` is in use: \(SystemError.last)")
    }
  }

  /// The sandboxes of an instance whose layers are put together.
  static func names(_ configuration: DockerConfiguration) -> Set<ContainerName> {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: configuration.rootsDirectory)) ?? []
    return Set(entries.compactMap { ContainerName($0, instance: configuration.instance) })
  }

  private static func volume(of launch: SandboxLaunch) throws(SandboxError) -> String {
    guard case .image(_, .some(let mountedAt)) = launch.volume else {
      throw .configurationInvalid(reason: "a writable root file system needs a mounted volume")
    }
    return mountedAt
  }

  private func mount(_ image: String, upper volume: String?) throws(SystemError) {
    try makeMountPoints()
    guard mkdir(directory, Self.directoryMode) == 0 else { throw .last }
    var options = "lowerdir=\(mountPoints):\(image)"
    if let volume { options += ",upperdir=\(volume)/upper,workdir=\(volume)/work" }
    guard [mountPoints, image, volume ?? ""].allSatisfy({ !$0.contains(where: Self.separators.contains) }) else {
      throw SystemError(code: EINVAL)
    }
    let flags = UInt(MS_NODEV) | UInt(MS_NOSUID) | (volume == nil ? UInt(MS_RDONLY) : 0)
    guard Glibc.mount("overlay", directory, "overlay", flags, options) == 0 else { throw .last }
  }

  /// The layer above the image: empty files where the engine mounts its own.
  private func makeMountPoints() throws(SystemError) {
    for path in [configuration.stateDirectory, configuration.rootsDirectory] {
      guard mkdir(path, Self.directoryMode) == 0 || errno == EEXIST else { throw .last }
    }
    for path in [mountPoints, "\(mountPoints)/etc"] {
      guard mkdir(path, Self.mountPointMode) == 0 || errno == EEXIST else { throw .last }
      guard chmod(path, Self.mountPointMode) == 0 else { throw .last }
    }
    for file in Self.engineFiles {
      let number = open("\(mountPoints)/\(file)", O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, Self.fileMode)
      guard number >= 0 else { throw .last }
      close(number)
    }
  }
}
