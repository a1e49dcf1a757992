import Foundation
import Glibc
import SymbiontCore
import Testing

@testable import SymbiontSandbox

/// The copy is made through the real guest, which runs here as a plain process with a workspace of its own.
@Suite("The copy of a workspace")
struct WorkspaceCopyTests {
  /// Runs the body with a guest and a directory of the machine, which is removed after it.
  private static func with(_ body: (GuestFixture, String) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory.path + "/symbiont-copy-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try await GuestFixture.with { fixture in try await body(fixture, directory) }
  }

  private static func write(_ path: String, _ text: String, mode: mode_t = 0o644) throws {
    let parent = (path as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    try #require(chmod(path, mode) == 0)
  }

  private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

  private static func mode(_ path: String) throws -> mode_t {
    var status = stat()
    try #require(lstat(path, &status) == 0)
    return status.st_mode
  }

  @Test("files go there and what a command changed comes back, with permissions and deletions")
  func roundTrip() async throws {
    try await Self.with { guest, directory in
      try Self.write("\(directory)/program", "#!/bin/sh\necho ran\n", mode: 0o750)
      try Self.write("\(directory)/data/deep/one", "1")
      try Self.write("\(directory)/data/deep/two", "2")
      try Self.write("\(directory)/turns", "file")
      let large = String(repeating: "symbiont", count: 100_000)
      try Self.write("\(directory)/large", large)
      let copy = try await WorkspaceCopy(of: directory, to: guest.connection)
      let result = try await guest.shell(
        """
        ./program; cat data/deep/one; wc -c < large
        rm -r data/deep/two turns; mkdir -p turns/into new/dir; echo inside > turns/into/dir
        printf changed > data/deep/one; echo new > new/dir/file; chmod 700 new/dir/file; chmod 711 new
        """)
      #expect(result.outputText == "ran\n1800000\n", "\(String(decoding: result.standardError, as: UTF8.self))")
      try await copy.bringBack()
      #expect(Self.text("\(directory)/data/deep/one") == "changed")
      #expect(Self.text("\(directory)/data/deep/two") == nil)
      #expect(Self.text("\(directory)/turns/into/dir") == "inside\n")
      #expect(Self.text("\(directory)/new/dir/file") == "new\n")
      #expect(Self.text("\(directory)/large") == large)
      #expect(try Self.mode("\(directory)/new/dir/file") == S_IFREG | 0o700)
      #expect(try Self.mode("\(directory)/new") == S_IFDIR | 0o711)
      #expect(try Self.mode("\(directory)/program") == S_IFREG | 0o750)
      let drafts = try FileManager.default.subpathsOfDirectory(atPath: directory).filter { $0.contains(".symbiont-") }
      #expect(drafts == [])
    }
  }

  @Test("links are neither followed nor carried, on either side")
  func links() async throws {
    try await Self.with { guest, directory in
      let outside = directory + "-outside"
      try Self.write(outside, "secret")
      defer { unlink(outside) }
      try #require(symlink(outside, "\(directory)/leak") == 0)
      try #require(symlink(directory, "\(directory)/loop") == 0)
      try Self.write("\(directory)/plain", "here")
      let copy = try await WorkspaceCopy(of: directory, to: guest.connection)
      #expect(try await guest.shell("ls -A").outputText == "plain\n")
      _ = try await guest.shell(
        "ln -s /etc/passwd out; ln -s / root; rm plain; ln -s \(outside) plain; echo mine > leak; mkfifo pipe")
      try await copy.bringBack()
      let names = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
      #expect(names == ["leak", "loop"])
      // A file of the command took the name of the link, and what the link led to is as it was.
      #expect(try Self.mode("\(directory)/leak") & S_IFMT == S_IFREG)
      #expect(Self.text("\(directory)/leak") == "mine\n")
      #expect(Self.text(outside) == "secret")
      #expect(try Self.mode("\(directory)/loop") & S_IFMT == S_IFLNK)
    }
  }

  @Test("more than is copied is refused: before a command runs, and after it without a change")
  func bounds() async throws {
    try await Self.with { guest, directory in
      for name in 0..<5 { try Self.write("\(directory)/\(name)", "12345") }
      await #expect(throws: SandboxError.tooManyFiles(path: ".", maximum: 4)) {
        try await WorkspaceCopy(of: directory, to: guest.connection, limits: .init(items: 4))
      }
      let copy = try await WorkspaceCopy(of: directory, to: guest.connection, limits: .init(bytes: 100))
      _ = try await guest.shell("rm 0; head -c 200 /dev/zero > big")
      await #expect(throws: SandboxError.workspaceFull(path: "big")) { try await copy.bringBack() }
      #expect(Self.text("\(directory)/0") == "12345")
    }
  }

  @Test("names of any kind stay below the workspace")
  func names() async throws {
    try await Self.with { guest, directory in
      let copy = try await WorkspaceCopy(of: directory, to: guest.connection)
      _ = try await guest.shell(
        "touch -- '-rf' 'a\nb' '..x' '...' \"$(printf 'not\\377text')\" 'quote\"' ; mkdir -p 'x/..y' ; touch 'x/..y/z'")
      try await copy.bringBack()
      let names = try FileManager.default.subpathsOfDirectory(atPath: directory).sorted()
      #expect(names == ["-rf", "...", "..x", "a\nb", "quote\"", "x", "x/..y", "x/..y/z"].sorted())
    }
  }
}
