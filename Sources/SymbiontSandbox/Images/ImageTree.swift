import Glibc
import SymbiontSystem

/// A directory into which the entries of an archive are unpacked, and out of which none of them leads.
///
/// The kernel resolves the directory of every entry below the root (`openat2(2)` with `RESOLVE_IN_ROOT`), links included,
/// and the last name is never followed. Files are always new ones: nothing is written through a link.
struct ImageTree {
  /// What was left out or changed.
  struct Notes: Sendable, Hashable {
    /// Devices, pipes and inventions of other programs.
    var skippedEntries = 0
    /// Files that would have given their user the rights of another.
    var strippedModes = 0
    /// Owners outside of the ids of a sandbox, which became `nobody`.
    var foreignOwners = 0
  }

  /// `RESOLVE_NO_MAGICLINKS` and `RESOLVE_IN_ROOT`.
  private static let resolveInRoot: UInt64 = 0x02 | 0x10
  private static let maximumPathBytes = 4_096

  let root: Descriptor
  let firstUserID: UInt32
  /// The directories below the root at which a tree is too deep: links can make a path deeper than it looks.
  private let rootDepth: Int
  private var cached: (path: TarPath, directory: Descriptor)?
  /// What was left out or changed.
  var notes = Notes()
  /// When the directories of the current layer were changed, which is set when nothing is written to them any more.
  var directoryTimes: [(path: TarPath, modified: Int64)] = []
  /// The paths of the current layer, which its own whiteouts do not hide.
  var layerPaths: Set<TarPath> = []

  /// Makes a tree of an empty directory.
  init(directory: String, firstUserID: UInt32) throws(ImageError) {
    self.firstUserID = firstUserID
    let root = try ImageError.attempt("open `\(directory)`") { () throws(SystemError) in
      let number = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard number >= 0 else { throw .last }
      return Descriptor(owning: number)
    }
    self.root = root
    rootDepth = try Self.depth(of: root) ?? 0
  }

  /// Opens a directory as the image sees it; throws `ENOENT` when there is none.
  func openInRoot(_ path: TarPath) throws(SystemError) -> Descriptor {
    try BeneathDirectory.open(path, in: root, flags: O_DIRECTORY, resolve: Self.resolveInRoot)
  }

  /// The directory that an entry is in, made if it is missing.
  mutating func parent(of path: TarPath) throws(ImageError) -> Descriptor {
    let parent = path.parent
    if let cached, cached.path == parent { return cached.directory }
    let directory = try directory(parent)
    guard let depth = try Self.depth(of: directory), depth - rootDepth <= 2 * ImageLimits.depth else {
      throw .invalid("the path \(path.description) leads through links to a directory that is too deep")
    }
    cached = (parent, directory)
    return directory
  }

  /// Forgets what was opened, because names may lead elsewhere now.
  mutating func forget() { cached = nil }

  private func directory(_ path: TarPath) throws(ImageError) -> Descriptor {
    do throws(SystemError) {
      return try openInRoot(path)
    } catch {
      guard error.code == ENOENT, let name = path.name else {
        throw .invalid("the directory \(path.description) cannot be reached within the image: \(error)")
      }
      let above = try directory(path.parent)
      try ImageError.attempt("make the directory \(path.description)") { () throws(SystemError) in
        guard Self.withName(name, { name in above.use { mkdirat($0, name, 0o755) } }) == 0 || errno == EEXIST,
          Self.withName(
            name,
            { name in
              above.use { fchownat($0, name, firstUserID, firstUserID, AT_SYMLINK_NOFOLLOW) }
            }) == 0
        else { throw .last }
      }
      // A link that leads nowhere has the name: the directory is not made elsewhere for it.
      return try ImageError.attempt("open the directory \(path.description)") { () throws(SystemError) in
        try openInRoot(path)
      }
    }
  }

  /// How deep a directory really is; nil when its path is longer than Linux takes.
  private static func depth(of directory: Descriptor) throws(ImageError) -> Int? {
    var buffer = [CChar](repeating: 0, count: maximumPathBytes)
    let count = directory.use { readlink("/proc/self/fd/\($0)", &buffer, buffer.count) }
    guard count > 0, count < buffer.count else { return nil }
    return buffer.prefix(count).count { $0 == CChar(bitPattern: UInt8(ascii: "/")) }
  }

  /// Calls the body with a name for the kernel.
  static func withName<Value>(_ name: [UInt8], _ body: (UnsafePointer<CChar>) -> Value) -> Value {
    (name.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
      // The name ends with a zero byte, so it is not empty and has a base address.
      body(buffer.baseAddress.unsafelyUnwrapped)
    }
  }
}
