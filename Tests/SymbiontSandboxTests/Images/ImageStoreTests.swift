import Foundation
import Glibc
import SymbiontCore
import Testing

@testable import SymbiontSandbox

@Suite("The image store", .enabled(if: geteuid() == 0, "owners of files are only set by root"))
struct ImageStoreTests {
  private static let archive = TestArchive.make { archive in
    archive.directory("home", user: 1_000)
    archive.add("home/file", text: "data", user: 1_000)
    archive.link("link", to: "home/file")
    archive.add("root", text: String(repeating: "r", count: 10_000), mode: 0o600)
  }

  @Test("importing twice changes nothing, and an image is there until its last name is removed")
  func names() async throws {
    try await ImageFixture.run { fixture in
      let path = try fixture.archive(Self.archive)
      let store = fixture.store
      let first = try await store.importArchive(path: path, name: "one")
      let inode = FileFacts(try await store.root(of: "one"))
      #expect(try await store.importArchive(path: path, name: "one").id == first.id)
      _ = try await store.importArchive(path: path, name: "two")
      #expect(try await store.list().map(\.name) == ["one", "two"])
      #expect(FileFacts(try await store.root(of: "two")) == inode)
      try await store.remove("one")
      #expect(contents("\(try await store.root(of: "two"))/home/file") == "data")
      try await store.remove("two")
      #expect(try await store.list() == [])
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(fixture.directory)/store/images") == [])
      await #expect(throws: SandboxError.imageNotFound(image: "two")) { try await store.remove("two") }
      await #expect(throws: SandboxError.imageNotFound(image: "two")) { try await store.claim("two") }
    }
  }

  @Test("an image that is used is not removed, also not by another process of the same directory")
  func claims() async throws {
    try await ImageFixture.run { fixture in
      try await fixture.store.importArchive(path: fixture.archive(Self.archive), name: "used")
      let other = ImageStore(directory: "\(fixture.directory)/store")
      var claim: ImageClaim? = try await other.claim("used")
      #expect(contents("\(claim?.rootDirectory ?? "")/home/file") == "data")
      await #expect(throws: SandboxError.imageInUse(image: "used")) { try await fixture.store.remove("used") }
      #expect(try await fixture.store.list().map(\.name) == ["used"])
      claim = nil
      try await fixture.store.remove("used")
    }
  }

  @Test("an image stays until the last sandbox that uses it is gone")
  func sandboxes() async throws {
    try await ImageFixture.run { fixture in
      try await fixture.store.importArchive(path: fixture.archive(Self.archive), name: "used")
      let claims = ImageClaims(fixture.store)
      let ids = [SandboxID(), SandboxID()]
      for id in ids { #expect(contents("\(try await claims.root(of: "used", for: id))/home/file") == "data") }
      for id in ids {
        await #expect(throws: SandboxError.imageInUse(image: "used")) { try await fixture.store.remove("used") }
        await claims.release("used", by: id)
      }
      try await fixture.store.remove("used")
      await #expect(throws: SandboxError.imageNotFound(image: "used")) {
        try await claims.disk(of: "used", for: ids[0])
      }
    }
  }

  @Test("what a dead process left is removed, and what a living one works on is not")
  func leftovers() async throws {
    try await ImageFixture.run { fixture in
      _ = try await fixture.store.list()
      let temporary = "\(fixture.directory)/store/temporary"
      for name in ["dead", "alive"] {
        try FileManager.default.createDirectory(
          atPath: "\(temporary)/\(name)/rootfs/a/b", withIntermediateDirectories: true)
      }
      let lock = try FileLock.take("\(temporary)/alive", isExclusive: true, waits: false)
      #expect(lock != nil)
      _ = try await ImageStore(directory: "\(fixture.directory)/store").list()
      #expect(try FileManager.default.contentsOfDirectory(atPath: temporary) == ["alive"])
      withExtendedLifetime(lock) {}
      try DirectoryTree.remove(path: "\(temporary)/alive")
    }
  }

  @Test("records are for their owner only, and names are checked")
  func records() async throws {
    try await ImageFixture.run { fixture in
      let path = try fixture.archive(Self.archive)
      try await fixture.store.importArchive(path: path, name: "a/b:c")
      #expect(FileFacts("\(fixture.directory)/store/names/a%2Fb:c.json")?.mode == 0o600)
      for name in ["", "-x", "/x", "a b", "a\n", "ä", String(repeating: "x", count: 129), "%2F"] {
        let error = await #expect(throws: SandboxError.self) {
          try await fixture.store.importArchive(path: path, name: name)
        }
        #expect(error?.kind == .imageInvalid, "\(name)")
      }
      let missing = await #expect(throws: SandboxError.self) {
        try await fixture.store.importArchive(path: "\(fixture.directory)/none", name: "x")
      }
      #expect(missing?.kind == .imageStoreFailed)
    }
  }

  @Test("eight imports of one image at the same time give one image")
  func concurrent() async throws {
    try await ImageFixture.run { fixture in
      let path = try fixture.archive(Self.archive)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<8 {
          group.addTask { try await fixture.store.importArchive(path: path, name: "n\(index % 2)") }
        }
        try await group.waitForAll()
      }
      #expect(try await fixture.store.list().map(\.name) == ["n0", "n1"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(fixture.directory)/store/images").count == 1)
    }
  }

  @Test("the disk for virtual machines is sound, has the files with the owners of the inside, and is made once")
  func disk() async throws {
    try await ImageFixture.run { fixture in
      try await fixture.store.importArchive(path: fixture.archive(Self.archive), name: "image")
      let path = try await fixture.store.diskImage(of: "image")
      #expect(FileFacts(path)?.mode == 0o444)
      let facts = FileFacts(path)
      #expect(try await fixture.store.diskImage(of: "image") == path && FileFacts(path) == facts)
      func output(_ program: String, _ arguments: [String]) throws -> (String, Int32) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/sbin/\(program)")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (text, process.terminationStatus)
      }
      let (report, code) = try output("e2fsck", ["-fn", path])
      #expect(code == 0, "\(report)")
      for (file, user) in [("/home/file", 1_000), ("/home", 1_000), ("/root", 0), ("/link", 0), ("/", 0)] {
        let (text, _) = try output("debugfs", ["-R", "stat \(file)", path])
        #expect(text.firstMatch(of: /User: +(\d+)/)?.1 == "\(user)", "\(file): \(text)")
      }
      #expect(try output("debugfs", ["-R", "cat /home/file", path]).0.hasSuffix("data"))
      try await fixture.store.remove("image")
    }
  }
}
