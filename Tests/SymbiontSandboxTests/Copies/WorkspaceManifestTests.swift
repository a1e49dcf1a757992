import SymbiontCore
import Testing

@testable import SymbiontSandbox

@Suite("What a workspace holds, for its copy")
struct WorkspaceManifestTests {
  private static func manifest(_ paths: [String], modified: UInt64 = 1) throws -> WorkspaceManifest {
    var manifest = WorkspaceManifest()
    for path in paths {
      let isDirectory = path.hasSuffix("/")
      let parts = path.split(separator: "/").map(String.init)
      _ = try manifest.add(
        try #require(parts.last),
        .init(isDirectory: isDirectory, size: isDirectory ? 0 : 1, permissions: 0o644, modified: modified),
        in: parts.dropLast().joined(separator: "/"))
    }
    return manifest
  }

  @Test("the way from one state to another removes from below and makes from above")
  func changes() throws {
    let before = try Self.manifest(["a/", "a/b/", "a/b/file", "kept", "turned/", "turned/file"])
    let after = try Self.manifest(["kept", "turned", "new/", "new/deep/", "new/deep/file"])
    let changes = before.changes(to: after)
    #expect(changes.removed == ["turned/file", "turned", "a/b/file", "a/b", "a"])
    #expect(changes.directories == ["new", "new/deep"])
    #expect(changes.files == ["new/deep/file", "turned"])
    #expect(before.changes(to: before) == WorkspaceManifest.Changes())
  }

  @Test("a file that was written again is carried, an untouched one is not")
  func writtenAgain() throws {
    let before = try Self.manifest(["a", "b"])
    let changes = before.changes(to: try Self.manifest(["a", "b"], modified: 2))
    #expect(changes == WorkspaceManifest.Changes(files: ["a", "b"]))
  }

  @Test(
    "names that are no names of entries are left out",
    arguments: ["", ".", "..", "a/b", "../x", "/", "x\0y", "bad\u{FFFD}", String(repeating: "n", count: 256)])
  func hostileNames(name: String) throws {
    var manifest = WorkspaceManifest()
    let isTaken = try manifest.add(name, .init(permissions: 0o644), in: "")
    #expect(!isTaken && manifest.items.isEmpty)
  }

  @Test("too many, too much and too deep are refused")
  func bounds() throws {
    var manifest = WorkspaceManifest(limits: .init(items: 2, bytes: 10, depth: 3))
    _ = try manifest.add("a", .init(size: 6, permissions: 0o644), in: "")
    #expect(throws: SandboxError.workspaceFull(path: "b")) {
      try manifest.add("b", .init(size: 5, permissions: 0o644), in: "")
    }
    #expect(throws: SandboxError.self) { try manifest.add("d", .init(permissions: 0o644), in: "a/b/c") }
    _ = try manifest.add("b", .init(size: 4, permissions: 0o644), in: "")
    #expect(throws: SandboxError.tooManyFiles(path: ".", maximum: 2)) {
      try manifest.add("c", .init(permissions: 0o644), in: "")
    }
  }
}
