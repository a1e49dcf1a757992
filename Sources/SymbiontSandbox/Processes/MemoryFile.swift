import Glibc
import SymbiontSystem

/// A file in memory, for what a short program reads or prints.
enum MemoryFile {
  private static let closeOnExec = 0x1
  private static let chunkBytes = 65_536

  /// Makes a file that holds the bytes and is positioned at its begin.
  static func make(_ bytes: [UInt8]) throws(SystemError) -> Descriptor {
    let number = try "symbiont".withCString { name in
      Result { () throws(SystemError) in
        try SystemCall.invoke(.memoryFile, Int(bitPattern: name), closeOnExec)
      }
    }.get()
    let file = Descriptor(owning: Int32(truncatingIfNeeded: number))
    try file.write(bytes)
    try rewind(file)
    return file
  }

  /// What a file holds, up to a number of bytes.
  static func contents(_ file: Descriptor, atMost maximum: Int) throws(SystemError) -> [UInt8] {
    try rewind(file)
    var bytes: [UInt8] = []
    while bytes.count < maximum {
      let count = try file.read(upTo: min(chunkBytes, maximum - bytes.count)) { bytes.append(contentsOf: $0) }
      if count == 0 { break }
    }
    return bytes
  }

  private static func rewind(_ file: Descriptor) throws(SystemError) {
    guard file.use({ lseek($0, 0, SEEK_SET) }) == 0 else { throw .last }
  }
}
