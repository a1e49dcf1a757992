import Testing

@testable import SymbiontLanguage

@Suite("Formatting any program")
struct FormatterPropertyTests {
  @Test("formatting keeps the structure and settles at once")
  func generatedPrograms() {
    for seed in PropertyCount.cases(300) {
      var generator = ProgramGenerator(seed: seed)
      expectStable(generator.program(), "seed \(seed)")
    }
  }

  @Test("comments and line breaks at any place are kept and settle at once")
  func scatteredComments() {
    for seed in PropertyCount.cases(300) {
      var generator = ProgramGenerator(seed: seed, options: .init(maximumDepth: 3, maximumStatements: 3))
      expectStable(scatter(generator.program(), seed), "seed \(seed)")
    }
  }

  @Test("runnable programs keep their structure")
  func runnablePrograms() {
    for seed in PropertyCount.cases(60) {
      var generator = ProgramGenerator(seed: seed)
      expectStable(generator.runnableProgram(), "seed \(seed)")
    }
  }

  private func expectStable(_ text: String, _ label: String) {
    let tree = Parser.parse(SourceText(name: "generated.symbi", text: text))
    guard let formatted = Formatter.format(tree) else {
      Issue.record("\(label): \(DiagnosticRenderer.render(tree.diagnostics, tree.source))")
      return
    }
    FormattingChecks.expectStable(tree, formatted, label)
  }

  /// Puts random comments, line feeds and spaces between the tokens of a program.
  private func scatter(_ text: String, _ seed: UInt64) -> String {
    var random = SeededGenerator(seed: seed &* 31)
    let tree = Parser.parse(SourceText(name: "generated.symbi", text: text))
    var result = ""
    for (index, token) in tree.tokens.enumerated() {
      if index > 0 { result += tree.source.text(tree.tokens[index - 1].end..<token.start) }
      // A reserved word after a dot must stay on its line.
      let isAfterDot = index > 0 && tree.tokens[index - 1].kind == .dot
      if random.once(in: 6), !isAfterDot {
        result += random.pick([
          " // line\n", " # hash \n", " /* block */ ", "\n/* two\n   lines */\n", "\n\n\n", "\n", "\n// own\n",
          "\n\n// own after a gap\n\n", " /* a */ /* b */ ", " // x\r\n", "\n/* leads */ ",
        ])
      }
      result += tree.source.text(token.range)
    }
    return result
  }
}
