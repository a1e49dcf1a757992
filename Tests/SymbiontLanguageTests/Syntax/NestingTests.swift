import Foundation
import Testing

@testable import SymbiontLanguage

@Suite("Deep and large programs")
struct NestingTests {
  /// A small stack; under a sanitizer, whose frames are larger, `scripts/sanitize` gives a factor.
  private static let stackBytes =
    (512 << 10) * (ProcessInfo.processInfo.environment["SYMBIONT_STACK_FACTOR"].flatMap { Int($0) } ?? 1)

  private static let openings: [(name: String, prefix: String, suffix: String)] = [
    ("parentheses", "(", ")"), ("arrays", "[", "]"), ("records", "{ a: ", "}"), ("signs", "- ", ""),
    ("calls", "f(", ")"), ("lambdas", "x => ", ""), ("blocks", "() => { ", "}"), ("choices", "if a { ", "}"),
    ("else", "if a { } else ", ""), ("match", "match a { _ => ", "}"), ("operators", "a + ", ""),
    ("loose operators", "a || b && c == d < e + f * (", ")"), ("members", "a.b(", ")"), ("index", "a[", "]"),
    ("try", "try { ", "} catch { }"),
  ]

  @Test("nesting at any depth is answered on a small stack", arguments: [30, 90, 1_000, 5_000])
  func nesting(depth: Int) async {
    for opening in Self.openings {
      let text =
        "agent a { let x = " + String(repeating: opening.prefix, count: depth)
        + (opening.name == "else" ? "{ }" : "1" + String(repeating: opening.suffix, count: depth)) + "; }"
      let codes = await parseOnSmallStack(text)
      if depth > Parser.maximumHeight {
        #expect(codes == ["E0212"], "\(opening.name) \(depth)")
      } else if depth <= 30 {
        #expect(codes == [], "\(opening.name) \(depth)")
      }
    }
    let types = String(repeating: "Array<", count: depth) + "int" + String(repeating: ">", count: depth)
    let patterns = String(repeating: "[", count: depth) + "x" + String(repeating: "]", count: depth)
    let isDeep = depth > Parser.maximumHeight
    #expect(await parseOnSmallStack("type T = \(types)") == (isDeep ? ["E0212"] : []))
    #expect(await parseOnSmallStack("agent a { match x { \(patterns) => 1 } }") == (isDeep ? ["E0212"] : []))
  }

  @Test("long chains end with a diagnostic, not with a tall tree")
  func chains() async {
    for link in [" + a", ".b", "[1]", "(1)", " && a"] {
      let text = "agent a { let x = a" + String(repeating: link, count: 5_000) + "; }"
      #expect(await parseOnSmallStack(text) == ["E0212"], "\(link)")
      let short = "agent a { let x = a" + String(repeating: link, count: 150) + "; }"
      #expect(await parseOnSmallStack(short) == [], "\(link)")
    }
  }

  @Test("the number of diagnostics is bounded, and the rest is counted")
  func manyProblems() throws {
    let source = SourceText(name: "x", text: "agent a { " + String(repeating: "let = ;", count: 5_000) + "}")
    let diagnostics = Parser.parse(source).diagnostics
    #expect(diagnostics.count == DiagnosticCollection.maximumCount + 1)
    #expect(diagnostics.last?.code == "E0200")
    let rendered = DiagnosticRenderer.render(diagnostics, source)
    #expect(rendered.hasSuffix("… and \(diagnostics.count - DiagnosticRenderer.maximumCount) more"))
  }

  @Test("opening brackets without end on one long line take linear time", .timeLimit(.minutes(2)))
  func longBrokenLine() {
    for unit in ["[;", "(;", "f(;", "\"", "x = ;", "}", "{;", "match x {;", "@ "] {
      let text = "agent a { " + String(repeating: unit, count: PropertyCount.cases(4_000).count)
      let tree = Parser.parse(SourceText(name: "x", text: text))
      #expect(SyntaxStructure.flaw(tree) == nil, "\(unit)")
    }
  }

  /// Parses and formats on a thread with 512 KiB of stack.
  private func parseOnSmallStack(_ text: String) async -> [String] {
    await withCheckedContinuation { continuation in
      let thread = Thread {
        let tree = Parser.parse(SourceText(name: "deep.symbi", text: text))
        let formatted = Formatter.format(tree)
        continuation.resume(
          returning: (formatted == nil) == tree.diagnostics.isEmpty ? ["format"] : tree.diagnostics.map(\.code))
      }
      thread.stackSize = Self.stackBytes
      thread.start()
    }
  }
}
