public import SymbiontCore

/// A root file system that sandboxes can have, by the name that it was imported under.
public struct SandboxImage: Sendable, Hashable, Codable {
  /// Its name.
  public var name: String
  /// The digest of its configuration, or, when it was a plain root file system, of its archive: `sha256:` and 64 digits.
  public var id: String
  /// The bytes of its files.
  public var sizeBytes: UInt64
  /// When it was imported.
  public var imported: Timestamp
  /// The digests of its layers, unpacked, the lowest first.
  public var layers: [String]
  /// The variables that its maker gives its commands, as `NAME=VALUE`.
  public var environment: [String]
  /// What its maker runs in it when no command is given.
  public var command: [String]
  /// Where its maker runs commands; nil for anywhere.
  public var workingDirectory: String?
  /// Devices, pipes and other entries that were left out.
  public var skippedEntries: Int
  /// Files that lost the set-user and set-group bits.
  public var strippedModes: Int
  /// Entries whose owner is none of the 65,536 ids of a sandbox, and became `nobody`.
  public var foreignOwners: Int

  private enum CodingKeys: String, CodingKey {
    case name, id, imported, layers, environment, command
    case sizeBytes = "size_bytes"
    case workingDirectory = "working_directory"
    case skippedEntries = "skipped_entries"
    case strippedModes = "stripped_modes"
    case foreignOwners = "foreign_owners"
  }
}
