import Foundation
import SymbiontRuntime
import SymbiontSandbox
import Testing

/// A directory for one test, removed with the value.
final class TestDirectory: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/symbi-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    // What the sandbox keeps for a data directory elsewhere; tests call theirs `state`.
    let state = RuntimeConfiguration(dataDirectory: "\(path)/state").orchestrator?.stateDirectory
    if let state { try? FileManager.default.removeItem(atPath: state) }
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Writes a file and gives its path.
  @discardableResult
  func write(_ name: String, _ text: String) throws -> String { try write(name, Data(text.utf8)) }

  @discardableResult
  func write(_ name: String, _ data: Data) throws -> String {
    try data.write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    return name
  }

  /// Makes a file of a size that takes no room on the disk.
  func writeSparse(_ name: String, bytes: UInt64) throws {
    try write(name, "")
    let handle = try #require(FileHandle(forWritingAtPath: "\(path)/\(name)"))
    try handle.truncate(atOffset: bytes)
    try handle.close()
  }

  func read(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }

  /// The names in a directory, without the streams of earlier runs.
  func list(_ name: String = ".") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(name)").filter { !$0.hasPrefix(".run-") }.sorted()
  }
}
