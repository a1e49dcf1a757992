import Glibc
import SymbiontCore
import SymbiontStore

/// What a directory promises about what is written to it, as found by trying it.
struct DiskProbe: Sendable {
  /// The directory.
  let path: String
  /// The name of its file system's type, where it is known.
  var fileSystem: String
  /// Whether a store opened, committed and was read again there.
  var isDurable: Bool
  /// What was seen.
  var detail: String
  /// What to do when it is not durable.
  var hint: String?
  /// The version of SQLite.
  var engineVersion: String?

  private static let commitCount = 20

  /// Commits to a new store in the directory, and reads it again.
  static func probe(_ path: String) async -> DiskProbe {
    var probe = DiskProbe(path: path, fileSystem: fileSystem(path), isDurable: false, detail: "")
    do {
      let directory = try RunDirectory.make(in: path, prefix: ".symbi-doctor")
      defer { RunDirectory.remove(directory) }
      let store = try Store.open(StoreConfiguration(durability: .disk(directory: directory)))
      probe.engineVersion = try await store.read { store in
        try store.all("SELECT sqlite_version()") { row in try row.text(0) }.first
      }
      let elapsed = try await ContinuousClock().measure {
        for number in 0..<commitCount {
          try await store.write { store in
            try store.insertProgram(hash: [UInt8(number)], name: "probe", source: [])
          }
        }
      }
      await store.close()
      let reopened = try Store.openReadOnly(directory: directory)
      let count = try await reopened.read { store in
        try store.all("SELECT count(*) FROM programs") { row in try row.int(0) }.first
      }
      await reopened.close()
      let isVolatile = volatileSystems.contains(probe.fileSystem)
      probe.isDurable = count == Int64(commitCount) && !isVolatile
      probe.detail = "a commit takes \(TerminalText.duration(elapsed / commitCount)) on \(probe.fileSystem)"
      probe.hint = isVolatile ? "\(probe.fileSystem) forgets everything at a restart; name a directory on a disk" : nil
    } catch let error as StoreError {
      probe.detail = "\(error)"
    } catch let error as CommandFailure {
      probe.detail = error.message
      probe.hint = error.hint
    } catch {
      probe.detail = "\(error)"
    }
    return probe
  }

  private static let volatileSystems: Set<String> = ["tmpfs", "ramfs"]

  /// The type of the file system that holds a directory: that of the longest mount point above it.
  private static func fileSystem(_ path: String) -> String {
    let unknown = "an unknown file system"
    guard
      let mounts = try? BoundedFile.read(
        "/proc/self/mounts", maximum: 1 << 20,
        tooLarge: {
          CommandFailure(.fileTooLarge, "the table of mounts is too large")
        })
    else { return unknown }
    let absolute = RunDirectory(given: path).path
    var best = (length: -1, type: unknown)
    for line in String(decoding: mounts, as: UTF8.self).split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 2 else { continue }
      let point = fields[1] == "/" ? "" : String(fields[1])
      guard absolute == point || absolute.hasPrefix(point + "/"), point.count >= best.length else { continue }
      best = (point.count, String(fields[2]))
    }
    return best.type
  }
}
