import Glibc
import SymbiontCore
import SymbiontSystem

/// A workspace of the machine, whose files are carried to and from a copy of it.
///
/// Every path is resolved by the kernel below the workspace, whatever runs in it meanwhile; no link is followed at the
/// end of a path.
struct WorkspaceTree: Sendable {
  private static let permissionBits: mode_t = 0o777
  /// A directory that its owner cannot use would stop the copy that is made in it.
  private static let ownerBits: mode_t = 0o700

  private let root: WorkspaceRoot
  private let owner: stat

  init(_ directory: String) throws(SandboxError) {
    root = try WorkspaceRoot(directory)
    do throws(SystemError) { owner = try root.descriptor.status() } catch {
      throw .workspaceFailed(path: directory, reason: "\(error)")
    }
  }

  // MARK: Reading

  /// What it holds.
  func manifest(_ limits: WorkspaceManifest.Limits = .init()) throws(SandboxError) -> WorkspaceManifest {
    var manifest = WorkspaceManifest(limits: limits)
    var pending = [""]
    while let path = pending.popLast() {
      for (name, status) in try entries(of: path) {
        let kind = FileKind(mode: status.st_mode)
        guard kind == .directory || kind == .regular else { continue }
        let item = WorkspaceManifest.Item(
          isDirectory: kind == .directory, size: kind == .regular ? Int(status.st_size) : 0,
          permissions: UInt32(status.st_mode & Self.permissionBits))
        guard try manifest.add(name, item, in: path) else { continue }
        if kind == .directory { pending.append(path.isEmpty ? name : "\(path)/\(name)") }
      }
    }
    return manifest
  }

  private func entries(of path: String) throws(SandboxError) -> [(String, stat)] {
    try checked(path) { () throws(SystemError) in
      let directory = try root.openDirectory(path.isEmpty ? "." : path)
      // The stream closes its descriptor, so it gets one of its own.
      let number = directory.use { fcntl($0, F_DUPFD_CLOEXEC, 0) }
      guard number >= 0 else { throw .last }
      guard let stream = fdopendir(number) else {
        let error = SystemError.last
        close(number)
        throw error
      }
      defer { closedir(stream) }
      var entries: [(String, stat)] = []
      // One more than may be copied is enough to know that there are too many.
      while entries.count <= WorkspaceManifest.Limits().items, let pointer = readdir(stream) {
        let name = withUnsafeBytes(of: pointer.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        guard name != ".", name != ".." else { continue }
        var status = stat()
        guard directory.use({ fstatat($0, name, &status, AT_SYMLINK_NOFOLLOW) }) == 0 else { continue }
        entries.append((name, status))
      }
      return entries
    }
  }

  /// Opens a file for reading; nil when it has gone or has become something else.
  func open(_ path: String) throws(SandboxError) -> Descriptor? {
    do throws(SandboxError) { return try root.openFile(try WorkspacePath(path)) } catch {
      switch error {
      case .notFound, .notAFile, .pathEscapesWorkspace: return nil
      default: throw error
      }
    }
  }

  // MARK: Changing

  /// Removes a file or an empty directory; one that is gone, and a directory that still has something, stay as they are.
  func remove(_ path: String) throws(SandboxError) {
    try below(path) { parent, name throws(SystemError) in
      guard parent.use({ unlinkat($0, name, 0) }) != 0 else { return }
      if errno == EISDIR || errno == EPERM, parent.use({ unlinkat($0, name, AT_REMOVEDIR) }) == 0 { return }
      guard errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST else { throw .last }
    }
  }

  /// Makes a directory, or gives one its permissions; what else has its name makes room.
  func makeDirectory(_ path: String, permissions: UInt32) throws(SandboxError) {
    try below(path) { parent, name throws(SystemError) in
      let mode = mode_t(permissions) & Self.permissionBits
      if parent.use({ mkdirat($0, name, Self.ownerBits) }) != 0 {
        guard errno == EEXIST else { throw .last }
        if parent.use({ unlinkat($0, name, 0) }) == 0 {
          guard parent.use({ mkdirat($0, name, Self.ownerBits) }) == 0 else { throw .last }
        }
      }
      let number = parent.use { openat($0, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
      guard number >= 0 else { throw .last }
      try give(Descriptor(owning: number), mode: mode)
    }
  }

  /// Begins a file that takes its name when it is complete.
  func draft(_ path: String) throws(SandboxError) -> Draft {
    try below(path) { parent, name throws(SystemError) in
      let temporary = ".symbiont-\(UInt64.random(in: .min ... .max)).tmp"
      let number = parent.use { openat($0, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600) }
      guard number >= 0 else { throw .last }
      return Draft(path: path, name: name, temporary: temporary, parent: parent, file: Descriptor(owning: number))
    }
  }

  /// A file that has no name yet.
  struct Draft: Sendable {
    let path: String
    let name: String
    let temporary: String
    let parent: Descriptor
    let file: Descriptor
  }

  func write(_ bytes: [UInt8], to draft: Draft) throws(SandboxError) {
    try checked(draft.path) { () throws(SystemError) in try draft.file.write(bytes) }
  }

  func commit(_ draft: Draft, permissions: UInt32) throws(SandboxError) {
    try checked(draft.path) { () throws(SystemError) in
      try give(draft.file, mode: mode_t(permissions) & Self.permissionBits)
      guard draft.parent.use({ renameat($0, draft.temporary, $0, draft.name) }) == 0 else { throw .last }
    }
  }

  func abandon(_ draft: Draft) { _ = draft.parent.use { unlinkat($0, draft.temporary, 0) } }

  private func give(_ file: Descriptor, mode: mode_t) throws(SystemError) {
    guard file.use({ fchown($0, owner.st_uid, owner.st_gid) }) == 0 else { throw .last }
    guard file.use({ fchmod($0, mode) }) == 0 else { throw .last }
  }

  private func below<Value>(
    _ path: String, _ body: (Descriptor, String) throws(SystemError) -> Value
  ) throws(SandboxError) -> Value {
    let parsed = try WorkspacePath(path)
    let name = try parsed.fileName()
    return try parsed.translating { () throws(SystemError) in try body(try root.openDirectory(parsed.parent), name) }
  }

  private func checked<Value>(
    _ path: String, _ body: () throws(SystemError) -> Value
  ) throws(SandboxError) -> Value {
    try WorkspacePath(path.isEmpty ? "." : path).translating(body)
  }
}
