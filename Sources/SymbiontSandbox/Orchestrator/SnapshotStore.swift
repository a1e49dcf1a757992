import FoundationEssentials
import Glibc
public import SymbiontCore
import SymbiontSystem

/// What is known of a snapshot besides its files.
public struct SandboxSnapshot: Sendable, Hashable, Codable {
  /// The snapshot.
  public var id: SnapshotID
  /// What its maker called it.
  public var name: String
  /// The sandbox that it was made of.
  public var sandboxID: SandboxID
  /// When it was made.
  public var createdAt: Timestamp
  /// The engine of the sandbox.
  public var engine: SandboxEngine
  /// Whether it has the memory of the sandbox, so that what ran goes on.
  public var hasMemory: Bool
  /// What the sandbox was made of.
  public var config: SandboxConfig
  /// What it was made of besides.
  public var options: SandboxOptions

  private enum CodingKeys: String, CodingKey {
    case id, name, engine, config, options
    case sandboxID = "sandbox_id"
    case createdAt = "created_at"
    case hasMemory = "has_memory"
  }
}

/// The snapshots of a data directory: a directory each, with a description, the volume and, if it was saved, the memory.
///
/// Only the runtime's user can read them: they hold what the sandbox held, its environment included.
struct SnapshotStore: Sendable {
  /// The directory that holds them.
  let directory: String

  private static let directoryMode: mode_t = 0o700
  private static let fileMode: mode_t = 0o600
  private static let description = "snapshot.json"
  /// Drafts are directories whose names begin so.
  private static let draftPrefix = ".draft-"

  func draftPath(_ id: SnapshotID) -> String { "\(directory)/\(Self.draftPrefix)\(id)" }
  private func path(_ id: SnapshotID) -> String { "\(directory)/\(id)" }

  static func volumePath(in directory: String) -> String { "\(directory)/volume.img" }
  static func memoryPath(in directory: String) -> String { "\(directory)/memory" }

  /// Where a sandbox that begins with the snapshot finds its files.
  func origin(_ snapshot: SandboxSnapshot) -> SnapshotOrigin {
    let path = path(snapshot.id)
    return SnapshotOrigin(
      volume: Self.volumePath(in: path), memory: snapshot.hasMemory ? Self.memoryPath(in: path) : nil)
  }

  /// Makes an empty draft.
  func begin(_ id: SnapshotID) throws(SandboxError) {
    try SandboxVolumes.makeDirectory(directory, mode: Self.directoryMode)
    guard mkdir(draftPath(id), Self.directoryMode) == 0 else {
      throw .workspaceFailed(path: draftPath(id), reason: "it could not be made: \(SystemError.last)")
    }
  }

  /// Makes a draft a snapshot, in one step.
  func commit(_ snapshot: SandboxSnapshot) throws(SandboxError) {
    let draft = draftPath(snapshot.id)
    do {
      let bytes = [UInt8](try JSONEncoder().encode(snapshot))
      let number = open(
        "\(draft)/\(Self.description)", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, Self.fileMode)
      guard number >= 0 else { throw SystemError.last }
      let file = Descriptor(owning: number)
      try file.write(bytes)
      guard file.use(fsync) == 0, rename(draft, path(snapshot.id)) == 0 else { throw SystemError.last }
    } catch {
      throw .workspaceFailed(path: draft, reason: "the snapshot could not be written: \(error)")
    }
  }

  /// Removes a draft.
  func abandon(_ id: SnapshotID) { try? FileManager.default.removeItem(atPath: draftPath(id)) }

  /// The snapshot of an id; nil when there is none.
  func snapshot(_ id: SnapshotID) -> SandboxSnapshot? { read("\(path(id))/\(Self.description)") }

  /// All snapshots, the oldest first.
  func list() -> [SandboxSnapshot] {
    entries.compactMap { SnapshotID($0) }.sorted().compactMap { snapshot($0) }
  }

  /// Removes a snapshot; false when there is none.
  func remove(_ id: SnapshotID) throws(SandboxError) -> Bool {
    guard access(path(id), F_OK) == 0 else { return false }
    do { try FileManager.default.removeItem(atPath: path(id)) } catch {
      throw .workspaceFailed(path: path(id), reason: "it could not be removed: \(error)")
    }
    return true
  }

  /// Removes what snapshots that were not completed left.
  func removeDrafts() {
    for entry in entries where entry.hasPrefix(Self.draftPrefix) {
      try? FileManager.default.removeItem(atPath: "\(directory)/\(entry)")
    }
  }

  private var entries: [String] { (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] }

  private func read(_ path: String) -> SandboxSnapshot? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return try? JSONDecoder().decode(SandboxSnapshot.self, from: data)
  }
}
