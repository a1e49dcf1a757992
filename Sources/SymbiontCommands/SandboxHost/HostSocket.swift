import Glibc
import SymbiontSystem

/// The socket of a data directory at which the owner of its sandboxes listens.
enum HostSocket {
  private static let name = "sandbox.sock"
  private static let backlog: Int32 = 64
  private static let mode: mode_t = 0o600

  /// Connects to the owner; nil when there is none.
  static func connect(_ directory: String) throws(SystemError) -> Descriptor? {
    guard access(path(directory), F_OK) == 0 else { return nil }
    let (socket, parent) = try make(directory)
    let result = try withAddress(parent) { address, length in
      socket.use { Glibc.connect($0, address, length) }
    }
    guard result == 0 else {
      guard errno != ENOENT, errno != ECONNREFUSED else { return nil }
      throw .last
    }
    return socket
  }

  /// Listens; what a dead owner left is replaced.
  ///
  /// Only the owner of the data directory's lock may call it.
  static func listen(_ directory: String) throws(SystemError) -> Descriptor {
    let (socket, parent) = try make(directory)
    unlink(path(directory))
    let result = try withAddress(parent) { address, length in
      socket.use { Glibc.bind($0, address, length) }
    }
    guard result == 0, chmod(path(directory), mode) == 0, socket.use({ Glibc.listen($0, backlog) }) == 0 else {
      throw .last
    }
    return socket
  }

  static func remove(_ directory: String) { unlink(path(directory)) }

  /// `struct ucred` of `unix(7)`.
  private struct Credentials {
    var processID: Int32 = 0
    var userID: UInt32 = .max
    var groupID: UInt32 = .max
  }

  /// The user at the other end.
  static func peerUserID(_ socket: Descriptor) throws(SystemError) -> UInt32 {
    var credentials = Credentials()
    var length = socklen_t(MemoryLayout<Credentials>.size)
    guard socket.use({ getsockopt($0, SOL_SOCKET, SO_PEERCRED, &credentials, &length) }) == 0 else { throw .last }
    return credentials.userID
  }

  private static func path(_ directory: String) -> String { "\(directory)/\(name)" }

  private static func make(_ directory: String) throws(SystemError) -> (socket: Descriptor, parent: Descriptor) {
    let parent = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard parent >= 0 else { throw .last }
    let directory = Descriptor(owning: parent)
    let number = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard number >= 0 else { throw .last }
    return (Descriptor(owning: number), directory)
  }

  /// Names the socket by way of the open directory: the kernel takes only 107 bytes of a path.
  private static func withAddress(
    _ parent: Descriptor, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) throws(SystemError) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = parent.use { "/proc/self/fd/\($0)/\(name)" }
    withUnsafeMutableBytes(of: &address.sun_path) { buffer in
      buffer.copyBytes(from: path.utf8.prefix(buffer.count - 1))
    }
    return withExtendedLifetime(parent) {
      withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
    }
  }
}
