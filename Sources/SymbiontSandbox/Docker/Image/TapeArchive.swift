/// A tar archive that is written entry by entry, in the form of POSIX.1-1988 ("ustar").
///
/// It holds a few small files, so it is made in memory. The same entries give the same bytes: times are the epoch, and the
/// owner is the first user.
struct TapeArchive: Sendable {
  /// Why an entry cannot be written.
  enum Failure: Error, Hashable {
    /// The name or the link's target is empty or does not fit into the header.
    case nameTooLong(String)
    /// The length does not fit into the header.
    case fileTooLarge(String)
  }

  private enum Kind: UInt8 {
    case file = 0x30
    case link = 0x32
    case directory = 0x35
  }

  /// The places and lengths of the header's fields.
  private enum Field {
    static let name = 0..<100
    static let mode = 100..<108
    static let userID = 108..<116
    static let groupID = 116..<124
    static let size = 124..<136
    static let time = 136..<148
    static let checksum = 148..<156
    static let kind = 156
    static let linkTarget = 157..<257
    static let magic = 257..<265
  }

  private static let blockBytes = 512
  /// An archive ends with two empty blocks.
  private static let endBlocks = 2
  private static let magic = Array("ustar\u{0}00".utf8)
  private static let linkMode: UInt16 = 0o777

  private var blocks: [UInt8] = []

  init() {}

  /// The archive as it stands.
  var bytes: [UInt8] { blocks + [UInt8](repeating: 0, count: Self.endBlocks * Self.blockBytes) }

  /// Adds a directory.
  mutating func addDirectory(_ name: String, mode: UInt16) throws(Failure) {
    try addHeader("\(name)/", kind: .directory, mode: mode)
  }

  /// Adds a symbolic link.
  mutating func addLink(_ name: String, to target: String) throws(Failure) {
    try addHeader(name, kind: .link, mode: Self.linkMode, target: target)
  }

  /// Adds a regular file.
  mutating func addFile(_ name: String, mode: UInt16, contents: [UInt8]) throws(Failure) {
    try addHeader(name, kind: .file, mode: mode, size: contents.count)
    blocks += contents
    let rest = contents.count % Self.blockBytes
    if rest > 0 { blocks += [UInt8](repeating: 0, count: Self.blockBytes - rest) }
  }

  private mutating func addHeader(
    _ name: String, kind: Kind, mode: UInt16, size: Int = 0, target: String = ""
  ) throws(Failure) {
    for (text, field) in [(name, Field.name), (target, Field.linkTarget)] {
      guard text.utf8.count <= field.count, !text.utf8.contains(0) else { throw .nameTooLong(text) }
    }
    guard !name.isEmpty else { throw .nameTooLong(name) }
    var header = [UInt8](repeating: 0, count: Self.blockBytes)
    header.replaceSubrange(Field.name.lowerBound..<Field.name.lowerBound + name.utf8.count, with: name.utf8)
    header.replaceSubrange(
      Field.linkTarget.lowerBound..<Field.linkTarget.lowerBound + target.utf8.count, with: target.utf8)
    header.replaceSubrange(Field.magic, with: Self.magic)
    header[Field.kind] = kind.rawValue
    for (field, value) in [
      (Field.mode, Int(mode)), (Field.userID, 0), (Field.groupID, 0), (Field.size, size), (Field.time, 0),
    ] {
      guard let digits = Self.octal(value, field.count - 1) else { throw .fileTooLarge(name) }
      header.replaceSubrange(field, with: digits + [0])
    }
    header.replaceSubrange(Field.checksum, with: [UInt8](repeating: 0x20, count: Field.checksum.count))
    let sum = header.reduce(0) { $0 + Int($1) }
    // The field has room for every possible sum.
    header.replaceSubrange(Field.checksum, with: (Self.octal(sum, Field.checksum.count - 2) ?? []) + [0, 0x20])
    blocks += header
  }

  private static func octal(_ value: Int, _ count: Int) -> [UInt8]? {
    let digits = Array(String(value, radix: 8).utf8)
    guard digits.count <= count else { return nil }
    return [UInt8](repeating: 0x30, count: count - digits.count) + digits
  }
}
