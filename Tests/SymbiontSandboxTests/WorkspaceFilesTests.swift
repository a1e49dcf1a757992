import Foundation
import Glibc
import SymbiontCore
import SymbiontSystem
import SymbiontTesting
import Synchronization
import Testing

@testable import SymbiontSandbox

@Suite("The files of a workspace")
struct WorkspaceFilesTests {
  private func allOperationsThrow(
    _ expected: SandboxError, _ path: String, _ files: WorkspaceFiles, sourceLocation: SourceLocation = #_sourceLocation
  ) async {
    await #expect(throws: expected, sourceLocation: sourceLocation) { _ = try await files.read(path) }
    await #expect(throws: expected, sourceLocation: sourceLocation) { try await files.write(path, [1]) }
    await #expect(throws: expected, sourceLocation: sourceLocation) { _ = try await files.list(path) }
    await #expect(throws: expected, sourceLocation: sourceLocation) { try await files.delete(path) }
  }

  @Test(
    "a path that leads out by its text is refused by every operation",
    arguments: ["..", "../outside/secret", "a/../../outside/secret", "/etc/passwd", "/", "./..", "a/.."])
  func textualEscape(path: String) async throws {
    try await WorkspaceFixture.run { fixture in
      await allOperationsThrow(.pathEscapesWorkspace(path: path), path, fixture.files)
    }
  }

  @Test(
    "a path that leads out through a link is refused by every operation",
    arguments: ["../outside", "/etc", "/proc/self/root/etc"])
  func linkedEscape(target: String) async throws {
    try await WorkspaceFixture.run { fixture in
      try fixture.link("way", to: target)
      await allOperationsThrow(.pathEscapesWorkspace(path: "way/secret"), "way/secret", fixture.files)
      await #expect(throws: SandboxError.pathEscapesWorkspace(path: "way")) { _ = try await fixture.files.read("way") }
      await #expect(throws: SandboxError.pathEscapesWorkspace(path: "way")) { _ = try await fixture.files.list("way") }
    }
  }

  @Test(
    "a path that cannot be one is refused",
    arguments: ["", "a\0b", String(repeating: "n", count: 256), String(repeating: "a/", count: 2_100)])
  func impossiblePaths(path: String) async throws {
    try await WorkspaceFixture.run { fixture in
      do throws(SandboxError) {
        try await fixture.files.write(path, [])
        Issue.record("the path was taken")
      } catch {
        guard case .pathInvalid = error else {
          Issue.record("\(error)")
          return
        }
      }
    }
  }

  @Test("a missing file, and a file used as a directory, are told apart")
  func missing() async throws {
    try await WorkspaceFixture.run { fixture in
      await #expect(throws: SandboxError.notFound(path: "a/b")) { _ = try await fixture.files.read("a/b") }
      await #expect(throws: SandboxError.notFound(path: "a")) { try await fixture.files.delete("a") }
      try await fixture.files.write("file", [1])
      let reason = "a part of it is not a directory"
      await #expect(throws: SandboxError.pathInvalid(path: "file/x", reason: reason)) {
        _ = try await fixture.files.read("file/x")
      }
      await #expect(throws: SandboxError.pathInvalid(path: "file/x", reason: reason)) {
        try await fixture.files.write("file/x", [])
      }
    }
  }

  @Test("pipes, sockets, devices and directories are refused at once, and never block")
  func specialFiles() async throws {
    try await WorkspaceFixture.run { fixture in
      try #require(mkfifo("\(fixture.path)/pipe", 0o666) == 0)
      try #require(mkdir("\(fixture.path)/directory", 0o755) == 0)
      try fixture.link("zero", to: "/dev/zero")
      await #expect(throws: SandboxError.notAFile(path: "pipe", found: "a named pipe")) {
        _ = try await fixture.files.read("pipe")
      }
      await #expect(throws: SandboxError.notAFile(path: "directory", found: "a directory")) {
        _ = try await fixture.files.read("directory")
      }
      await #expect(throws: SandboxError.notAFile(path: "directory", found: "a directory")) {
        try await fixture.files.write("directory", [])
      }
      await #expect(throws: SandboxError.pathEscapesWorkspace(path: "zero")) {
        _ = try await fixture.files.read("zero")
      }
    }
  }

  @Test("sizes and counts up to their limits are taken, and one more is refused")
  func limits() async throws {
    try await WorkspaceFixture.run(limits: WorkspaceFiles.Limits(fileBytes: 100, entries: 3)) { fixture in
      try await fixture.files.write("a", [UInt8](repeating: 1, count: 100))
      #expect(try await fixture.files.read("a").count == 100)
      await #expect(throws: SandboxError.fileTooLarge(path: "b", size: 101, maximum: 100)) {
        try await fixture.files.write("b", [UInt8](repeating: 1, count: 101))
      }
      try Data(count: 101).write(to: URL(fileURLWithPath: "\(fixture.path)/c"))
      await #expect(throws: SandboxError.fileTooLarge(path: "c", size: 101, maximum: 100)) {
        _ = try await fixture.files.read("c")
      }
      try await fixture.files.write("d", [])
      #expect(try await fixture.files.list().map(\.name) == ["a", "c", "d"])
      try await fixture.files.write("e", [])
      await #expect(throws: SandboxError.tooManyFiles(path: ".", maximum: 3)) { _ = try await fixture.files.list() }
    }
  }

  @Test("a workspace that is missing, or is a link, is an error")
  func missingWorkspace() async throws {
    try await WorkspaceFixture.run { fixture in
      try fixture.link("link", to: fixture.outside)
      for path in ["\(fixture.path)/none", "\(fixture.path)/link"] {
        do throws(SandboxError) {
          _ = try await WorkspaceFiles(directory: path).list()
          Issue.record("the workspace was taken")
        } catch {
          guard case .workspaceFailed(let failed, _) = error else {
            Issue.record("\(error)")
            return
          }
          #expect(failed == path)
        }
      }
    }
  }

  @Test("what is written is read back, listed and deleted, for any bytes and any depth")
  func roundTrip() async throws {
    var random = SeededRandom.forTest()
    try await WorkspaceFixture.run { fixture in
      var expected: [String: [UInt8]] = [:]
      for _ in 0..<60 {
        let path =
          (0...Int.random(in: 0...3, using: &random)).map { "d\($0)-\(Int.random(in: 0...2, using: &random))" }
          .joined(separator: "/") + "/file \(Int.random(in: 0...3, using: &random)) ü"
        let bytes = (0..<Int.random(in: 0...5_000, using: &random)).map { _ in
          UInt8.random(in: .min ... .max, using: &random)
        }
        try await fixture.files.write(path, bytes)
        expected[path] = bytes
      }
      for (path, bytes) in expected {
        #expect(try await fixture.files.read("./\(path)") == bytes, "\(random)")
        let parent = path.split(separator: "/").dropLast().joined(separator: "//")
        let entries = try await fixture.files.list(parent)
        #expect(entries == entries.sorted { $0.name < $1.name })
        #expect(
          entries.contains { path.hasSuffix("/\($0.name)") && $0.size == bytes.count && !$0.isDirectory }, "\(random)")
        try await fixture.files.delete(path)
        await #expect(throws: SandboxError.notFound(path: path)) { _ = try await fixture.files.read(path) }
      }
    }
  }

  @Test("a link inside the workspace is followed for reading, and replaced by writing")
  func innerLinks() async throws {
    try await WorkspaceFixture.run { fixture in
      try await fixture.files.write("runs/1/log", [1])
      try fixture.link("latest", to: "runs/1")
      try fixture.link("log", to: "runs/1/log")
      try fixture.link("out", to: "../outside/secret")
      #expect(try await fixture.files.read("latest/log") == [1])
      try await fixture.files.write("log", [2])
      try await fixture.files.write("out", [3])
      #expect(try await fixture.files.read("runs/1/log") == [1])
      #expect(try await fixture.files.read("out") == [3])
      try await fixture.files.delete("latest")
      #expect(try await fixture.files.list("runs/1").map(\.name) == ["log"])
    }
  }

  @Test("rewriting a program keeps it executable, and new files belong to the workspace's owner")
  func modesAndOwners() async throws {
    try await WorkspaceFixture.run { fixture in
      try #require(chown(fixture.path, 1_900_001_000, 1_900_001_000) == 0 || geteuid() != 0)
      try await fixture.files.write("bin/program", [1])
      try #require(chmod("\(fixture.path)/bin/program", 0o4750) == 0)
      try await fixture.files.write("bin/program", [2])
      var root = stat()
      var file = stat()
      var directory = stat()
      try #require(stat(fixture.path, &root) == 0 && stat("\(fixture.path)/bin/program", &file) == 0)
      try #require(stat("\(fixture.path)/bin", &directory) == 0)
      #expect(file.st_mode & 0o7777 == 0o750)
      #expect(file.st_uid == root.st_uid && directory.st_uid == root.st_uid)
    }
  }

  @Test("a directory is deleted only when it is empty, and the workspace never")
  func deletingDirectories() async throws {
    try await WorkspaceFixture.run { fixture in
      try await fixture.files.write("a/b", [])
      await #expect(throws: SandboxError.self) { try await fixture.files.delete("a") }
      try await fixture.files.delete("a/b")
      try await fixture.files.delete("a")
      await #expect(throws: SandboxError.self) { try await fixture.files.delete(".") }
      #expect(try await fixture.files.list().isEmpty)
    }
  }

  @Test("a directory that is swapped for a link out, again and again, never lets an operation out")
  func swapping() async throws {
    try await WorkspaceFixture.run { fixture in
      let path = fixture.path
      try #require(mkdir("\(path)/real", 0o755) == 0)
      try #require(symlink("../outside", "\(path)/way") == 0)
      let isOver = Mutex(false)
      async let swapped: Void = withCheckedContinuation { continuation in
        Thread.detachNewThread {
          while !isOver.withLock({ $0 }) {
            rename("\(path)/way", "\(path)/aside")
            rename("\(path)/real", "\(path)/way")
            rename("\(path)/way", "\(path)/real")
            rename("\(path)/aside", "\(path)/way")
          }
          continuation.resume()
        }
      }
      for index in 0..<300 {
        if let bytes = try? await fixture.files.read("way/secret") {
          #expect(bytes != Array("secret".utf8))
        }
        try? await fixture.files.write("way/new-\(index)", [1])
        try? await fixture.files.delete("way/secret")
      }
      isOver.withLock { $0 = true }
      await swapped
    }
  }
}
