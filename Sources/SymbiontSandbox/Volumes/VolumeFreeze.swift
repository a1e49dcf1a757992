import Glibc
import SymbiontCore
import SymbiontSystem

/// A mounted file system that is complete on its device and to which writing waits, until it is thawed.
struct VolumeFreeze: Sendable {
  /// `FIFREEZE` and `FITHAW` of `linux/fs.h`.
  private static let freeze: UInt = 0xC004_5877
  private static let thaw: UInt = 0xC004_5878

  private let directory: Descriptor

  init(_ path: String) throws(SandboxError) {
    do throws(SystemError) {
      directory = try WorkspaceDirectory.open(path)
      guard directory.use({ ioctl($0, Self.freeze, 0) }) == 0 else { throw .last }
    } catch {
      throw .workspaceFailed(path: path, reason: "it could not be frozen for a copy: \(error)")
    }
  }

  /// Lets writing go on.
  func thaw() {
    _ = directory.use { ioctl($0, Self.thaw, 0) }
  }
}
