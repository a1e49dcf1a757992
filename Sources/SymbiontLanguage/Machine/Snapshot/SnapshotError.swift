/// Why bytes are no snapshot of a machine of this program.
public enum SnapshotError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Written by another version of this format.
  case unsupportedVersion(UInt8)
  /// Of a machine of another program, whose identity this is.
  case otherProgram(identity: [UInt8])
  /// The machine holds more than its limits, or the limits given, allow.
  case exceedsLimit(String)
  /// Cut off, damaged or forged; the offset counts bytes.
  case malformed(String, offset: Int)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .unsupportedVersion(let version):
      "the snapshot has format version `\(version)`; this runtime reads version `\(Snapshot.formatVersion)`"
    case .otherProgram(let identity):
      "the snapshot belongs to the program `\(Encodings.hex(identity))`; resume it with that one"
    case .exceedsLimit(let limit): "the snapshot exceeds the limit of \(limit); raise the limit to resume it"
    case .malformed(let reason, let offset):
      "malformed snapshot at byte \(offset): \(reason); take an earlier snapshot and replay the journal"
    }
  }
}

/// The format of snapshots: everything a machine is, in the order of ``SnapshotWriter``.
///
/// Numbers are varints.
enum Snapshot {
  /// The first byte.
  static let formatVersion: UInt8 = 1

  /// The byte before an object: its kind, and whether it is shared.
  static let sharedBit: UInt8 = 0x80

  /// What follows the machine.
  enum OutcomeTag {
    static let none: UInt8 = 0
    static let value: UInt8 = 1
    static let failure: UInt8 = 2
    static let locatedFailure: UInt8 = 3
  }
}
