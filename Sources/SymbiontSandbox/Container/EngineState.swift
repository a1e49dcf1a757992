import FoundationEssentials
import Glibc
import SymbiontCore
import SymbiontSystem

/// The directory in which the engine keeps the state of one container.
struct EngineState: Sendable {
  /// `MNT_DETACH` and `UMOUNT_NOFOLLOW` of `umount2(2)`.
  private static let detach: Int32 = 0x2
  private static let doNotFollow: Int32 = 0x8

  /// Where it is.
  let path: String

  /// The state of a container, which need not exist.
  init(of name: ContainerName, in configuration: RuncConfiguration) {
    self.init(path: "\(configuration.engineStateDirectory)/\(name)")
  }

  /// The state that is in a directory.
  init(path: String) {
    self.path = path
  }

  /// Whether there is such a directory.
  var exists: Bool { access(path, F_OK) == 0 }

  /// Unmounts what is mounted in the directory.
  ///
  /// While it starts a container runc mounts a copy of itself there for a moment. One that is killed in that moment leaves
  /// the mount, and then the directory cannot be removed.
  func unmount() throws(SystemError) {
    for mount in MountTable.current().entries where mount.path.hasPrefix("\(path)/") {
      guard umount2(mount.path, Self.detach | Self.doNotFollow) == 0 else { throw .last }
    }
  }

  /// Removes what the engine left of the directory.
  ///
  /// That it does not exist is no error.
  func remove() throws(SystemError) {
    try FlatDirectory.remove(path)
  }
}
