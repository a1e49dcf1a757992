import Foundation
import Testing

@Suite("The documents")
struct DocumentTests {
  /// Set to write the generated parts instead of comparing them; `make docs` does.
  private static let updateVariable = "SYMBIONT_UPDATE_DOCUMENTS"

  private static func start(_ name: String) -> String { "<!-- generated: \(name) -->\n" }
  private static let end = "<!-- end -->"

  @Test("have the tables that the code's catalogues give; `make docs` writes them")
  func generatedParts() throws {
    let isUpdating = ProcessInfo.processInfo.environment[Self.updateVariable] != nil
    for part in GeneratedText.parts {
      let document = try Repository.text(part.document)
      let start = try #require(document.range(of: Self.start(part.name)), "\(part.document) has no `\(part.name)`")
      let end = try #require(document.range(of: Self.end, range: start.upperBound..<document.endIndex))
      if isUpdating {
        let updated = document.replacingCharacters(in: start.upperBound..<end.lowerBound, with: part.text)
        try updated.write(toFile: "\(Repository.root)/\(part.document)", atomically: true, encoding: .utf8)
      } else {
        let found = String(document[start.upperBound..<end.lowerBound])
        #expect(found == part.text, "\(part.document), \(part.name): run `make docs`")
      }
    }
  }

  @Test("link only to files that are there")
  func links() throws {
    let documents = Repository.files(in: "docs", suffix: ".md") + ["README.md", "CONTRIBUTING.md", "SECURITY.md"]
    for document in documents {
      let folder = (document as NSString).deletingLastPathComponent
      for match in try Repository.text(document).matches(of: #/\]\(([^)#:]+)(?:#[^)]*)?\)/#) {
        let target = "\(Repository.root)/\(folder)/\(match.1)"
        #expect(FileManager.default.fileExists(atPath: target), "\(document) links to \(match.1)")
      }
    }
  }

  @Test("the README has less than 200 lines")
  func readmeLength() throws {
    #expect(try Repository.text("README.md").split(separator: "\n", omittingEmptySubsequences: false).count < 200)
  }
}
