import Glibc
import SymbiontSystem

/// Directories with everything below them, held by descriptors so that no link leads elsewhere.
///
/// The trees that are made here are at most a few hundred directories deep, which bounds descriptors and the stack.
enum DirectoryTree {
  /// The names in a directory, without `.` and `..`.
  static func names(in directory: Descriptor) throws(SystemError) -> [[UInt8]] {
    // The stream closes its descriptor, and begins where its descriptor is.
    let number = directory.use { openat($0, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard number >= 0 else { throw .last }
    guard let stream = fdopendir(number) else {
      let error = SystemError.last
      close(number)
      throw error
    }
    defer { closedir(stream) }
    var found: [[UInt8]] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: UInt8.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) {
          Array(UnsafeBufferPointer(start: $0, count: strlen(UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))))
        }
      }
      if name != [UInt8(ascii: ".")], name != [UInt8(ascii: "."), UInt8(ascii: ".")] { found.append(name) }
    }
    return found
  }

  /// Removes a directory and everything below it.
  static func remove(_ name: [UInt8], in parent: Descriptor) throws(SystemError) {
    let number = ImageTree.withName(name) { name in
      parent.use { openat($0, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
    }
    guard number >= 0 else { throw .last }
    let directory = Descriptor(owning: number)
    for inner in try names(in: directory) {
      if ImageTree.withName(inner, { inner in directory.use { unlinkat($0, inner, 0) } }) == 0 { continue }
      guard errno == EISDIR else { throw .last }
      try remove(inner, in: directory)
    }
    guard ImageTree.withName(name, { name in parent.use { unlinkat($0, name, AT_REMOVEDIR) } }) == 0 else {
      throw .last
    }
  }

  /// Removes what has a path, with everything below it; that there is nothing is no error.
  static func remove(path: String) throws(SystemError) {
    if unlink(path) == 0 || errno == ENOENT { return }
    guard errno == EISDIR, let slash = path.lastIndex(of: "/") else { throw .last }
    let number = open(String(path[...slash]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { throw .last }
    try remove(Array(path[path.index(after: slash)...].utf8), in: Descriptor(owning: number))
  }
}
