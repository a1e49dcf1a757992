import Foundation
import Glibc
import SymbiontCore
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

/// A workspace and a neighbouring directory that no path may reach, for one test.
struct WorkspaceFixture {
  let path: String
  let outside: String
  let files: WorkspaceFiles

  /// Calls the body with a new workspace, and removes it.
  static func run(
    limits: WorkspaceFiles.Limits = WorkspaceFiles.Limits(), _ body: (WorkspaceFixture) async throws -> Void
  ) async throws {
    let directory = "/tmp/symbiont-files-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    try #require(mkdir(directory, 0o700) == 0)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let fixture = WorkspaceFixture(
      path: "\(directory)/workspace", outside: "\(directory)/outside",
      files: WorkspaceFiles(directory: "\(directory)/workspace", limits: limits))
    try #require(mkdir(fixture.path, 0o700) == 0 && mkdir(fixture.outside, 0o700) == 0)
    try Data("secret".utf8).write(to: URL(fileURLWithPath: "\(fixture.outside)/secret"))
    try await body(fixture)
    let outside = try FileManager.default.contentsOfDirectory(atPath: fixture.outside)
    #expect(outside == ["secret"])
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(fixture.outside)/secret")) == Data("secret".utf8))
  }

  /// Makes a link in the workspace.
  func link(_ name: String, to target: String) throws {
    try #require(symlink(target, "\(path)/\(name)") == 0)
  }
}
