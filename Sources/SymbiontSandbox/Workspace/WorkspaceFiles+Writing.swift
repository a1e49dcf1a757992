import Glibc
public import SymbiontCore
import SymbiontSystem

extension WorkspaceFiles {
  private static let directoryMode: mode_t = 0o755
  private static let fileMode: mode_t = 0o644
  private static let permissionBits: mode_t = 0o777

  /// Makes a regular file with this content, or replaces one; missing directories on the way are made.
  ///
  /// Readers see the old content or the new one, never a part, and the new one is on the disk when this returns. A link
  /// of this name is replaced, not followed.
  ///
  /// - Throws: ``SandboxError/notAFile(path:found:)``, ``SandboxError/fileTooLarge(path:size:maximum:)``,
  ///   ``SandboxError/workspaceFull(path:)``, ``SandboxError/pathEscapesWorkspace(path:)``,
  ///   ``SandboxError/pathInvalid(path:reason:)`` or ``SandboxError/workspaceFailed(path:reason:)``.
  public func write(_ path: String, _ bytes: [UInt8]) async throws(SandboxError) {
    let path = try WorkspacePath(path)
    let name = try path.fileName()
    guard bytes.count <= limits.fileBytes else {
      throw .fileTooLarge(path: path.text, size: bytes.count, maximum: limits.fileBytes)
    }
    try await BlockingWork.perform { () throws(SandboxError) in
      let root = try WorkspaceRoot(directory)
      try path.translating { () throws(SystemError) in
        let owner = try root.descriptor.status()
        let parent = try makeDirectories(path, root: root, owner: owner)
        try replace(name, in: parent, with: bytes, owner: owner)
      }
    }
  }

  /// Opens the directory that holds the file, and makes what is missing of it.
  private func makeDirectories(
    _ path: WorkspacePath, root: WorkspaceRoot, owner: stat
  ) throws(SystemError) -> Descriptor {
    do throws(SystemError) {
      return try root.openDirectory(path.parent)
    } catch  where error.code == ENOENT {
      var parent = try root.openDirectory(".")
      for count in 1..<path.components.count {
        let name = path.components[count - 1]
        let isNew = parent.use { mkdirat($0, name, Self.directoryMode) } == 0
        guard isNew || errno == EEXIST else { throw .last }
        parent = try root.openDirectory(path.components.prefix(count).joined(separator: "/"))
        if isNew { try give(parent, to: owner, mode: Self.directoryMode) }
      }
      return parent
    }
  }

  private func replace(_ name: String, in parent: Descriptor, with bytes: [UInt8], owner: stat) throws(SystemError) {
    var existing = stat()
    let exists = parent.use { fstatat($0, name, &existing, AT_SYMLINK_NOFOLLOW) } == 0
    let kind = exists ? FileKind(mode: existing.st_mode) : nil
    guard kind != .directory else { throw SystemError(code: EISDIR) }
    let temporaryName = ".symbiont-\(UInt64.random(in: .min ... .max)).tmp"
    let number = parent.use {
      openat($0, temporaryName, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, Self.fileMode)
    }
    guard number >= 0 else { throw .last }
    let file = Descriptor(owning: number)
    do throws(SystemError) {
      try file.write(bytes)
      // Programs that an agent rewrites stay executable.
      try give(file, to: owner, mode: kind == .regular ? existing.st_mode & Self.permissionBits : Self.fileMode)
      guard file.use(fsync) == 0 else { throw .last }
      guard parent.use({ renameat($0, temporaryName, $0, name) }) == 0 else { throw .last }
    } catch {
      _ = parent.use { unlinkat($0, temporaryName, 0) }
      throw error
    }
    guard parent.use(fsync) == 0 else { throw .last }
  }

  /// Gives a new file to the owner of the workspace, so that the agent's commands can use it.
  private func give(_ file: Descriptor, to owner: stat, mode: mode_t) throws(SystemError) {
    guard file.use({ fchown($0, owner.st_uid, owner.st_gid) }) == 0 else { throw .last }
    guard file.use({ fchmod($0, mode) }) == 0 else { throw .last }
  }
}
