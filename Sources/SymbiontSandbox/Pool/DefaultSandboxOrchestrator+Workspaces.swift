import FoundationEssentials
import Glibc
import SymbiontCore
import SymbiontSystem

/// The workspaces of sandboxes that wait in a pool.
///
/// Such a sandbox sees, as its workspace, a directory that is a shared mount of the machine: what is mounted on it later
/// appears in the sandbox (see `mount_namespaces(7)`, "Shared subtrees").
extension DefaultSandboxOrchestrator {
  private static let directoryMode: mode_t = 0o711
  /// `MS_BIND`, `MS_SHARED` and `MS_PRIVATE` of `mount(2)`.
  private static let bind: UInt = 4_096
  private static let shared: UInt = 1 << 20
  /// `MNT_DETACH` and `UMOUNT_NOFOLLOW` of `umount2(2)`.
  private static let detach: Int32 = 0x2
  private static let doNotFollow: Int32 = 0x8

  func attachPath(_ sandboxID: SandboxID) -> String { "\(configuration.attachDirectory)/\(sandboxID)" }

  /// Makes the directory on which the workspace will be mounted.
  func makeAttachPoint(_ sandboxID: SandboxID) async throws(SandboxError) -> String {
    let path = attachPath(sandboxID)
    try await BlockingWork.perform { () throws(SandboxError) in
      try SandboxVolumes.makeDirectory(path, mode: Self.directoryMode)
      guard mount(path, path, nil, Self.bind, nil) == 0, mount(nil, path, nil, Self.shared, nil) == 0 else {
        throw .startFailed(reason: "`\(path)` could not be made a shared mount: \(SystemError.last)")
      }
    }
    return path
  }

  /// Mounts the workspace of the sandbox's volume where the sandbox sees it.
  func attachWorkspace(_ sandboxID: SandboxID) async throws(SandboxError) {
    let (source, path) = ("\(volumes.mountPath(of: sandboxID))/workspace", attachPath(sandboxID))
    try await BlockingWork.perform { () throws(SandboxError) in
      guard mount(source, path, nil, Self.bind, nil) == 0 else {
        throw .workspaceFailed(path: path, reason: "the workspace could not be attached: \(SystemError.last)")
      }
    }
  }

  /// Takes the workspace away from where the sandbox sees it.
  func detachWorkspace(_ sandboxID: SandboxID) async throws(SandboxError) {
    let path = attachPath(sandboxID)
    await BlockingWork.run {
      guard let source = MountTable.current().entries.last(where: { $0.path == path }) else { return }
      // The lowest mount is the shared directory itself.
      guard MountTable.current().entries.count(where: { $0.path == source.path }) > 1 else { return }
      umount2(path, Self.detach | Self.doNotFollow)
    }
  }

  /// The sandboxes that have such a directory.
  func attachPoints() -> Set<SandboxID> {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: configuration.attachDirectory)) ?? []
    return Set(names.compactMap { SandboxID($0) })
  }

  /// Removes the directory and everything mounted on it.
  ///
  /// - Returns: Whether there was one.
  @discardableResult
  func removeAttachPoint(_ sandboxID: SandboxID) async throws(SandboxError) -> Bool {
    let path = attachPath(sandboxID)
    return try await BlockingWork.perform { () throws(SandboxError) in
      // One mount is the directory itself, one the workspace; each call takes the topmost.
      for _ in 0..<Self.maximumMounts where access(path, F_OK) == 0 {
        guard umount2(path, Self.detach | Self.doNotFollow) == 0 else { break }
      }
      if rmdir(path) == 0 { return true }
      guard errno == ENOENT else {
        throw .cleanupFailed(sandboxID: sandboxID, reason: "`\(path)` could not be removed: \(SystemError.last)")
      }
      return false
    }
  }

  private static let maximumMounts = 8
}
