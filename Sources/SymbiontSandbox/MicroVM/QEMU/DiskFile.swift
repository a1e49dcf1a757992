import Glibc
import SymbiontSystem

/// The file of a machine's disk, opened twice: QEMU looks at a disk before it writes to it, and takes for each the
/// descriptor with exactly the rights that it needs.
///
/// The lock on the file goes with the second descriptor to QEMU, so a disk has one machine at a time. QEMU's own locks are
/// off: they would be left on the first descriptor, and then be in its own way.
struct DiskFile: Sendable {
  let reading: Descriptor
  let writing: Descriptor
  /// The size of the disk.
  let bytes: Int

  /// Opens a file.
  init(path: String) throws(SystemError) {
    try self.init(Self.open(path, O_RDWR | O_NOFOLLOW))
  }

  /// Opens a file again that is open for reading and writing.
  init(_ writing: Descriptor) throws(SystemError) {
    reading = try Self.open(writing.use { "/proc/self/fd/\($0)" }, O_RDONLY)
    self.writing = writing
    bytes = try writing.status().st_size
    guard writing.use({ flock($0, LOCK_EX | LOCK_NB) }) == 0 else { throw .last }
  }

  /// Opens a file that is only read.
  static func openForReading(path: String) throws(SystemError) -> Descriptor { try open(path, O_RDONLY | O_NOFOLLOW) }

  private static func open(_ path: String, _ flags: Int32) throws(SystemError) -> Descriptor {
    let number = Glibc.open(path, flags | O_CLOEXEC)
    guard number >= 0 else { throw .last }
    return Descriptor(owning: number)
  }
}
