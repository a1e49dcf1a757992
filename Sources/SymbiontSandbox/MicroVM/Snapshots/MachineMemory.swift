import Glibc
import SymbiontCore
import SymbiontSystem

/// The memory of machines, in files of memory that have no name: only this runtime and the QEMU that gets a descriptor
/// can reach them.
enum MachineMemory {
  private static let bytesPerMegabyte = 1_048_576
  /// Closed when another program is started; can be sealed.
  private static let flags = 0x1 | 0x2
  private static let addSeals: Int32 = 1_033
  /// No more seals, no shrinking, no growing, no writing.
  private static let seals: Int32 = 0x1 | 0x2 | 0x4 | 0x8
  private static let seekData: Int32 = 3
  private static let seekHole: Int32 = 4

  /// A file of a size, which holds zeros and takes no memory yet.
  static func make(_ name: String, bytes: Int) throws(SystemError) -> Descriptor {
    let number = try name.utf8CString.withUnsafeBufferPointer { text throws(SystemError) in
      try SystemCall.invoke(.memoryFile, Int(bitPattern: text.baseAddress), flags)
    }
    let file = Descriptor(owning: Int32(truncatingIfNeeded: number))
    guard file.use({ ftruncate($0, bytes) }) == 0 else { throw .last }
    return file
  }

  /// A file for the memory of a machine.
  static func make(megabytes: Int) throws(SystemError) -> Descriptor {
    try make("symbiont-memory", bytes: megabytes * bytesPerMegabyte)
  }

  /// Makes that nobody can change a file any more, this runtime included.
  ///
  /// A machine can still have it as its memory: the kernel copies each page that it writes to. So no machine, whatever
  /// breaks out of it, can change what others start from. It fails while somebody has it mapped for writing.
  static func seal(_ file: Descriptor) throws(SystemError) {
    guard file.use({ fcntl($0, addSeals, seals) }) == 0 else { throw .last }
  }

  /// Copies what is not empty of one file to another of the same size.
  static func copy(_ source: Descriptor, to target: Descriptor) throws(SystemError) {
    let size = try source.status().st_size
    guard target.use({ ftruncate($0, size) }) == 0 else { throw .last }
    var offset = 0
    while offset < size {
      let start = source.use { lseek($0, offset, seekData) }
      // The rest is a hole.
      if start < 0 && errno == ENXIO { return }
      guard start >= 0 else { throw .last }
      let end = source.use { lseek($0, start, seekHole) }
      guard end > start else { throw .last }
      try copy(source, to: target, from: start, upTo: end)
      offset = end
    }
  }

  private static func copy(
    _ source: Descriptor, to target: Descriptor, from start: Int, upTo end: Int
  ) throws(SystemError) {
    guard target.use({ lseek($0, start, SEEK_SET) }) == start else { throw .last }
    var position = start
    while position < end {
      let count = source.use { input in target.use { sendfile($0, input, &position, end - position) } }
      guard count > 0 else { throw count < 0 ? .last : SystemError(code: EIO) }
    }
  }
}
