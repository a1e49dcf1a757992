import FoundationEssentials
import Glibc
import SymbiontSystem

extension ImageShelf {
  private static let recordMode: mode_t = 0o600

  /// Writes a record whole or not at all, readable by its owner only.
  func write(_ record: some Encodable, to path: String) throws(ImageError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(record) else { throw .failed("the record `\(path)` could not be written") }
    let draft = "\(path).\(String(UInt64.random(in: .min ... .max), radix: 36))"
    try ImageError.attempt("write `\(path)`") { () throws(SystemError) in
      let number = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, Self.recordMode)
      guard number >= 0 else { throw .last }
      let file = Descriptor(owning: number)
      do throws(SystemError) {
        try file.write(Array(data))
        guard file.use(fsync) == 0, rename(draft, path) == 0 else { throw .last }
      } catch {
        unlink(draft)
        throw error
      }
    }
  }

  /// Makes the names in a directory durable.
  func synchronize(_ directory: String) throws(ImageError) {
    try ImageError.attempt("write `\(directory)`") { () throws(SystemError) in
      guard try Self.openDirectory(directory).use(fsync) == 0 else { throw .last }
    }
  }

  /// Makes everything of a file system durable: one call for all files of an image.
  func synchronizeFileSystem(of directory: String) throws(ImageError) {
    try ImageError.attempt("write `\(directory)`") { () throws(SystemError) in
      try Self.openDirectory(directory).use { number throws(SystemError) in
        _ = try SystemCall.invoke(.syncFileSystem, Int(number))
      }
    }
  }

  private static func openDirectory(_ path: String) throws(SystemError) -> Descriptor {
    let number = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { throw .last }
    return Descriptor(owning: number)
  }
}
