import Foundation
import Testing

@testable import SymbiontSandbox

@Suite("A tar archive that is written")
struct TapeArchiveTests {
  @Test("is read by tar, with the same names, kinds, modes and contents")
  func readable() throws {
    var archive = TapeArchive()
    try archive.addDirectory("tmp", mode: 0o1777)
    try archive.addLink("bin", to: "usr/bin")
    let contents = [UInt8]((0..<1_000).map { UInt8($0 % 251) })
    try archive.addFile("etc/data", mode: 0o640, contents: contents)
    try archive.addFile("etc/empty", mode: 0o644, contents: [])
    let directory = "/tmp/symbiont-tar-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try Data(archive.bytes).write(to: URL(fileURLWithPath: "\(directory)/a.tar"))
    let tar = try Process.run(
      URL(fileURLWithPath: "/bin/tar"), arguments: ["-xpf", "\(directory)/a.tar", "-C", directory])
    tar.waitUntilExit()
    #expect(tar.terminationStatus == 0)
    let files = FileManager.default
    #expect(files.contents(atPath: "\(directory)/etc/data") == Data(contents))
    #expect(files.contents(atPath: "\(directory)/etc/empty") == Data())
    #expect(try files.destinationOfSymbolicLink(atPath: "\(directory)/bin") == "usr/bin")
    let mode = try files.attributesOfItem(atPath: "\(directory)/etc/data")[.posixPermissions] as? Int
    #expect(mode == 0o640)
  }

  @Test("is the same for the same entries")
  func reproducible() throws {
    let root = DockerRoot(
      links: ["bin": "usr/bin", "lib": "usr/lib"], mounts: [], hasOwnConfiguration: true, commandUserID: 7)
    #expect(try DockerBaseImage(root) == DockerBaseImage(root))
    var other = root
    other.commandUserID = 8
    #expect(try DockerBaseImage(root).tag != DockerBaseImage(other).tag)
  }

  @Test("refuses names that do not fit")
  func longNames() {
    var archive = TapeArchive()
    let long = String(repeating: "x", count: 101)
    #expect(throws: TapeArchive.Failure.nameTooLong(long)) { try archive.addLink("a", to: long) }
    #expect(throws: TapeArchive.Failure.nameTooLong(long)) { try archive.addFile(long, mode: 0, contents: []) }
    #expect(throws: TapeArchive.Failure.nameTooLong("")) { try archive.addFile("", mode: 0, contents: []) }
  }
}
