import SymbiontCore
import SymbiontSystem

/// The copy of an agent's workspace in a virtual machine: brought there before a command, and brought back after it.
///
/// The machine's file systems are read through the guest only, never mounted here, and everything that the guest says is
/// checked. Directories and regular files are carried, with their permissions; links stay where they are.
struct WorkspaceCopy: Sendable {
  private static let chunkBytes = 262_144
  /// What its owner must be allowed to in a directory, so that files can be copied into it.
  private static let ownerBits: UInt32 = 0o700

  private let connection: GuestConnection
  private let tree: WorkspaceTree
  private let limits: WorkspaceManifest.Limits
  /// What the copy held when nothing had run in it yet.
  private let original: WorkspaceManifest

  /// Brings the files of a directory into the workspace of a sandbox, which is empty.
  ///
  /// - Throws: When they are more than is copied, or one cannot be read or written; nothing is to be run then.
  init(
    of directory: String, to connection: GuestConnection, limits: WorkspaceManifest.Limits = .init()
  ) async throws(SandboxError) {
    let (tree, manifest) = try await BlockingWork.perform { () throws(SandboxError) in
      let tree = try WorkspaceTree(directory)
      return (tree, try tree.manifest(limits))
    }
    for path in manifest.directories {
      guard let item = manifest.items[path] else { continue }
      try await connection.makeDirectory(path, permissions: item.permissions | Self.ownerBits)
    }
    for path in manifest.files {
      guard let item = manifest.items[path] else { continue }
      try await Self.upload(path, item, from: tree, to: connection, limits)
    }
    self.connection = connection
    self.tree = tree
    self.limits = limits
    original = try await Self.manifest(of: connection, limits)
  }

  private static func upload(
    _ path: String, _ item: WorkspaceManifest.Item, from tree: WorkspaceTree, to connection: GuestConnection,
    _ limits: WorkspaceManifest.Limits
  ) async throws(SandboxError) {
    let opened = try await BlockingWork.perform { () throws(SandboxError) in try tree.open(path) }
    guard let file = opened else { return }
    let chunk = Self.chunkBytes
    try await connection.upload(to: path, permissions: item.permissions, maximumBytes: UInt64(limits.bytes)) {
      () throws(SandboxError) in
      try await BlockingWork.perform { () throws(SandboxError) in try LocalFile.read(file, path, upTo: chunk) }
    }
  }

  /// Brings back what a command changed: what it wrote, what it made, and what it removed.
  ///
  /// - Throws: When it is more than is copied, before anything was changed; or when something could not be written.
  func bringBack() async throws(SandboxError) {
    let later = try await Self.manifest(of: connection, limits)
    let changes = original.changes(to: later)
    try await BlockingWork.perform { () throws(SandboxError) in
      for path in changes.removed { try tree.remove(path) }
      for path in changes.directories {
        guard let item = later.items[path] else { continue }
        try tree.makeDirectory(path, permissions: item.permissions | Self.ownerBits)
      }
    }
    var left = limits.bytes
    for path in changes.files { left -= try await download(path, atMost: left) }
  }

  /// Gives the size of the file.
  private func download(_ path: String, atMost maximum: Int) async throws(SandboxError) -> Int {
    let draft = try await BlockingWork.perform { () throws(SandboxError) in try tree.draft(path) }
    var count = 0
    do throws(SandboxError) {
      let file = try await connection.download(path, maximumBytes: UInt64(maximum)) {
        (bytes: [UInt8]) throws(SandboxError) in
        count += bytes.count
        guard count <= maximum else { throw .fileTooLarge(path: path, size: count, maximum: maximum) }
        try await BlockingWork.perform { () throws(SandboxError) in try tree.write(bytes, to: draft) }
      }
      try await BlockingWork.perform { () throws(SandboxError) in
        try tree.commit(draft, permissions: file.permissions)
      }
      return count
    } catch {
      await BlockingWork.run { tree.abandon(draft) }
      throw error
    }
  }

  /// What the workspace of a sandbox holds, as its guest tells.
  private static func manifest(
    of connection: GuestConnection, _ limits: WorkspaceManifest.Limits
  ) async throws(SandboxError) -> WorkspaceManifest {
    var manifest = WorkspaceManifest(limits: limits)
    var pending = [""]
    while let path = pending.popLast() {
      for entry in try await connection.list(path) where entry.isDirectory || entry.isRegularFile {
        let item = WorkspaceManifest.Item(
          isDirectory: entry.isDirectory, size: entry.isDirectory ? 0 : Int(clamping: entry.size),
          permissions: entry.permissions & 0o777, modified: entry.isDirectory ? 0 : entry.modifiedNanoseconds)
        guard try manifest.add(entry.name, item, in: path), entry.isDirectory else { continue }
        pending.append(path.isEmpty ? entry.name : "\(path)/\(entry.name)")
      }
    }
    return manifest
  }
}
