import Testing

@testable import SymbiontLanguage

@Suite("Showing diagnostics")
struct DiagnosticRendererTests {
  private func render(_ text: String, _ range: Range<UInt32>, help: String? = nil) -> String {
    let source = SourceText(name: "t.symbi", text: text)
    return DiagnosticRenderer.render(Diagnostic(.warning, code: "W0501", "look", at: range, suggestion: help), source)
  }

  @Test("tabs are widened and the underline stands below its text")
  func tabs() {
    #expect(render("\tab\tcd", 4..<6) == "t.symbi:1:5: warning[W0501]: look\n    1 |     ab  cd\n      |         ^^")
  }

  @Test("wide characters take two columns, marks none")
  func wideCharacters() {
    #expect(render("漢字 x", 7..<8).hasSuffix("    1 | 漢字 x\n      |      ^"))
    #expect(render("e\u{301}x", 3..<4).hasSuffix("\n      |  ^"))
  }

  @Test("control and direction characters are shown as escapes")
  func controlCharacters() {
    #expect(render("a\u{1B}[31m\u{202E}b", 1..<2).hasSuffix("    1 | a\\u{1B}[31m\\u{202E}b\n      |  ^^^^^^"))
  }

  @Test("a carriage return belongs to the end of its line")
  func carriageReturn() {
    #expect(render("ab\r\ncd\r\n", 4..<6).contains("    2 | cd\n      | ^^"))
  }

  @Test("a range over lines is underlined on its first and names its last")
  func severalLines() {
    #expect(render("ab\ncd\nef", 1..<7).hasSuffix("    1 | ab\n      |  ^\n      = it goes on to line 3"))
    #expect(!render("ab\ncd", 0..<3).contains("goes on"))
  }

  @Test("of a long line only the part around the place is shown")
  func longLine() throws {
    let text = String(repeating: "a", count: 5_000) + "HERE" + String(repeating: "b", count: 5_000)
    let lines = render(text, 5_000..<5_004).split(separator: "\n")
    #expect(lines.allSatisfy { $0.count < 140 })
    let marker = try #require(lines.last?.firstIndex(of: "^"))
    let column = try #require(lines.last).distance(from: try #require(lines.last).startIndex, to: marker)
    #expect(lines[1].dropFirst(column).hasPrefix("HERE"))
    #expect(lines[1].hasSuffix("…"))
  }

  @Test("the end of the file, an empty file and a range past the end can be shown")
  func ends() {
    #expect(render("", 0..<0) == "t.symbi:1:1: warning[W0501]: look\n    1 |\n      | ^")
    #expect(render("ab\n", 3..<3).contains("t.symbi:2:1"))
    #expect(render("ab", 7..<9).contains("t.symbi:1:3"))
  }

  @Test("help follows, and what it cites cannot break the line")
  func help() {
    #expect(render("x", 0..<1, help: "did you mean `a\nb`?").hasSuffix("      = help: did you mean `a\\u{A}b`?"))
  }

  @Test("diagnostics are shown by position, each once")
  func order() {
    let source = SourceText(name: "t.symbi", text: "a\nb\n")
    let first = Diagnostic(.error, code: "E0201", "one", at: 0..<1)
    let second = Diagnostic(.error, code: "E0201", "two", at: 2..<3)
    let text = DiagnosticRenderer.render([second, first, second], source)
    #expect(
      text.split(separator: "\n").filter { $0.contains("error") } == [
        "t.symbi:1:1: error[E0201]: one", "t.symbi:2:1: error[E0201]: two",
      ])
    let report = DiagnosticReport(second, source)
    #expect(report.start.line == 2 && report.start.column == 1 && report.end.column == 2)
  }

  @Test("the nearest name is found by its letters")
  func nearestName() {
    #expect(NearestName.find("remeber", among: ["remember", "recall", "member"]) == ["remember"])
    #expect(NearestName.find("lne", among: ["len", "join"]) == ["len"])
    #expect(NearestName.find("x", among: ["y", "abc"]).isEmpty)
    #expect(NearestName.find("entirely", among: ["different"]).isEmpty)
    #expect(NearestName.find("", among: ["a"]).isEmpty)
  }
}
