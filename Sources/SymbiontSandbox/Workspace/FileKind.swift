import Glibc

/// What a directory entry is.
enum FileKind: Sendable, Hashable {
  case regular, directory, link, pipe, socket, device, other

  /// Reads the type bits of a file's mode.
  init(mode: mode_t) {
    self =
      switch mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      case S_IFLNK: .link
      case S_IFIFO: .pipe
      case S_IFSOCK: .socket
      case S_IFBLK, S_IFCHR: .device
      default: .other
      }
  }

  /// The kind in words, for errors.
  var description: String {
    switch self {
    case .regular: "a regular file"
    case .directory: "a directory"
    case .link: "a link"
    case .pipe: "a named pipe"
    case .socket: "a socket"
    case .device: "a device"
    case .other: "something unknown"
    }
  }
}
