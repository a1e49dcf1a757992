import Foundation
import SymbiontStore
import SymbiontTesting
import Testing

@Suite("The owner of a data directory")
struct DirectoryOwnerTests {
  @Test("keeps a second store of the same process out, and names itself")
  func sameProcess() async throws {
    let directory = try TemporaryStoreDirectory()
    let store = try NotesSchema.open(directory)
    let error = #expect(throws: StoreError.self) { try NotesSchema.open(directory) }
    guard case .ownedByAnotherProcess(let path, let owner?) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(path == directory.path)
    #expect(owner.processIdentifier == getpid())
    #expect(abs(Double(owner.startedAt) - Date().timeIntervalSince1970) < 600)
    #expect(error?.isRetryable == true)
    await store.close()
    await (try NotesSchema.open(directory)).close()
  }

  @Test("in another process is named, and its death gives the directory free")
  func anotherProcess() async throws {
    let directory = try TemporaryStoreDirectory()
    let lock = directory.path + "/symbiont.lock"
    try "pid 4711 since 1760000000\n".write(toFile: lock, atomically: false, encoding: .utf8)
    let holder = try LockHolder(lock)
    let error = #expect(throws: StoreError.self) { try NotesSchema.open(directory) }
    #expect(
      error?.description
        == "the data directory `\(directory.path)` is in use by process `4711`, which started at `1760000000`; "
        + "stop it or choose another directory")
    holder.kill()
    let store = try NotesSchema.open(directory)
    #expect(try String(contentsOfFile: lock, encoding: .utf8).hasPrefix("pid \(getpid()) since "))
    await store.close()
  }

  @Test("is told without its name when the lock file cannot be read", arguments: ["", "pid x since y", "\u{0}\u{FF}"])
  func unreadableOwner(content: String) throws {
    let directory = try TemporaryStoreDirectory()
    let lock = directory.path + "/symbiont.lock"
    try content.write(toFile: lock, atomically: false, encoding: .utf8)
    let holder = try LockHolder(lock)
    let error = #expect(throws: StoreError.self) { try NotesSchema.open(directory) }
    #expect(error?.description.contains("is in use by another process") == true)
    holder.kill()
  }
}

/// Another process that holds a lock until it is killed.
private final class LockHolder {
  private let process = Process()

  init(_ path: String) throws {
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["flock", "--exclusive", "--no-fork", path, "sh", "-c", "echo held; exec cat"]
    // The pipe stays open until this process ends, so `cat` waits.
    process.standardInput = Pipe()
    process.standardOutput = output
    try process.run()
    _ = output.fileHandleForReading.availableData
  }

  /// Ends the process by a signal that it cannot handle, and waits for its end.
  func kill() {
    _ = Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}
