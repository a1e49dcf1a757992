/// One entry of a tar archive.
struct TarEntry: Sendable, Hashable {
  /// What an entry is.
  enum Kind: Sendable, Hashable {
    case file
    case directory
    case symbolicLink
    case hardLink
    /// A device, a pipe, or something that other programs invented.
    case other
  }

  /// What it is.
  var kind: Kind
  /// The names of the directories that it is in and its own; empty for the root itself.
  var path: TarPath
  /// Where a link leads: for a hard link a path of the archive, for a symbolic link any text.
  var target: [UInt8] = []
  /// The permissions.
  var mode: UInt32 = 0
  /// The owner.
  var userID: UInt64 = 0
  /// The group of the owner.
  var groupID: UInt64 = 0
  /// The seconds since 1970 at which it was changed.
  var modified: Int64 = 0
  /// The bytes of a file.
  var size: UInt64 = 0
}
