import Glibc
public import SymbiontCore
import SymbiontSystem

extension WorkspaceFiles {
  /// One entry of a directory.
  public struct Entry: Sendable, Hashable, Codable {
    /// Its name.
    ///
    /// Bytes that are not UTF-8 are shown as `�`.
    public var name: String
    /// Its size in bytes; of a directory or link, 0.
    public var size: Int
    /// Whether it is a directory.
    public var isDirectory: Bool

    /// Makes an entry of its parts.
    public init(name: String, size: Int, isDirectory: Bool) {
      self.name = name
      self.size = size
      self.isDirectory = isDirectory
    }
  }

  /// Returns the entries of a directory, ordered by name; `.` is the workspace itself.
  ///
  /// Links are not followed.
  ///
  /// - Throws: ``SandboxError/notFound(path:)``, ``SandboxError/tooManyFiles(path:maximum:)``,
  ///   ``SandboxError/pathEscapesWorkspace(path:)``, ``SandboxError/pathInvalid(path:reason:)`` or
  ///   ``SandboxError/workspaceFailed(path:reason:)``.
  public func list(_ path: String = ".") async throws(SandboxError) -> [Entry] {
    let path = try WorkspacePath(path)
    return try await BlockingWork.perform { () throws(SandboxError) in
      let root = try WorkspaceRoot(directory)
      let listed = try path.translating { () throws(SystemError) in
        try entries(of: try root.openDirectory(path.plain))
      }
      guard let listed else { throw .tooManyFiles(path: path.text, maximum: limits.entries) }
      return listed.sorted { $0.name < $1.name }
    }
  }

  /// The entries of an open directory; nil when there are too many.
  private func entries(of directory: Descriptor) throws(SystemError) -> [Entry]? {
    // The stream closes its descriptor, so it gets one of its own.
    let number = directory.use { fcntl($0, F_DUPFD_CLOEXEC, 0) }
    guard number >= 0 else { throw .last }
    guard let stream = fdopendir(number) else {
      let error = SystemError.last
      close(number)
      throw error
    }
    defer { closedir(stream) }
    var entries: [Entry] = []
    while true {
      errno = 0
      guard let pointer = readdir(stream) else {
        guard errno == 0 else { throw .last }
        return entries
      }
      guard let entry = directory.use({ Self.entry(pointer, in: $0) }) else { continue }
      guard entries.count < limits.entries else { return nil }
      entries.append(entry)
    }
  }

  /// Reads one entry; nil for the directory itself and its parent, and for what was deleted meanwhile.
  private static func entry(_ pointer: UnsafeMutablePointer<dirent>, in directory: Int32) -> Entry? {
    withUnsafePointer(to: &pointer.pointee.d_name) { tuple in
      tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee)) { name in
        let text = String(cString: name)
        guard text != ".", text != ".." else { return nil }
        var status = stat()
        guard fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        let kind = FileKind(mode: status.st_mode)
        return Entry(name: text, size: kind == .regular ? Int(status.st_size) : 0, isDirectory: kind == .directory)
      }
    }
  }
}
