import Glibc
import SymbiontSystem

extension ImageTree {
  /// The ids that a sandbox has.
  private static let ids: UInt64 = 65_536
  /// Whoever has an id that a sandbox does not have.
  private static let nobody: UInt32 = 65_534
  /// What is kept of a mode: the permissions, and for directories that only owners delete in them.
  private static let permissions: UInt32 = 0o777
  private static let stickyBit: UInt32 = 0o1000
  private static let privilegedBits: UInt32 = 0o6000

  /// Unpacks an entry, with its data from the reader.
  mutating func add(_ entry: TarEntry, _ reader: inout TarReader) throws(ImageError) {
    guard let name = entry.path.name else {
      if entry.kind == .directory { try addRoot(entry) }
      return
    }
    if entry.kind == .other {
      notes.skippedEntries += 1
      return
    }
    let parent = try parent(of: entry.path)
    remember(entry.path)
    switch entry.kind {
    case .directory: try addDirectory(entry, name, parent)
    case .file: try addFile(entry, name, parent, &reader)
    case .symbolicLink: try addSymbolicLink(entry, name, parent)
    case .hardLink: try addHardLink(entry, name, parent)
    case .other: break
    }
  }

  /// Sets the times of the layer's directories, and makes ready for the next layer.
  mutating func finishLayer() throws(ImageError) {
    for (path, modified) in directoryTimes.reversed() {
      // The directory may have been replaced by something else since.
      guard let directory = try? openInRoot(path) else { continue }
      try ImageError.attempt("set the time of \(path.description)") { () throws(SystemError) in
        var times = Self.times(modified)
        guard directory.use({ futimens($0, &times) }) == 0 else { throw .last }
      }
    }
    directoryTimes = []
    layerPaths = []
    forget()
  }

  private mutating func addRoot(_ entry: TarEntry) throws(ImageError) {
    let (user, group, mode) = owner(of: entry)
    try ImageError.attempt("set the owner of the root") { () throws(SystemError) in
      guard root.use({ fchown($0, user, group) }) == 0, root.use({ fchmod($0, mode) }) == 0 else { throw .last }
    }
    directoryTimes.append((entry.path, entry.modified))
  }

  private mutating func addDirectory(
    _ entry: TarEntry, _ name: [UInt8], _ parent: Descriptor
  ) throws(ImageError) {
    let (user, group, mode) = owner(of: entry)
    var isThere = false
    if let status = Self.status(name, in: parent) {
      isThere = status.st_mode & S_IFMT == S_IFDIR
      if !isThere { try remove(name, in: parent, path: entry.path) }
    }
    try ImageError.attempt("make the directory \(entry.path.description)") { () throws(SystemError) in
      if !isThere, Self.withName(name, { name in parent.use { mkdirat($0, name, 0o700) } }) != 0 { throw .last }
      let number = Self.withName(name) { name in
        parent.use { openat($0, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
      }
      guard number >= 0 else { throw .last }
      let directory = Descriptor(owning: number)
      guard directory.use({ fchown($0, user, group) }) == 0, directory.use({ fchmod($0, mode) }) == 0 else {
        throw .last
      }
    }
    directoryTimes.append((entry.path, entry.modified))
  }

  private mutating func addFile(
    _ entry: TarEntry, _ name: [UInt8], _ parent: Descriptor, _ reader: inout TarReader
  ) throws(ImageError) {
    try removeIfThere(name, in: parent, path: entry.path)
    let (user, group, mode) = owner(of: entry)
    let file = try ImageError.attempt("make the file \(entry.path.description)") { () throws(SystemError) in
      let number = Self.withName(name) { name in
        parent.use { openat($0, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600) }
      }
      guard number >= 0 else { throw .last }
      return Descriptor(owning: number)
    }
    var chunk = [UInt8](repeating: 0, count: Int(min(UInt64(ByteChunk.size), max(entry.size, 1))))
    while true {
      let count = try chunk.reading { buffer throws(ImageError) in try reader.read(into: buffer) }
      if count == 0 { break }
      try ImageError.attempt("write \(entry.path.description)") { () throws(SystemError) in
        try file.write(count == chunk.count ? chunk : Array(chunk[..<count]))
      }
    }
    try ImageError.attempt("set the owner of \(entry.path.description)") { () throws(SystemError) in
      var times = Self.times(entry.modified)
      guard file.use({ fchown($0, user, group) }) == 0, file.use({ fchmod($0, mode) }) == 0,
        file.use({ futimens($0, &times) }) == 0
      else { throw .last }
    }
  }

  private mutating func addSymbolicLink(
    _ entry: TarEntry, _ name: [UInt8], _ parent: Descriptor
  ) throws(ImageError) {
    guard !entry.target.isEmpty, entry.target.count <= ImageLimits.pathBytes, !entry.target.contains(0) else {
      throw .invalid("the link \(entry.path.description) leads to an empty path, or one that is too long")
    }
    try removeIfThere(name, in: parent, path: entry.path)
    forget()
    let (user, group, _) = owner(of: entry)
    try ImageError.attempt("make the link \(entry.path.description)") { () throws(SystemError) in
      var times = Self.times(entry.modified)
      let code = Self.withName(name) { name in
        Self.withName(entry.target) { target in
          parent.use { parent in
            symlinkat(target, parent, name) == 0
              && fchownat(parent, name, user, group, AT_SYMLINK_NOFOLLOW) == 0
              && utimensat(parent, name, &times, AT_SYMLINK_NOFOLLOW) == 0
          }
        }
      }
      guard code else { throw .last }
    }
  }

  private mutating func addHardLink(
    _ entry: TarEntry, _ name: [UInt8], _ parent: Descriptor
  ) throws(ImageError) {
    let target = try TarPath(entry.target)
    guard let targetName = target.name, target != entry.path else {
      throw .invalid("the hard link \(entry.path.description) leads to itself or to the root")
    }
    do throws(SystemError) {
      let targetParent = try openInRoot(target.parent)
      // It is looked at before anything is removed, since it may be below what has the name of the link.
      guard let status = Self.status(targetName, in: targetParent), status.st_mode & S_IFMT != S_IFDIR else {
        throw SystemError(code: ENOENT)
      }
      do throws(ImageError) {
        try removeIfThere(name, in: parent, path: entry.path)
      } catch {
        throw SystemError(code: EIO)
      }
      let code = Self.withName(name) { name in
        Self.withName(targetName) { targetName in
          targetParent.use { target in parent.use { linkat(target, targetName, $0, name, 0) } }
        }
      }
      guard code == 0 else { throw .last }
    } catch {
      throw .invalid(
        "the hard link \(entry.path.description) leads to \(target.description), which is no file of the image: \(error)"
      )
    }
  }

  /// The ids on the machine, and the mode without the rights that a file can give.
  private mutating func owner(of entry: TarEntry) -> (user: UInt32, group: UInt32, mode: UInt32) {
    var isForeign = false
    func shifted(_ id: UInt64) -> UInt32 {
      guard id < Self.ids else {
        isForeign = true
        return firstUserID + Self.nobody
      }
      return firstUserID + UInt32(id)
    }
    let (user, group) = (shifted(entry.userID), shifted(entry.groupID))
    if isForeign { notes.foreignOwners += 1 }
    let isDirectory = entry.kind == .directory
    if !isDirectory, entry.mode & Self.privilegedBits != 0 { notes.strippedModes += 1 }
    return (user, group, entry.mode & (isDirectory ? Self.permissions | Self.stickyBit : Self.permissions))
  }

  /// What has a name; links are not followed.
  static func status(_ name: [UInt8], in parent: Descriptor) -> stat? {
    var status = stat()
    let code = withName(name) { name in parent.use { fstatat($0, name, &status, AT_SYMLINK_NOFOLLOW) } }
    return code == 0 ? status : nil
  }

  private static func times(_ modified: Int64) -> [timespec] {
    [timespec](repeating: timespec(tv_sec: Int(modified), tv_nsec: 0), count: 2)
  }
}
