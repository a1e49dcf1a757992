/// What is known of an open file of a workspace.
public struct GuestFileStatus: Sendable, Hashable {
  /// Its size, in bytes.
  public var size: UInt64
  /// Its permission bits.
  public var permissions: UInt32
  /// When it was last written, in nanoseconds since 1970.
  public var modifiedNanoseconds: UInt64

  /// Makes a value of its parts.
  public init(size: UInt64, permissions: UInt32, modifiedNanoseconds: UInt64) {
    self.size = size
    self.permissions = permissions
    self.modifiedNanoseconds = modifiedNanoseconds
  }
}

/// An entry of a directory of a workspace.
public struct GuestFileEntry: Sendable, Hashable {
  /// Its name, without any directory.
  public var name: String
  /// The bits of its type and permissions, as `stat(2)` gives them.
  public var mode: UInt32
  /// Its size, in bytes.
  public var size: UInt64
  /// When it was last written, in nanoseconds since 1970.
  public var modifiedNanoseconds: UInt64

  /// Makes an entry of its parts.
  public init(name: String, mode: UInt32, size: UInt64, modifiedNanoseconds: UInt64) {
    self.name = name
    self.mode = mode
    self.size = size
    self.modifiedNanoseconds = modifiedNanoseconds
  }

  private static let typeMask: UInt32 = 0o170_000
  private static let directory: UInt32 = 0o040_000
  private static let regular: UInt32 = 0o100_000
  private static let link: UInt32 = 0o120_000

  /// Whether it is a directory.
  public var isDirectory: Bool { mode & Self.typeMask == Self.directory }
  /// Whether it is a regular file.
  public var isRegularFile: Bool { mode & Self.typeMask == Self.regular }
  /// Whether it is a symbolic link.
  public var isSymbolicLink: Bool { mode & Self.typeMask == Self.link }
  /// Its permission bits.
  public var permissions: UInt32 { mode & ~Self.typeMask }
}

extension GuestFileStatus {
  init?(_ reader: inout GuestPayloadReader) {
    guard let size = reader.readUInt64(), let mode = reader.readUInt32(), let modified = reader.readUInt64()
    else { return nil }
    self.init(size: size, permissions: mode, modifiedNanoseconds: modified)
  }

  func write(to writer: inout GuestPayloadWriter) {
    writer.write(size)
    writer.write(permissions)
    writer.write(modifiedNanoseconds)
  }
}

extension GuestFileEntry {
  func write(to writer: inout GuestPayloadWriter) {
    writer.write(mode)
    writer.write(size)
    writer.write(modifiedNanoseconds)
    writer.write(name)
  }
}

extension [GuestFileEntry] {
  static func read(_ reader: inout GuestPayloadReader) -> [GuestFileEntry]? {
    var entries: [GuestFileEntry] = []
    while !reader.isAtEnd {
      guard let mode = reader.readUInt32(), let size = reader.readUInt64(), let modified = reader.readUInt64(),
        let name = reader.readString()
      else { return nil }
      entries.append(GuestFileEntry(name: name, mode: mode, size: size, modifiedNanoseconds: modified))
    }
    return entries
  }
}
