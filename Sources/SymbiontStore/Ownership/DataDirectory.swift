import Glibc

/// The directory that holds a store: made, checked and kept for its owner's eyes only.
struct DataDirectory: Sendable {
  static let directoryMode: mode_t = 0o700
  static let fileMode: mode_t = 0o600
  private static let accessForOthers: mode_t = 0o077
  private static let permissionBits: mode_t = 0o7777

  let path: String

  var databasePath: String { path + "/symbiont.sqlite" }
  var lockPath: String { path + "/symbiont.lock" }

  /// Makes the directory and what is missing above it, and refuses one that others may use.
  ///
  /// A directory that is still empty is closed to others; one with contents is refused instead, since the contents may
  /// be meant for them.
  func prepare() throws(StoreError) {
    try makeMissing(path)
    do {
      let directory = try FileDescriptor(path, O_RDONLY | O_DIRECTORY)
      let status = try directory.status()
      guard status.st_uid == geteuid() else {
        throw unusable(
          "belongs to user `\(status.st_uid)`, not to user `\(geteuid())`", "run as that user, or `chown` it")
      }
      guard status.st_mode & Self.accessForOthers != 0 else { return }
      guard try isEmpty() else {
        let mode = String(status.st_mode & Self.permissionBits, radix: 8)
        throw unusable("can be used by others (mode `\(mode)`)", "run `chmod 700 \(path)`")
      }
      try directory.setMode(Self.directoryMode)
    } catch let error as StoreError { throw error } catch let error as SystemError { throw unusable(error) } catch {
      throw .rejected(error)
    }
  }

  /// Makes the database file before SQLite does, which would give it the permissions of the process; the log and the
  /// shared memory take theirs from it.
  func prepareDatabase() throws(StoreError) {
    do {
      let file = try FileDescriptor(databasePath, O_RDWR | O_CREAT | O_NOFOLLOW, mode: Self.fileMode)
      if try file.status().st_mode & Self.accessForOthers != 0 { try file.setMode(Self.fileMode) }
    } catch { throw unusable(error) }
  }

  /// Fails unless there is a database that this process may read.
  func requireDatabase() throws(StoreError) {
    do { _ = try FileDescriptor(databasePath, O_RDONLY) } catch {
      throw error.number == ENOENT
        ? unusable("has no store in it", "start the runtime on it once, or name another directory") : unusable(error)
    }
  }

  /// Makes the files that were created in the directory survive a crash.
  func synchronize() throws(StoreError) {
    do { try FileDescriptor(path, O_RDONLY | O_DIRECTORY).synchronize() } catch { throw unusable(error) }
  }

  func unusable(_ reason: String, _ hint: String) -> StoreError {
    .directoryUnusable(path: path, reason: reason, hint: hint)
  }

  func unusable(_ error: SystemError) -> StoreError {
    switch error.number {
    case EROFS: unusable("is on a read-only file system", "choose another directory, or mount it for writing")
    case EACCES, EPERM:
      unusable("may not be used by user `\(geteuid())`", "change its owner or choose another directory")
    case ENOSPC, EDQUOT: unusable("is on a full disk", "make room or choose another directory")
    case ENOTDIR: unusable("is not a directory", "choose another path")
    case ELOOP: unusable("holds a symbolic link in place of a file", "choose another directory")
    default: unusable("cannot be used: \(error)", "choose another directory")
    }
  }

  private func makeMissing(_ path: String) throws(StoreError) {
    var status = stat()
    if stat(path, &status) == 0 { return }
    guard errno == ENOENT else { throw unusable(SystemError(number: errno)) }
    let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    if !parent.isEmpty, parent != path { try makeMissing(parent) }
    guard mkdir(path, Self.directoryMode) == 0 || errno == EEXIST else {
      throw unusable(SystemError(number: errno))
    }
    // The entry of the new directory lives in its parent.
    do { try FileDescriptor(parent.isEmpty ? "/" : parent, O_RDONLY | O_DIRECTORY).synchronize() } catch {
      throw unusable(error)
    }
  }

  private func isEmpty() throws(SystemError) -> Bool {
    guard let stream = opendir(path) else { throw SystemError(number: errno) }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != ".." { return false }
    }
    return true
  }
}
