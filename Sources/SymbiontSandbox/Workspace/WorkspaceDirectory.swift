import Glibc
import SymbiontCore
import SymbiontSystem

/// The directory of the machine that holds an agent's files.
enum WorkspaceDirectory {
  private static let mode: mode_t = 0o700

  /// Makes the directory if it is missing, and gives it to its owner.
  ///
  /// Directories above it must exist. A link is not followed.
  static func prepare(_ path: String, owner: WorkspaceOwner) throws(SandboxError) {
    do throws(SystemError) {
      guard mkdir(path, mode) == 0 || errno == EEXIST else { throw .last }
      let directory = try open(path)
      let status = try directory.status()
      guard status.st_uid != owner.userID || status.st_gid != owner.groupID else { return }
      guard directory.use({ fchown($0, owner.userID, owner.groupID) }) == 0 else { throw .last }
    } catch {
      throw .workspaceFailed(path: path, reason: "it could not be made ready: \(error)")
    }
  }

  /// Opens the directory.
  static func open(_ path: String) throws(SystemError) -> Descriptor {
    let number = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard number >= 0 else { throw .last }
    return Descriptor(owning: number)
  }
}
