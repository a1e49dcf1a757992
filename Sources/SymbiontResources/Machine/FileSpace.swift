import Glibc

/// The space of a file system.
package struct FileSpace: Sendable, Hashable {
  /// The size, in bytes.
  package var totalBytes: Int
  /// What a user without rights can still write, in bytes.
  package var availableBytes: Int

  package init(totalBytes: Int, availableBytes: Int) {
    self.totalBytes = totalBytes
    self.availableBytes = availableBytes
  }

  /// Asks the kernel about the file system that holds a path; nil when it does not tell.
  package init?(of path: String) {
    var status = statvfs()
    guard statvfs(path, &status) == 0, status.f_blocks > 0 else { return nil }
    let size = Int(clamping: status.f_frsize)
    func bytes(_ blocks: UInt) -> Int {
      let (bytes, overflow) = Int(clamping: blocks).multipliedReportingOverflow(by: size)
      return overflow ? .max : bytes
    }
    self.init(totalBytes: bytes(status.f_blocks), availableBytes: bytes(status.f_bavail))
  }

  /// What is in use, in bytes.
  package var usedBytes: Int { max(0, totalBytes - availableBytes) }
}
