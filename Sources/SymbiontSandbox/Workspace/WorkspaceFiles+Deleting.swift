import Glibc
public import SymbiontCore
import SymbiontSystem

extension WorkspaceFiles {
  /// Deletes a file, a link (not what it leads to), or an empty directory.
  ///
  /// - Throws: ``SandboxError/notFound(path:)``, ``SandboxError/pathEscapesWorkspace(path:)``,
  ///   ``SandboxError/pathInvalid(path:reason:)`` (also for a directory that is not empty, and for the workspace itself)
  ///   or ``SandboxError/workspaceFailed(path:reason:)``.
  public func delete(_ path: String) async throws(SandboxError) {
    let path = try WorkspacePath(path)
    guard let name = path.components.last else {
      throw .pathInvalid(path: path.text, reason: "the workspace itself cannot be deleted")
    }
    try await BlockingWork.perform { () throws(SandboxError) in
      let root = try WorkspaceRoot(directory)
      try path.translating { () throws(SystemError) in
        let parent = try root.openDirectory(path.parent)
        if parent.use({ unlinkat($0, name, 0) }) != 0 {
          guard errno == EISDIR else { throw .last }
          guard parent.use({ unlinkat($0, name, AT_REMOVEDIR) }) == 0 else { throw .last }
        }
        guard parent.use(fsync) == 0 else { throw .last }
      }
    }
  }
}
