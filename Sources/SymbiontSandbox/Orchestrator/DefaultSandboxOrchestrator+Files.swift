import Glibc
public import SymbiontCore
import SymbiontSystem

extension DefaultSandboxOrchestrator {
  /// Copies a file of the machine into the workspace of the sandbox, with its permissions for the owner.
  ///
  /// - Parameters:
  ///   - localPath: A regular file, not a link to one.
  ///   - remotePath: A path below the workspace; directories on the way must exist.
  public func uploadFile(
    _ sandboxID: SandboxID, localPath: String, remotePath: String
  ) async throws(SandboxError) {
    let connection = try entry(sandboxID).connection(for: .transfer)
    let maximum = configuration.transferLimitBytes
    let (file, status) = try await BlockingWork.perform { () throws(SandboxError) in
      let file = try LocalFile.openForReading(localPath)
      let status = try LocalFile.status(file, localPath)
      guard status.st_size <= maximum else {
        throw SandboxError.fileTooLarge(path: localPath, size: Int(status.st_size), maximum: maximum)
      }
      return (file, status)
    }
    let chunk = Self.chunkBytes
    try await connection.upload(
      to: remotePath, permissions: UInt32(status.st_mode & LocalFile.permissionBits), maximumBytes: UInt64(maximum)
    ) { () throws(SandboxError) in
      try await BlockingWork.perform { () throws(SandboxError) in try LocalFile.read(file, localPath, upTo: chunk) }
    }
  }

  private static let chunkBytes = 262_144

  /// Copies a file of the sandbox's workspace to the machine: a new file, or one in place of an old one, in one step.
  public func downloadFile(
    _ sandboxID: SandboxID, remotePath: String, localPath: String
  ) async throws(SandboxError) {
    let connection = try entry(sandboxID).connection(for: .transfer)
    let maximum = configuration.transferLimitBytes
    let draft = try await BlockingWork.perform { () throws(SandboxError) in try LocalDraft(for: localPath) }
    do throws(SandboxError) {
      let file = try await connection.download(remotePath, maximumBytes: UInt64(maximum)) {
        (bytes: [UInt8]) throws(SandboxError) in
        try await BlockingWork.perform { () throws(SandboxError) in try draft.write(bytes) }
      }
      try await BlockingWork.perform { () throws(SandboxError) in try draft.commit(mode: file.permissions) }
    } catch {
      draft.abandon()
      throw error
    }
  }
}

/// Files of the machine, opened as the runtime's user.
enum LocalFile {
  static let permissionBits: mode_t = 0o777

  /// Opens a regular file; a link, a pipe or a device is refused, and opening never blocks.
  static func openForReading(_ path: String) throws(SandboxError) -> Descriptor {
    let number = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    guard number >= 0 else { throw failure(path, .last) }
    return Descriptor(owning: number)
  }

  static func status(_ file: Descriptor, _ path: String) throws(SandboxError) -> stat {
    let status: stat
    do throws(SystemError) { status = try file.status() } catch { throw failure(path, error) }
    let kind = FileKind(mode: status.st_mode)
    guard kind == .regular else { throw .notAFile(path: path, found: kind.description) }
    return status
  }

  /// The next bytes; none at the end.
  static func read(_ file: Descriptor, _ path: String, upTo count: Int) throws(SandboxError) -> [UInt8] {
    var bytes: [UInt8] = []
    do throws(SystemError) { _ = try file.read(upTo: count) { bytes = Array($0) } } catch { throw failure(path, error) }
    return bytes
  }

  static func failure(_ path: String, _ error: SystemError) -> SandboxError {
    switch error.code {
    case ENOENT: .notFound(path: path)
    case ELOOP: .notAFile(path: path, found: FileKind.link.description)
    case ENOSPC, EDQUOT: .workspaceFull(path: path)
    default: .workspaceFailed(path: path, reason: error.description)
    }
  }
}

/// A file that takes its name only when it is complete.
struct LocalDraft: Sendable {
  private static let mode: mode_t = 0o600

  let path: String
  let draftPath: String
  let file: Descriptor

  init(for path: String) throws(SandboxError) {
    self.path = path
    let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    draftPath = "\(directory.isEmpty ? "/" : directory)/.symbi-\(SandboxID())"
    let number = open(draftPath, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, Self.mode)
    guard number >= 0 else { throw LocalFile.failure(path, .last) }
    file = Descriptor(owning: number)
  }

  func write(_ bytes: [UInt8]) throws(SandboxError) {
    do throws(SystemError) { try file.write(bytes) } catch { throw LocalFile.failure(path, error) }
  }

  func commit(mode: UInt32) throws(SandboxError) {
    var existing = stat()
    if lstat(path, &existing) == 0, existing.st_mode & S_IFMT != S_IFREG {
      throw .notAFile(path: path, found: FileKind(mode: existing.st_mode).description)
    }
    guard file.use({ fchmod($0, mode_t(mode) & LocalFile.permissionBits) }) == 0, file.use(fsync) == 0,
      rename(draftPath, path) == 0
    else { throw LocalFile.failure(path, .last) }
  }

  func abandon() { unlink(draftPath) }
}
