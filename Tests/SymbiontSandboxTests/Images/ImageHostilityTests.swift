import Foundation
import Glibc
import SymbiontCore
import SymbiontTesting
import Testing

@testable import SymbiontSandbox

@Suite("Hostile archives", .enabled(if: geteuid() == 0, "owners of files are only set by root"))
struct ImageHostilityTests {
  @Test("a path with `..` is refused, wherever it is")
  func dots() async throws {
    for name in ["../canary", "a/../../canary", "..", "a/..", "/../canary"] {
      try await ImageFixture.run { fixture in
        let reason = try await fixture.refusal(TestArchive.make { $0.add(name, text: "bad") })
        #expect(reason.contains("leads out by `..`"), "\(name)")
      }
    }
  }

  @Test("an absolute path is one below the root of the image")
  func absolute() async throws {
    try await ImageFixture.run { fixture in
      let root = try await fixture.root(TestArchive.make { $0.add("\(fixture.directory)/canary", text: "inside") })
      #expect(contents("\(root)\(fixture.directory)/canary") == "inside")
    }
  }

  @Test("a link that leads out is followed within the image, and nothing is written through the name of a link")
  func links() async throws {
    try await ImageFixture.run { fixture in
      let root = try await fixture.root(
        TestArchive.make { archive in
          archive.directory("etc")
          archive.link("absolute", to: "/etc")
          archive.link("climbing", to: "../../../../../../etc")
          archive.add("absolute/one", text: "1")
          archive.add("climbing/two", text: "2")
          archive.link("file", to: "\(fixture.directory)/canary")
          archive.add("file", text: "replaced")
        })
      #expect(contents("\(root)/etc/one") == "1" && contents("\(root)/etc/two") == "2")
      #expect(contents("\(root)/file") == "replaced")
      #expect(access("/etc/one", F_OK) != 0 && access("/etc/two", F_OK) != 0)
    }
    try await ImageFixture.run { fixture in
      let archive = TestArchive.make { archive in
        archive.link("out", to: "\(fixture.directory)")
        archive.add("out/canary", text: "bad")
      }
      // The directory does not exist within the image, so the link leads nowhere.
      await #expect(throws: SandboxError.self) { try await fixture.root(archive) }
    }
  }

  @Test("a hard link to a file outside of the image is refused, also through a link and by an absolute path")
  func hardLinks() async throws {
    try await ImageFixture.run { fixture in
      for target in ["../canary", "../../../canary", "\(fixture.directory)/canary", "/etc/passwd", "x/canary", "", "."]
      {
        let reason = try await fixture.refusal(
          TestArchive.make { archive in
            archive.link("x", to: "\(fixture.directory)")
            archive.hardLink("y", to: target)
          })
        #expect(reason.contains("hard link") || reason.contains("`..`"), "\(target): \(reason)")
      }
      let root = try await fixture.root(
        TestArchive.make { archive in
          archive.add("a", text: "shared", mode: 0o600)
          archive.hardLink("b", to: "a")
          archive.add("a", text: "new")
        })
      #expect(contents("\(root)/b") == "shared" && contents("\(root)/a") == "new")
    }
  }

  @Test("devices and pipes are left out and counted; rights of others are stripped; strange owners become nobody")
  func privileges() async throws {
    try await ImageFixture.run { fixture in
      let archive = TestArchive.make { archive in
        archive.add("null", type: "3")
        archive.add("disk", type: "4")
        archive.add("pipe", type: "6")
        archive.add("setuid", text: "x", mode: 0o6755)
        archive.add("foreign", text: "x", user: 70_000)
        archive.directory("tmp", mode: 0o1777)
        archive.add("user", text: "x", user: 1_000)
      }
      let image = try await fixture.store.importArchive(path: fixture.archive(archive), name: "image")
      let root = try await fixture.store.root(of: "image")
      #expect(image.skippedEntries == 3 && image.strippedModes == 1 && image.foreignOwners == 1)
      #expect(try Set(FileManager.default.contentsOfDirectory(atPath: root)) == ["setuid", "foreign", "tmp", "user"])
      #expect(FileFacts("\(root)/setuid")?.mode == 0o755)
      #expect(FileFacts("\(root)/tmp")?.mode == 0o1777)
      #expect(FileFacts("\(root)/foreign")?.user == ImageFixture.firstUserID + 65_534)
      let user = try #require(FileFacts("\(root)/user"))
      #expect(user.user == ImageFixture.firstUserID + 1_000 && user.group == ImageFixture.firstUserID)
      #expect(user.modified == 1_700_000_000 && FileFacts("\(root)/tmp")?.modified == 1_700_000_000)
    }
  }

  @Test("what is too deep, too long or too much is refused")
  func bounds() async throws {
    try await ImageFixture.run(limits: ImageLimits(unpackedBytes: 10_000, entries: 20)) { fixture in
      let deep = String(repeating: "d/", count: 49)
      let reasons = [
        try await fixture.refusal(
          TestArchive.make { archive in
            archive.extend([("path", String(repeating: "d/", count: 200) + "f")])
            archive.add("f", text: "x")
          }),
        try await fixture.refusal(
          TestArchive.make { archive in
            archive.extend([("path", String(repeating: "n", count: 300))])
            archive.add("f", text: "x")
          }),
        try await fixture.refusal(
          TestArchive.make { archive in for index in 0..<21 { archive.directory("\(index)") } }),
        try await fixture.refusal(TestArchive.make { $0.add("big", [UInt8](repeating: 1, count: 10_001)) }),
        try await fixture.refusal(TestArchive.make { $0.add("f", type: "x", size: 2_000_000) }),
        try await fixture.refusal(
          TestArchive.make { archive in
            archive.directory(deep)
            for index in 0..<9 {
              archive.link("s\(index)", to: index == 0 ? deep : "s\(index - 1)/\(deep)")
              archive.directory("s\(index)/\(deep)")
            }
          }),
      ]
      for (reason, expected) in zip(
        reasons,
        [
          "deeper than", "more than 255", "more than 20 entries", "more than 10000 bytes", "extended header",
          "too deep",
        ])
      {
        #expect(reason.contains(expected), "\(reason)")
      }
    }
  }

  @Test("an archive that unpacks to far more than it is packed is refused before it fills the disk")
  func bomb() async throws {
    try await ImageFixture.run(limits: ImageLimits(unpackedBytes: 1_000_000)) { fixture in
      let path = try fixture.packed(TestArchive.make { $0.add("zeros", [UInt8](repeating: 0, count: 4_000_000)) })
      #expect(try await fixture.refusal(path: path).contains("more than 1000000 bytes"))
    }
  }

  @Test("an archive that ends anywhere but at its end is refused, and so is one with wrong numbers")
  func damage() async throws {
    let whole = TestArchive.make { archive in
      archive.directory("a")
      archive.add("a/f", text: String(repeating: "x", count: 700))
      archive.extend([("path", "long")])
      archive.add("g", text: "y")
    }
    try await ImageFixture.run { fixture in
      for end in stride(from: 1, to: whole.count - 1_024, by: 173) {
        let reason = try await fixture.refusal(Array(whole[..<end]))
        #expect(reason.contains("end") || reason.contains("not a tar archive"), "\(end): \(reason)")
      }
      var wrong = whole
      wrong[0] ^= 1
      #expect(try await fixture.refusal(wrong).contains("checksum"))
      for (type, expected) in [("S", "sparse"), ("M", "sparse")] as [(Character, String)] {
        #expect(try await fixture.refusal(TestArchive.make { $0.add("f", type: type) }).contains(expected))
      }
      let sparse = TestArchive.make { archive in
        archive.extend([("GNU.sparse.major", "1")])
        archive.add("f")
      }
      #expect(try await fixture.refusal(sparse).contains("sparse"))
      #expect(try await fixture.refusal([0x28, 0xB5, 0x2F, 0xFD] + whole).contains("`zstd -d`"))
      #expect(try await fixture.refusal([0x1F, 0x8B] + whole).contains("gzip"))
      let packed = try Data(contentsOf: URL(fileURLWithPath: fixture.packed(whole)))
      #expect(try await fixture.refusal(Array(packed.dropLast(9))).contains("gzip stream ends too early"))
    }
  }

  @Test("archives that were changed at random never write outside, never trap and always end")
  func mutations() async throws {
    let random = SeededRandom.forTest()
    try await ImageFixture.run(limits: ImageLimits(unpackedBytes: 1_000_000, entries: 100)) { fixture in
      for round in 0..<300 {
        var random = random.branch(round)
        var bytes = Self.sample(fixture.directory)
        for _ in 0..<Int.random(in: 1...6, using: &random) { Self.mutate(&bytes, &random) }
        let path = try fixture.archive(bytes)
        do {
          try await fixture.store.importArchive(path: path, name: "image")
          try await fixture.store.remove("image")
        } catch let error as SandboxError {
          #expect([.imageInvalid, .imageStoreFailed].contains(error.kind), "\(error.message) \(random) \(round)")
        }
        #expect(contents("\(fixture.directory)/canary") == "untouched", "\(random) \(round)")
      }
    }
  }

  private static func sample(_ directory: String) -> [UInt8] {
    TestArchive.make { archive in
      archive.directory("a")
      archive.link("a/up", to: directory)
      archive.link("top", to: "../../..")
      archive.add("a/file", text: "data")
      archive.hardLink("a/hard", to: "a/file")
      archive.extend([("path", "a/" + String(repeating: "long", count: 40)), ("mtime", "1.5")])
      archive.add("b", text: "more")
      archive.add("top/canary", text: "bad")
      archive.add("name", type: "L", Array("a/up/canary\u{0}".utf8))
      archive.add("c", text: "bad")
    }
  }

  /// Changes a byte, a header with its checksum made right again, or a whole block.
  private static func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    let block = Int.random(in: 0..<(bytes.count / TarHeader.size), using: &random) * TarHeader.size
    switch Int.random(in: 0..<5, using: &random) {
    case 0:
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
    case 1:
      bytes.removeSubrange(block..<(block + TarHeader.size))
      if bytes.isEmpty { bytes = [0] }
    case 2:
      bytes.insert(contentsOf: bytes[block..<(block + TarHeader.size)], at: block)
    case 3:
      let words = ["../", "/", "..", "a/up/", "top/", "\u{0}", "canary", "777777777777"]
      let word = words.randomElement(using: &random) ?? ""
      let offset = [0, 124, 157, 345, 108].randomElement(using: &random) ?? 0
      for (index, byte) in word.utf8.enumerated() { bytes[block + offset + index] = byte }
      seal(&bytes, block)
    default:
      bytes[block + 156] = UInt8(ascii: "0") + UInt8.random(in: 0..<72, using: &random)
      seal(&bytes, block)
    }
    if bytes.count < TarHeader.size { bytes += [UInt8](repeating: 0, count: TarHeader.size) }
  }

  /// Makes the checksum of a header right.
  private static func seal(_ bytes: inout [UInt8], _ block: Int) {
    for index in 148..<156 { bytes[block + index] = UInt8(ascii: " ") }
    let sum = bytes[block..<(block + TarHeader.size)].reduce(0) { $0 + Int($1) }
    let text = String(sum, radix: 8)
    let digits = String(repeating: "0", count: 6 - text.count) + text
    for (index, byte) in digits.utf8.enumerated() { bytes[block + 148 + index] = byte }
    bytes[block + 154] = 0
  }
}
