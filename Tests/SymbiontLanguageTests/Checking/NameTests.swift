import Testing

@testable import SymbiontLanguage

@Suite("Names as numbers and their likeness")
struct NameTests {
  @Test("equal names have equal numbers, in the order of their first occurrence")
  func interning() {
    for seed in PropertyCount.cases(20) {
      var random = SeededGenerator(seed: seed)
      var table = NameTable()
      var reference: [String: NameID] = [:]
      for _ in 0..<5000 {
        let text = "n\(random.below(3000))"
        let expected = reference[text] ?? NameID(reference.count)
        reference[text] = expected
        #expect(table.intern(text) == expected, "seed \(seed)")
      }
      #expect(table.count == reference.count)
      for (text, name) in reference { #expect(table.text(name) == text, "seed \(seed)") }
    }
  }

  @Test("the empty name is a name like any other")
  func emptyName() {
    var table = NameTable()
    let name = table.intern("")
    #expect(table.text(name).isEmpty)
    #expect(table.intern("a") != name)
    #expect(table.intern("") == name)
    #expect(table.firstByte(name) == 0)
  }

  @Test(
    "the distance counts insertions, removals, replacements and swaps",
    arguments: [
      ("remember", "remeber", 1), ("remember", "rememebr", 1), ("abc", "abc", 0), ("abc", "ABC", 0), ("", "abc", 3),
      ("kitten", "sitting", 3), ("ab", "ba", 1),
    ])
  func distance(_ left: String, _ right: String, _ expected: Int) {
    #expect(NearestNames.distance(Array(left.utf8), Array(right.utf8)) == expected)
    #expect(NearestNames.distance(Array(right.utf8), Array(left.utf8)) == expected)
  }

  @Test("at most two names are suggested, the nearest ones")
  func suggestions() {
    var table = NameTable()
    func suggestion(for word: String, among names: [String]) -> String? {
      var nearest = NearestNames(Array(word.utf8)[...])
      for name in names { nearest.consider(table.intern(name), in: table) }
      return nearest.suggestion(in: table)
    }
    #expect(suggestion(for: "cuont", among: ["total", "count", "mount"]) == "did you mean `count`?")
    #expect(suggestion(for: "item", among: ["items", "itep", "tem"]) == "did you mean `items` or `itep`?")
    #expect(suggestion(for: "read", among: ["send"]) == nil)
    #expect(suggestion(for: "x", among: ["y"]) == nil)
  }

  @Test("every code stands in the catalog once, with a title")
  func catalog() {
    let codes = DiagnosticCatalog.checker.map(\.code) + DiagnosticCatalog.syntax.map(\.code)
    #expect(Set(codes).count == codes.count)
    #expect(DiagnosticCatalog.checker.allSatisfy { !$0.title.isEmpty })
    for problem in CheckerProblem.allCases {
      #expect((problem.severity == .warning) == problem.rawValue.hasPrefix("W"))
    }
  }

  @Test("a file with very many unknown names is checked quickly and reported up to a bound")
  func manyUnknownNames() {
    let lines = (0..<20_000).map { "unknown_\($0);" }.joined(separator: "\n")
    let result = SymbiCompiler.check(SourceText(name: "many.symbi", text: "agent main {\n\(lines)\n}"))
    #expect(result.diagnostics.count == DiagnosticCollection.maximumCount + 1)
    #expect(result.diagnostics.filter { $0.suggestion?.hasPrefix("did you mean") ?? false }.count <= 50)
  }
}
