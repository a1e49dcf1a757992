import Glibc
import SymbiontCore
import SymbiontSystem

/// An open workspace directory.
///
/// Every path is resolved by the kernel below it: `openat2(2)` with `RESOLVE_BENEATH` refuses paths and links that lead
/// out, at every step, however fast a running command swaps directories and links.
struct WorkspaceRoot: Sendable {
  /// `struct open_how` of `openat2(2)`.
  private struct OpenHow {
    var flags: UInt64
    var mode: UInt64
    var resolve: UInt64
  }

  /// `RESOLVE_NO_MAGICLINKS` and `RESOLVE_BENEATH`.
  private static let resolveBeneath: UInt64 = 0x02 | 0x08
  /// `O_PATH`: names a file without opening it, so that a FIFO cannot block and a device is not touched.
  private static let pathOnly: Int32 = 0o10_000_000

  let descriptor: Descriptor
  private let path: String

  init(_ path: String) throws(SandboxError) {
    self.path = path
    do throws(SystemError) {
      descriptor = try WorkspaceDirectory.open(path)
    } catch {
      throw .workspaceFailed(path: path, reason: "the workspace could not be opened: \(error)")
    }
  }

  /// Opens a path below the workspace.
  func open(_ path: String, flags: Int32, mode: mode_t = 0) throws(SystemError) -> Descriptor {
    var how = OpenHow(flags: UInt64(flags | O_CLOEXEC), mode: UInt64(mode), resolve: Self.resolveBeneath)
    let number = try path.withCString { path in
      Result { () throws(SystemError) in
        try withUnsafeMutablePointer(to: &how) { how throws(SystemError) in
          try descriptor.use { root throws(SystemError) in
            try SystemCall.invoke(
              .openBeneath, Int(root), Int(bitPattern: path), Int(bitPattern: how), MemoryLayout<OpenHow>.size)
          }
        }
      }
    }.get()
    return Descriptor(owning: Int32(truncatingIfNeeded: number))
  }

  /// Opens a directory.
  func openDirectory(_ path: String) throws(SystemError) -> Descriptor {
    try open(path, flags: O_RDONLY | O_DIRECTORY)
  }

  /// Opens a regular file for reading, and throws for everything else without having opened it.
  func openFile(_ path: WorkspacePath) throws(SandboxError) -> Descriptor {
    let found = try path.translating { () throws(SystemError) in try open(path.plain, flags: Self.pathOnly) }
    let kind = FileKind(mode: try path.translating { () throws(SystemError) in try found.status().st_mode })
    guard kind == .regular else { throw .notAFile(path: path.text, found: kind.description) }
    return try path.translating { () throws(SystemError) in
      // The file that was just looked at, not the one that may have taken its name since.
      let number = found.use { Glibc.open("/proc/self/fd/\($0)", O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY) }
      guard number >= 0 else { throw .last }
      return Descriptor(owning: number)
    }
  }
}
