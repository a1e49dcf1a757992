import Glibc
import SymbiontCore
import SymbiontSystem

extension SystemError {
  /// The error of the workspace for a failed call on a path.
  func sandboxError(_ path: WorkspacePath) -> SandboxError {
    switch code {
    case ENOENT:
      .notFound(path: path.text)
    // What `openat2(2)` reports for a way that leads out, and for links into `/proc`.
    case EXDEV:
      .pathEscapesWorkspace(path: path.text)
    case ELOOP:
      .pathInvalid(path: path.text, reason: "too many links, or one that leads into `/proc`")
    case ENOTDIR:
      .pathInvalid(path: path.text, reason: "a part of it is not a directory")
    case ENAMETOOLONG:
      .pathInvalid(path: path.text, reason: "it is too long")
    case EISDIR:
      .notAFile(path: path.text, found: FileKind.directory.description)
    case ENXIO:
      .notAFile(path: path.text, found: FileKind.socket.description)
    case ENOTEMPTY:
      .pathInvalid(path: path.text, reason: "it is a directory that is not empty: delete what is in it first")
    case ENOSPC, EDQUOT, EFBIG:
      .workspaceFull(path: path.text)
    default:
      .workspaceFailed(path: path.text, reason: description)
    }
  }
}

extension WorkspacePath {
  /// Makes system calls about this path, and throws their errors as those of the workspace.
  func translating<Value>(_ body: () throws(SystemError) -> Value) throws(SandboxError) -> Value {
    do throws(SystemError) {
      return try body()
    } catch {
      throw error.sandboxError(self)
    }
  }
}
