import Glibc
import SymbiontSystem

/// Opens files below a directory, resolved by the kernel.
enum BeneathDirectory {
  /// `struct open_how` of `openat2(2)`.
  private struct OpenHow {
    var flags: UInt64
    var mode: UInt64
    var resolve: UInt64
  }

  /// Opens a path for reading, under the given rules of resolution.
  static func open(
    _ path: TarPath, in directory: Descriptor, flags: Int32 = 0, resolve: UInt64
  ) throws(SystemError) -> Descriptor {
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags
    var how = OpenHow(flags: UInt64(flags), mode: 0, resolve: resolve)
    let number = try path.relative.withUnsafeBufferPointer { path in
      Result { () throws(SystemError) in
        try withUnsafeMutablePointer(to: &how) { how throws(SystemError) in
          try directory.use { directory throws(SystemError) in
            try SystemCall.invoke(
              .openBeneath, Int(directory), Int(bitPattern: path.baseAddress), Int(bitPattern: how),
              MemoryLayout<OpenHow>.size)
          }
        }
      }
    }.get()
    return Descriptor(owning: Int32(truncatingIfNeeded: number))
  }
}
