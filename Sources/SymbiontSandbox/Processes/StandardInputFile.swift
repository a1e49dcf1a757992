import Glibc
import SymbiontSystem

/// The standard input of a command, as a sealed file in memory.
///
/// All of the input is known when the command starts, so a file serves better than a pipe: nothing has to be fed while
/// the command runs, a command that does not read its input cannot raise `SIGPIPE` in the runtime, and the command may
/// seek. The seals keep the command from changing or growing it.
enum StandardInputFile {
  private static let closeOnExec = 0x1
  private static let allowSealing = 0x2
  /// `F_ADD_SEALS` of `fcntl(2)`.
  private static let addSeals: Int32 = 1033
  /// `F_SEAL_SEAL`, `F_SEAL_SHRINK`, `F_SEAL_GROW` and `F_SEAL_WRITE`.
  private static let allSeals: Int32 = 0x1 | 0x2 | 0x4 | 0x8
  private static let readableByAll: mode_t = 0o444

  /// Makes a file that holds the bytes and is positioned at its begin.
  static func make(_ bytes: [UInt8]) throws(SystemError) -> Descriptor {
    let number = try "stdin".withCString { name in
      Result { () throws(SystemError) in
        try SystemCall.invoke(.memoryFile, Int(bitPattern: name), closeOnExec | allowSealing)
      }
    }.get()
    let file = Descriptor(owning: Int32(truncatingIfNeeded: number))
    try file.write(bytes)
    try file.use { number throws(SystemError) in
      guard fchmod(number, readableByAll) == 0, lseek(number, 0, SEEK_SET) == 0,
        fcntl(number, addSeals, allSeals) == 0
      else { throw .last }
    }
    return file
  }
}
