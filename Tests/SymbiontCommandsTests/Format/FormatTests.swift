import Foundation
import Testing

@Suite("symbi fmt")
struct FormatTests {
  let directory: TestDirectory

  init() throws { directory = try TestDirectory() }

  private static let untidy = "agent   main( )->int{1+2}\n"
  private static let tidy = "agent main() -> int {\n    1 + 2\n}\n"

  @Test("--check ends with 1 for a file that is not formatted, and leaves it as it is")
  func check() async throws {
    try directory.write("a.symbi", Self.untidy)
    let finished = try await Symbi.run("fmt", "--check", "a.symbi", in: directory)
    #expect(finished.status == 1)
    #expect(finished.errors == "`a.symbi` is not formatted\n")
    #expect(try directory.read("a.symbi") == Self.untidy)
  }

  @Test("replaces a file, keeps its permissions and its link, and has nothing to do the second time")
  func replacing() async throws {
    try directory.write("a.symbi", Self.untidy)
    let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o751]
    try FileManager.default.setAttributes(attributes, ofItemAtPath: "\(directory.path)/a.symbi")
    try FileManager.default.createSymbolicLink(
      atPath: "\(directory.path)/link.symbi", withDestinationPath: "a.symbi")
    let first = try await Symbi.run("fmt", "link.symbi", in: directory)
    #expect(first.status == 0)
    #expect(first.errors == "formatted `link.symbi`\n")
    #expect(try directory.read("a.symbi") == Self.tidy)
    let found = try FileManager.default.attributesOfItem(atPath: "\(directory.path)/a.symbi")
    #expect(found[.posixPermissions] as? Int == 0o751)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(directory.path)/link.symbi") == "a.symbi")
    #expect(try directory.list() == ["a.symbi", "link.symbi"])
    let second = try await Symbi.run("fmt", "link.symbi", in: directory)
    #expect(second.status == 0)
    #expect(second.errors.isEmpty)
  }

  @Test("leaves a file with syntax errors as it is, formats the others, and ends with 2")
  func syntaxErrors() async throws {
    try directory.write("a.symbi", "agent main( {")
    try directory.write("b.symbi", Self.untidy)
    let finished = try await Symbi.run("fmt", "a.symbi", "b.symbi", in: directory)
    #expect(finished.status == 2)
    #expect(finished.errors.contains("a.symbi:1:"))
    #expect(try directory.read("a.symbi") == "agent main( {")
    #expect(try directory.read("b.symbi") == Self.tidy)
  }

  @Test("--stdin formats standard input to standard output")
  func standardInput() async throws {
    let finished = try await Symbi.run("fmt", "--stdin", input: Self.untidy, in: directory)
    #expect(finished.status == 0)
    #expect(finished.output == Self.tidy)
    let checked = try await Symbi.run("fmt", "--stdin", "--check", input: Self.untidy, in: directory)
    #expect(checked.status == 1)
    #expect(checked.output.isEmpty)
    let broken = try await Symbi.run("fmt", "--stdin", input: "agent {", in: directory)
    #expect(broken.status == 2)
    #expect(broken.output.isEmpty)
  }
}
