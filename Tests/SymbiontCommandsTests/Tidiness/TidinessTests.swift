import Testing

@Suite("The source code")
struct TidinessTests {
  private static let maximumFileLines = 400
  private static let maximumFunctionLines = 70

  /// Functions that are longer because they are one table or one dispatch.
  ///
  /// The list may only shrink.
  private static let longFunctions: Set<String> = [
    "Tests/SymbiontSandboxTests/Guest/GuestMessage+Sample.swift: sample",
    "Sources/SymbiontLanguage/Machine/Interpreter/Engine+Run.swift: run",
  ]

  /// Files that are longer.
  ///
  /// The list may only shrink.
  private static let longFiles: Set<String> = []

  private static let files = ["Sources", "Tests"].flatMap { Repository.files(in: $0, suffix: ".swift") }

  @Test("has files of at most 400 lines")
  func fileLengths() throws {
    #expect(Self.files.count > 100)
    var long: Set<String> = []
    for file in Self.files
    where try Repository.text(file).split(separator: "\n", omittingEmptySubsequences: false).count
      > Self.maximumFileLines
    {
      long.insert(file)
    }
    #expect(long.subtracting(Self.longFiles).sorted() == [], "split these files")
    #expect(Self.longFiles.subtracting(long).sorted() == [], "take these files off the list")
  }

  @Test("has functions of at most 70 lines")
  func functionLengths() throws {
    var long: Set<String> = []
    for file in Self.files {
      for (name, length) in Self.functions(in: try Repository.text(file)) where length > Self.maximumFunctionLines {
        long.insert("\(file): \(name)")
      }
    }
    #expect(long.subtracting(Self.longFunctions).sorted() == [], "split these functions")
    #expect(Self.longFunctions.subtracting(long).sorted() == [], "take these functions off the list")
  }

  @Test("measures functions by their indentation, which the formatter gives them")
  func measuring() {
    let text = """
      struct Sample {
        func short() { 1 }
        static func long(
          _ x: Int
        ) -> Int {
          if x > 0 {
            return 1
          }
          return 2
        }
      }
      """
    let found = Self.functions(in: text)
    #expect(found.map(\.name) == ["short", "long"])
    #expect(found.map(\.length) == [1, 8])
  }

  /// The functions of a formatted file: each ends at the first closing brace that is indented like its beginning.
  private static func functions(in text: String) -> [(name: String, length: Int)] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var found: [(String, Int)] = []
    for (number, line) in lines.enumerated() {
      // Most lines are told apart without the pattern, which is slow.
      guard line.contains("func ") || line.contains("init"),
        let match = line.firstMatch(of: /^( *)(?:[a-z@]+(?:\([a-z]+\))? )*(?:func (\S+?)|(init|deinit))[?!]?[(<{ ]/)
      else { continue }
      let name = String(match.2 ?? match.3 ?? "")
      let isOneLine = line.hasSuffix("}") || !line.contains("{") && !line.hasSuffix("(")
      let end = isOneLine ? number : lines[(number + 1)...].firstIndex { $0 == "\(match.1)}" } ?? number
      found.append((name, end - number + 1))
    }
    return found
  }
}
