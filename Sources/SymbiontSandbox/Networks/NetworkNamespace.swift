import Glibc
import SymbiontSystem

/// An open network namespace, which a thread of ``NamespaceThread`` can enter.
struct NetworkNamespace: Sendable {
  /// `CLONE_NEWNET` of `unshare(2)` and `setns(2)`.
  private static let kind = 0x4000_0000
  private static let ownPath = "/proc/thread-self/ns/net"
  private static let directoryMode: mode_t = 0o755

  private let descriptor: Descriptor

  /// Opens a namespace by its file.
  init(path: String) throws(SystemError) {
    let number = open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw .last }
    descriptor = Descriptor(owning: number)
  }

  /// The namespace that the calling thread is in.
  static func current() throws(SystemError) -> NetworkNamespace { try NetworkNamespace(path: ownPath) }

  /// Puts the calling thread into the namespace.
  func enter() throws(SystemError) {
    try descriptor.use { number throws(SystemError) in
      _ = try SystemCall.invoke(.enterNamespace, Int(number), Self.kind)
    }
  }

  /// Puts the calling thread into a new namespace, which ends with the last thread, file or device that needs it.
  static func enterNew() throws(SystemError) {
    try SystemCall.invoke(.leaveNamespace, kind)
  }

  /// Puts the calling thread into a new namespace that has a file, as `ip netns add` makes it.
  static func create(path: String, in directory: String) throws(SystemError) -> NetworkNamespace {
    guard mkdir(directory, directoryMode) == 0 || errno == EEXIST else { throw .last }
    let number = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0)
    guard number >= 0 else { throw .last }
    close(number)
    do throws(SystemError) {
      try enterNew()
      guard mount(ownPath, path, "none", UInt(MS_BIND), nil) == 0 else { throw .last }
      return try current()
    } catch {
      unlink(path)
      throw error
    }
  }

  /// Removes the file of a namespace.
  ///
  /// That there is none is no error. What still runs in the namespace keeps it until it ends.
  static func remove(path: String) throws(SystemError) {
    while umount2(path, Int32(MNT_DETACH)) == 0 {}
    guard errno == EINVAL || errno == ENOENT else { throw .last }
    guard unlink(path) == 0 || errno == ENOENT else { throw .last }
  }
}
