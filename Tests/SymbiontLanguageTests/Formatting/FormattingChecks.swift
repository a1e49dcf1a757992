import Testing

@testable import SymbiontLanguage

enum FormattingChecks {
  /// Expects that a formatted text has the structure and the comments of its tree, and is not changed by formatting.
  static func expectStable(_ tree: SyntaxTree, _ formatted: String, _ label: String) {
    let again = Parser.parse(SourceText(name: "formatted.symbi", text: formatted))
    if let first = again.diagnostics.first {
      Issue.record("\(label): \(DiagnosticRenderer.render(first, again.source))\n\(formatted)")
      return
    }
    let difference = zip(SyntaxStructure.describe(tree), SyntaxStructure.describe(again)).first { $0 != $1 }
    if let difference { Issue.record("\(label): \(difference.0) became \(difference.1)\n\(formatted)") }
    #expect(tree.nodes.count == again.nodes.count, "\(label)")
    #expect(SyntaxStructure.significantTokens(tree) == SyntaxStructure.significantTokens(again), "\(label)")
    #expect(SyntaxStructure.comments(tree) == SyntaxStructure.comments(again), "\(label)")
    let twice = Formatter.format(again)
    if twice != formatted {
      Issue.record("\(label): formatting again changes\n\(formatted)\ninto\n\(twice ?? "nothing")")
    }
  }
}
