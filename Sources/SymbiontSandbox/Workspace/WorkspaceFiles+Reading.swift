import Glibc
public import SymbiontCore
import SymbiontSystem

extension WorkspaceFiles {
  private static let chunkBytes = 262_144

  /// Returns the content of a regular file.
  ///
  /// - Throws: ``SandboxError/notFound(path:)``, ``SandboxError/notAFile(path:found:)``,
  ///   ``SandboxError/fileTooLarge(path:size:maximum:)``, ``SandboxError/pathEscapesWorkspace(path:)``,
  ///   ``SandboxError/pathInvalid(path:reason:)`` or ``SandboxError/workspaceFailed(path:reason:)``.
  public func read(_ path: String) async throws(SandboxError) -> [UInt8] {
    let path = try WorkspacePath(path)
    return try await BlockingWork.perform { () throws(SandboxError) in
      let file = try WorkspaceRoot(directory).openFile(path)
      let size = Int(try path.translating { () throws(SystemError) in try file.status().st_size })
      guard size <= limits.fileBytes else {
        throw .fileTooLarge(path: path.text, size: size, maximum: limits.fileBytes)
      }
      var content: [UInt8] = []
      content.reserveCapacity(size)
      // A command may make the file longer meanwhile, so the size is checked again as it is read.
      while try path.translating({ () throws(SystemError) in
        try file.read(upTo: Self.chunkBytes) { content.append(contentsOf: $0) }
      }) > 0 {
        guard content.count <= limits.fileBytes else {
          throw .fileTooLarge(path: path.text, size: content.count, maximum: limits.fileBytes)
        }
      }
      return content
    }
  }
}
