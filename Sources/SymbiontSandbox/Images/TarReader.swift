/// Reads a tar archive in order, entry by entry, without keeping more than one header of it.
///
/// It takes what POSIX (ustar, pax) and GNU tar write, and refuses sparse files. It touches nothing but its source.
struct TarReader {
  private let source: any ByteSource
  private let maximumEntries: Int
  private var entries = 0
  private var left: UInt64 = 0
  private var padding = 0
  private var hasEnded = false
  private var global = TarAttributes()

  /// How many extended headers may be before one entry.
  private static let maximumExtensions = 8
  /// The entries of GNU tar whose data is the path, or the target, of the next entry.
  private enum Extension {
    static let path = UInt8(ascii: "L")
    static let target = UInt8(ascii: "K")
    static let attributes = UInt8(ascii: "x")
    static let globalAttributes = UInt8(ascii: "g")
  }

  /// Makes a reader.
  init(_ source: any ByteSource, maximumEntries: Int) {
    self.source = source
    self.maximumEntries = maximumEntries
  }

  /// The next entry, after what is left of the last one; nil at the end of the archive.
  mutating func next() throws(ImageError) -> TarEntry? {
    try skipRest()
    var attributes = global
    var extensions = 0
    while let header = try nextHeader() {
      switch header.type {
      case Extension.path:
        attributes.path = Self.untilZero(try extensionData(header))
      case Extension.target:
        attributes.target = Self.untilZero(try extensionData(header))
      case Extension.attributes:
        try attributes.read(try extensionData(header))
      case Extension.globalAttributes:
        try global.read(try extensionData(header))
        attributes = global
      default:
        return try entry(header, attributes)
      }
      extensions += 1
      guard extensions <= Self.maximumExtensions else {
        throw .invalid("it has more than \(Self.maximumExtensions) extended headers in a row")
      }
    }
    guard extensions == 0 || attributes == global else { throw .invalid("it ends after an extended header") }
    return nil
  }

  /// Reads the data of the last entry; 0 at its end.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImageError) -> Int {
    let wanted = Int(min(UInt64(buffer.count), left))
    guard wanted > 0 else { return 0 }
    let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
    guard count > 0 else { throw .invalid("it ends in the middle of a file") }
    left -= UInt64(count)
    return count
  }

  private mutating func entry(_ header: TarHeader, _ attributes: TarAttributes) throws(ImageError) -> TarEntry {
    entries += 1
    guard entries <= maximumEntries else { throw .invalid("it has more than \(maximumEntries) entries") }
    let name = attributes.path ?? header.name
    let kind = try Self.kind(header.type, name)
    let size = attributes.size ?? header.size
    try begin(size)
    return TarEntry(
      kind: kind, path: try TarPath(name), target: attributes.target ?? header.target, mode: header.mode,
      userID: attributes.userID ?? header.userID, groupID: attributes.groupID ?? header.groupID,
      modified: attributes.modified ?? header.modified, size: kind == .file ? size : 0)
  }

  private static func kind(_ type: UInt8, _ name: [UInt8]) throws(ImageError) -> TarEntry.Kind {
    switch type {
    case UInt8(ascii: "0"), 0, UInt8(ascii: "7"):
      // Before POSIX a directory was a file whose name ends with `/`.
      return name.last == UInt8(ascii: "/") ? .directory : .file
    case UInt8(ascii: "1"): return .hardLink
    case UInt8(ascii: "2"): return .symbolicLink
    case UInt8(ascii: "5"): return .directory
    case UInt8(ascii: "S"), UInt8(ascii: "M"):
      throw .invalid("it has a sparse or split file of GNU tar: pack it again without such options")
    default: return .other
    }
  }

  /// The data of an entry that is no file of its own.
  private mutating func extensionData(_ header: TarHeader) throws(ImageError) -> [UInt8] {
    guard header.size <= UInt64(ImageLimits.headerBytes) else {
      throw .invalid("an extended header has more than \(ImageLimits.headerBytes) bytes")
    }
    try begin(header.size)
    var bytes = [UInt8](repeating: 0, count: Int(header.size))
    var filled = 0
    while filled < bytes.count {
      filled += try bytes.reading { buffer throws(ImageError) in
        try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      }
    }
    try skipRest()
    return bytes
  }

  private mutating func begin(_ size: UInt64) throws(ImageError) {
    guard size <= UInt64(Int64.max) else { throw .invalid("an entry has more than 2^63 bytes") }
    left = size
    padding = (TarHeader.size - Int(size % UInt64(TarHeader.size))) % TarHeader.size
  }

  private mutating func skipRest() throws(ImageError) {
    guard left > 0 || padding > 0 else { return }
    // No sum of the two overflows: sizes end at 2^63.
    left += UInt64(padding)
    padding = 0
    if let source = source as? any SkippingSource {
      // The last byte is read, so that an archive that ends too early is noticed.
      source.skip(left - 1)
      left = 1
    }
    var chunk = [UInt8](repeating: 0, count: Int(min(left, UInt64(ByteChunk.size))))
    while left > 0 {
      _ = try chunk.reading { buffer throws(ImageError) in try read(into: buffer) }
    }
  }

  private mutating func nextHeader() throws(ImageError) -> TarHeader? {
    guard !hasEnded else { return nil }
    var block = [UInt8](repeating: 0, count: TarHeader.size)
    let source = source
    let count = try block.reading { buffer throws(ImageError) in try source.fill(buffer) }
    guard count == TarHeader.size else { throw .invalid("it is not a tar archive, or it ends too early") }
    guard !TarHeader.isEnd(block) else {
      hasEnded = true
      return nil
    }
    return try TarHeader(block)
  }

  private static func untilZero(_ bytes: [UInt8]) -> [UInt8] { Array(bytes.prefix { $0 != 0 }) }
}
