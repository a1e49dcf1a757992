import Foundation
import Glibc
import SymbiontCore
import Testing

@testable import SymbiontSandbox

@Suite(
  "Importing images",
  .enabled(if: geteuid() == 0 && access("/bin/busybox", X_OK) == 0, "this needs root and a static busybox"))
struct ImageImportTests {
  private func check(_ fixture: ImageFixture, _ image: SandboxImage, _ name: String) async throws {
    let root = try await fixture.store.root(of: name)
    #expect(contents("\(root)/etc/motd") == "upper\n")
    #expect(access("\(root)/etc/secret", F_OK) != 0, "a whiteout hides it")
    #expect(access("\(root)/etc/.wh.secret", F_OK) != 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(root)/data") == ["new"], "the layer is opaque here")
    #expect(image.layers.count == 2 && image.command == ["sh"] && image.environment == ["PATH=/bin"])
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/sbin/chroot")
    process.arguments = [root, "/bin/sh", "-c", "cat /etc/motd"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    #expect(String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) == "upper\n")
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test("a busybox image comes in as `docker save` and as OCI layout, plain and packed, and runs")
  func formats() async throws {
    let busybox = try TestImage.busybox()
    try await ImageFixture.run { fixture in
      let saved = try await fixture.store.importArchive(path: fixture.archive(busybox.saved()), name: "saved")
      #expect(saved.id == ImageDigest(of: busybox.configuration).description)
      try await check(fixture, saved, "saved")
      try await fixture.store.remove("saved")
      let layout = try fixture.directory(busybox.layout { try fixture.gzip($0) })
      try await check(fixture, fixture.store.importArchive(path: layout, name: "team/tools:1.2"), "team/tools:1.2")
      try await fixture.store.remove("team/tools:1.2")
      let files = try busybox.layout { try fixture.gzip($0) }
      let archive = TestArchive.make { archive in for (name, bytes) in files { archive.add(name, bytes) } }
      let packed = try fixture.packed(archive)
      try await check(fixture, fixture.store.importArchive(path: packed, name: "packed"), "packed")
      #expect(try await fixture.store.list().map(\.name) == ["packed"])
    }
  }

  @Test("a plain root file system comes in, packed or not, and names hide nothing in it")
  func plain() async throws {
    let archive = TestArchive.make { archive in
      archive.directory("./")
      archive.add("./etc/name", text: "x")
      archive.add("./.wh.etc", text: "kept")
      archive.add("./manifest.json", text: "{}")
      archive.extend([("path", "deep/" + String(repeating: "n", count: 200))])
      archive.add("short", text: "long")
    }
    try await ImageFixture.run { fixture in
      let root = try await fixture.root(archive)
      #expect(contents("\(root)/etc/name") == "x" && contents("\(root)/.wh.etc") == "kept")
      #expect(contents("\(root)/deep/\(String(repeating: "n", count: 200))") == "long")
      let first = try await fixture.store.list()
      let again = try await fixture.store.importArchive(path: fixture.packed(archive), name: "image")
      #expect(again.id == ImageDigest(of: archive).description && first.map(\.id) == [again.id])
    }
  }

  @Test("the program `tar` and this reader agree, for the formats that it writes", arguments: ["gnu", "pax", "ustar"])
  func realTar(_ format: String) async throws {
    try await ImageFixture.run { fixture in
      let source = "\(fixture.directory)/layout"
      // Targets of hard links have 100 bytes in the oldest format.
      let long =
        "\(source)/"
        + (0..<(format == "ustar" ? 1 : 3)).map { "\($0)" + String(repeating: "d", count: 60) }.joined(separator: "/")
      try FileManager.default.createDirectory(atPath: long, withIntermediateDirectories: true)
      try Data("data".utf8).write(to: URL(fileURLWithPath: "\(long)/file"))
      try #require(symlink("file", "\(long)/link") == 0 && link("\(long)/file", "\(long)/hard") == 0)
      let path = "\(fixture.directory)/archive"
      let tar = try Process.run(
        URL(fileURLWithPath: "/bin/tar"), arguments: ["--format=\(format)", "-cf", path, "-C", source, "."])
      tar.waitUntilExit()
      try #require(tar.terminationStatus == 0)
      try await fixture.store.importArchive(path: path, name: "image")
      let inside = try await fixture.store.root(of: "image") + long.dropFirst(source.count)
      #expect(contents("\(inside)/file") == "data" && contents("\(inside)/link") == "data")
      var (file, hard) = (stat(), stat())
      #expect(lstat("\(inside)/file", &file) == 0 && lstat("\(inside)/hard", &hard) == 0)
      #expect(file.st_ino == hard.st_ino && file.st_nlink == 2)
    }
  }

  @Test("a wrong digest, size or part is refused, wherever it is")
  func digests() async throws {
    let layer = TestArchive.make { $0.add("f", text: "x") }
    let image = TestImage(layers: [layer])
    try await ImageFixture.run { fixture in
      let wrong = TestImage(layers: [layer], announcedDigests: [ImageDigest(of: [1]).description])
      #expect(try await fixture.refusal(wrong.saved()).contains("the unpacked layer has the digest"))
      #expect(try await fixture.refusal(path: fixture.directory(wrong.layout())).contains("the unpacked layer"))
      let few = TestImage(layers: [layer], announcedDigests: [])
      #expect(try await fixture.refusal(few.saved()).contains("1 layers and 0 digests"))
      let files = try image.layout()
      for (name, bytes) in files where name.hasPrefix("blobs") {
        var changed = files
        var other = bytes
        other[other.count / 2] ^= 1
        changed[name] = other
        let reason = try await fixture.refusal(path: fixture.directory(changed))
        #expect(reason.contains("digest") || reason.contains("checksum"), "\(name): \(reason)")
        changed[name] = bytes + [0]
        #expect(try await fixture.refusal(path: fixture.directory(changed)).contains("are announced"), "\(name)")
        changed[name] = nil
        #expect(try await fixture.refusal(path: fixture.directory(changed)).contains("lacks"), "\(name)")
      }
      let renamed = image.saved { archive in
        archive.add("\(String(repeating: "0", count: 64)).json", image.configuration)
        archive.add(
          "manifest.json",
          text: "[{\"Config\":\"\(String(repeating: "0", count: 64)).json\",\"Layers\":[\"0/layer.tar\"]}]")
      }
      #expect(try await fixture.refusal(renamed).contains("another digest than its name"))
      let foreign = TestImage(layers: [layer], architecture: "s390x")
      #expect(try await fixture.refusal(foreign.saved()).contains("`linux/s390x`"))
      let two = image.saved {
        $0.add("manifest.json", text: "[{\"Config\":\"a\",\"Layers\":[]},{\"Config\":\"b\",\"Layers\":[]}]")
      }
      #expect(try await fixture.refusal(two).contains("2 images"))
      let outside = image.saved { $0.add("manifest.json", text: "[{\"Config\":\"../canary\",\"Layers\":[]}]") }
      #expect(try await fixture.refusal(outside).contains("`..`"))
      #expect(try await fixture.refusal(path: "\(fixture.directory)/store").contains("no OCI image layout"))
    }
  }
}
