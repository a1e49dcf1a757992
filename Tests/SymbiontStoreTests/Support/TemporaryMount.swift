import Foundation
import SymbiontTesting

/// What this process is allowed to do.
enum Privilege {
  static let isRoot = geteuid() == 0

  /// Whether a file system can be mounted here, found out by doing it.
  static let canMount: Bool = {
    guard isRoot else { return false }
    return (try? TemporaryMount(megabytes: 1)) != nil
  }()
}

/// A small file system in memory, mounted for one test.
final class TemporaryMount: Sendable {
  private let directory: TemporaryStoreDirectory
  var path: String { directory.path }

  init(megabytes: Int) throws {
    directory = try TemporaryStoreDirectory()
    try Self.run("mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m,mode=700", "tmpfs", directory.path])
  }

  deinit {
    try? Self.run("umount", ["--lazy", path])
  }

  func remountReadOnly() throws {
    try Self.run("mount", ["-o", "remount,ro", path])
  }

  func resize(megabytes: Int) throws {
    try Self.run("mount", ["-o", "remount,size=\(megabytes)m", path])
  }

  private struct Failure: Error {
    let command: String
    let status: Int32
  }

  private static func run(_ command: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [command] + arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(command: command, status: process.terminationStatus) }
  }
}
