import Glibc

/// A file that the kernel makes up as it is read, as those of `/proc` and `/sys`.
///
/// Such a file has no size, and one read gives only a part of it: it must be read until nothing comes.
package enum KernelFile {
  private static let chunkBytes = 65_536

  /// All bytes of the file; nil when it cannot be read.
  package static func bytes(_ path: String) -> [UInt8]? {
    let number = open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { return nil }
    let file = Descriptor(owning: number)
    var bytes: [UInt8] = []
    do throws(SystemError) {
      while try file.read(upTo: chunkBytes, into: { bytes.append(contentsOf: $0) }) > 0 {}
    } catch {
      return nil
    }
    return bytes
  }

  /// The text of the file; empty when it cannot be read.
  package static func text(_ path: String) -> String { String(decoding: bytes(path) ?? [], as: UTF8.self) }
}
