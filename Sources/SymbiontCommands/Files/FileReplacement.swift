import Glibc

/// Replaces files so that readers see the old content or the new one, never a part of either.
enum FileReplacement {
  private static let permissionBits: mode_t = 0o7777

  /// Writes a file's new content.
  ///
  /// Its permissions and its owner stay; of a link, the file that it leads to is written.
  static func write(_ path: String, _ bytes: [UInt8]) throws(CommandFailure) {
    guard let resolved = realpath(path, nil) else { throw failure(path) }
    defer { free(resolved) }
    let target = String(cString: resolved)
    var status = stat()
    guard stat(target, &status) == 0 else { throw failure(path) }
    let temporary = "\(target).symbi-\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, status.st_mode & 0o700)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    // Only the administrator may give files away; for anyone else the owner is the same already.
    _ = fchown(descriptor, status.st_uid, status.st_gid)
    guard fchmod(descriptor, status.st_mode & permissionBits) == 0, writeAll(descriptor, bytes),
      fsync(descriptor) == 0, rename(temporary, target) == 0
    else {
      let failure = failure(path)
      unlink(temporary)
      throw failure
    }
  }

  private static func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
    var offset = 0
    while offset < bytes.count {
      let written = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return false }
      offset += written
    }
    return true
  }

  private static func failure(_ path: String) -> CommandFailure {
    CommandFailure(
      .fileUnwritable, "`\(path)` cannot be written: \(String(cString: strerror(errno)))",
      hint: "the file was left as it was", status: .failure)
  }
}
