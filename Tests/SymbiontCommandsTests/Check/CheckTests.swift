import Foundation
import Testing

@Suite("symbi check")
struct CheckTests {
  let directory: TestDirectory

  init() throws { directory = try TestDirectory() }

  private static let broken = """
    agent main() -> int {
        let x = remeber("k");
        y
    }

    """

  @Test("reports all errors of a file with their lines underlined, and ends with 2")
  func errors() async throws {
    try directory.write("a.symbi", Self.broken)
    let finished = try await Symbi.run("check", "a.symbi", in: directory)
    #expect(finished.status == 2)
    #expect(finished.output.isEmpty)
    #expect(
      finished.errors.contains(
        """
        a.symbi:2:13: error[E0302]: unknown function `remeber`
            2 |     let x = remeber("k");
              |             ^^^^^^^
              = help: did you mean `remember`?
        """), "\(finished.errors)")
    #expect(finished.errors.contains("a.symbi:3:5: error[E0301]"), "\(finished.errors)")
  }

  @Test("accepts a program with warnings, and counts them")
  func warnings() async throws {
    try directory.write("a.symbi", "agent main() -> int { let x = 1; 2 }\n")
    let finished = try await Symbi.run("check", "a.symbi", in: directory)
    #expect(finished.status == 0)
    #expect(finished.errors.contains("warning[W0502]"))
    #expect(finished.errors.hasSuffix("1 file checked: 0 errors, 1 warning\n"))
  }

  @Test("reports every file, also after one that cannot be read")
  func severalFiles() async throws {
    try directory.write("a.symbi", Self.broken)
    try directory.write("b.symbi", "agent main() -> int { 1 }\n")
    let finished = try await Symbi.run("check", "missing.symbi", "a.symbi", "b.symbi", in: directory)
    #expect(finished.status == 2)
    #expect(finished.errors.contains("error[FILE_NOT_FOUND]: there is no file `missing.symbi`"))
    #expect(finished.errors.contains("3 files checked: "))
    #expect(finished.errors.contains("a.symbi:2:13"))
  }

  @Test("prints findings as JSON on standard output")
  func json() async throws {
    try directory.write("a.symbi", Self.broken)
    let finished = try await Symbi.run("check", "--json", "a.symbi", in: directory)
    #expect(finished.status == 2)
    let findings = try #require(
      try JSONSerialization.jsonObject(with: Data(finished.output.utf8)) as? [[String: Any]])
    let first = try #require(findings.first { $0["code"] as? String == "E0302" })
    #expect(first["file"] as? String == "a.symbi")
    #expect(first["severity"] as? String == "error")
    #expect((first["start"] as? [String: Int])?["line"] == 2)
    #expect((first["start"] as? [String: Int])?["column"] == 13)
  }

  @Test("refuses what is no program file, each with its own message")
  func unreadable() async throws {
    try FileManager.default.createDirectory(atPath: "\(directory.path)/folder", withIntermediateDirectories: false)
    try directory.write("latin.symbi", Data("agent main() {\n  \"caf".utf8 + [0xE9] + "\"\n}\n".utf8))
    try directory.writeSparse("large.symbi", bytes: 100 << 20)
    let cases = [
      ("folder", "error[FILE_IS_DIRECTORY]: `folder` is a directory, not a file"),
      ("latin.symbi", "error[FILE_NOT_UTF8]: `latin.symbi` is not UTF-8 text: the byte `0xE9` at line 2, column 7"),
      ("large.symbi", "error[FILE_TOO_LARGE]: `large.symbi` has more than 16777216 bytes"),
      ("nothing", "error[FILE_NOT_FOUND]: there is no file `nothing`"),
    ]
    for (file, message) in cases {
      let finished = try await Symbi.run("check", file, in: directory)
      #expect(finished.status == 2)
      #expect(finished.errors.contains(message), "\(finished.errors)")
    }
  }
}
