import Glibc
import SymbiontSystem

/// The files that an image is handed over in: a directory, or the members of a tar archive.
struct ImageArchive {
  /// Where the bytes of a file are.
  struct Member: Sendable {
    var file: Descriptor
    var offset: UInt64
    var size: UInt64

    /// The bytes.
    func source() -> FileWindow { FileWindow(file, offset: offset, count: size) }
  }

  private enum Place {
    case member(Member)
    case link(to: TarPath)
  }

  private enum Storage {
    case directory(Descriptor)
    case members([TarPath: Place])
  }

  private let storage: Storage
  private let limits: ImageLimits

  /// `RESOLVE_NO_MAGICLINKS` and `RESOLVE_BENEATH` of `openat2(2)`.
  private static let resolveBeneath: UInt64 = 0x02 | 0x08
  /// How many links lead to a member: old versions of Docker link layers that occur twice.
  private static let maximumLinks = 4

  /// Opens a directory.
  init(directory: Descriptor, limits: ImageLimits) {
    storage = .directory(directory)
    self.limits = limits
  }

  /// Finds the members of a tar archive, without reading what is in them.
  init(archive: Descriptor, size: UInt64, limits: ImageLimits) throws(ImageError) {
    let window = FileWindow(archive, count: size)
    let counting = PositionSource(window)
    var reader = TarReader(counting, maximumEntries: limits.entries)
    var members: [TarPath: Place] = [:]
    while let entry = try reader.next() {
      switch entry.kind {
      case .file:
        members[entry.path] = .member(Member(file: archive, offset: counting.position, size: entry.size))
      case .symbolicLink:
        members[entry.path] = Self.resolved(entry).map { .link(to: $0) }
      case .hardLink:
        members[entry.path] = .link(to: try TarPath(entry.target))
      case .directory, .other:
        break
      }
    }
    storage = .members(members)
    self.limits = limits
  }

  /// The bytes of a file; nil when there is none.
  func member(_ path: String) throws(ImageError) -> Member? {
    let path = try TarPath(Array(path.utf8))
    switch storage {
    case .directory(let directory): return try Self.open(path, in: directory)
    case .members(let members):
      var path = path
      for _ in 0...Self.maximumLinks {
        switch members[path] {
        case .member(let member): return member
        case .link(let next): path = next
        case nil: return nil
        }
      }
      throw .invalid("the file \(path.description) of the archive is behind too many links")
    }
  }

  /// The whole of a small file; nil when there is none.
  func document(_ path: String) throws(ImageError) -> [UInt8]? {
    guard let member = try member(path) else { return nil }
    return try member.source().all(atMost: limits.documentBytes, of: "`\(path)`")
  }

  private static func open(_ path: TarPath, in directory: Descriptor) throws(ImageError) -> Member? {
    do throws(SystemError) {
      let file = try BeneathDirectory.open(path, in: directory, resolve: resolveBeneath)
      let status = try file.status()
      guard status.st_mode & S_IFMT == S_IFREG else { return nil }
      return Member(file: file, offset: 0, size: UInt64(status.st_size))
    } catch {
      guard error.code != ENOENT else { return nil }
      throw .failed("open \(path.description)", error)
    }
  }

  /// Where a relative link of an archive leads; nil when it leads out.
  private static func resolved(_ entry: TarEntry) -> TarPath? {
    guard entry.target.first != UInt8(ascii: "/") else { return nil }
    var names = entry.path.parent.names
    for name in entry.target.split(separator: UInt8(ascii: "/")) where Array(name) != Array(".".utf8) {
      guard Array(name) == Array("..".utf8) else {
        names.append(Array(name))
        continue
      }
      guard names.popLast() != nil else { return nil }
    }
    return TarPath(names: names)
  }
}

/// Passes bytes on and knows how many it has passed.
final class PositionSource: ByteSource, SkippingSource {
  private let window: FileWindow
  /// The offset of the next byte.
  private(set) var position: UInt64 = 0

  init(_ window: FileWindow) {
    self.window = window
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImageError) -> Int {
    let count = try window.read(into: buffer)
    position += UInt64(count)
    return count
  }

  func skip(_ count: UInt64) {
    window.skip(count)
    position += count
  }
}
