import Glibc
import SymbiontSystem

/// Copies a file without its holes.
enum SparseCopy {
  /// `FICLONE` of `linux/fs.h`: the copy shares the blocks until one side writes to them.
  private static let clone: UInt = 0x4004_9409
  private static let seekData: Int32 = 3
  private static let seekHole: Int32 = 4
  private static let chunkBytes = 1 << 20

  /// Makes the second file as long as the first, with the same content.
  ///
  /// The second file must be empty.
  static func copy(_ source: Descriptor, to target: Descriptor) throws(SystemError) {
    let cloned = source.use { source in target.use { ioctl($0, clone, source) } }
    if cloned == 0 { return }
    let size = try source.status().st_size
    guard target.use({ ftruncate($0, size) }) == 0 else { throw .last }
    var offset: off_t = 0
    while offset < size {
      let start = source.use { lseek($0, offset, seekData) }
      guard start >= 0 else {
        // There is no data after the offset.
        guard errno == ENXIO else { throw .last }
        return
      }
      let end = source.use { lseek($0, start, seekHole) }
      guard end >= 0 else { throw .last }
      try copyRange(source, target, from: start, to: end)
      offset = end
    }
  }

  private static func copyRange(
    _ source: Descriptor, _ target: Descriptor, from start: off_t, to end: off_t
  ) throws(SystemError) {
    var buffer = [UInt8](repeating: 0, count: chunkBytes)
    var offset = start
    while offset < end {
      let wanted = min(Int(end - offset), chunkBytes)
      let count = source.use { pread($0, &buffer, wanted, offset) }
      guard count >= 0 else { throw .last }
      guard count > 0 else { return }
      guard target.use({ pwrite($0, buffer, count, offset) }) == count else { throw .last }
      offset += off_t(count)
    }
  }
}
