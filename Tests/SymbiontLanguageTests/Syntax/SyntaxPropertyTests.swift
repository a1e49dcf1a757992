import Testing

@testable import SymbiontLanguage

@Suite("Any bytes")
struct SyntaxPropertyTests {
  @Test("random bytes make a whole tree, or a tree with diagnostics, and never a trap")
  func randomBytes() {
    let alphabet = Array(
      "agent policy type function let return if else for in while match try catch throw with { } ( ) [ ] , ; : . -> => | _ .. = += == ! < > \"a\" \" \\ // # /* */ 1 2.5 3s vault:// \n\t é \u{1F600}"
        .utf8)
    for seed in PropertyCount.cases(2_000) {
      var random = SeededGenerator(seed: seed)
      let isText = random.once(in: 2)
      let bytes = (0..<random.below(80)).map { _ in
        isText ? random.pick(alphabet) : UInt8.random(in: 0...255, using: &random)
      }
      check(bytes, seed)
    }
  }

  @Test("random words make a whole tree")
  func randomWords() {
    let words = [
      "agent", "policy", "type", "function", "metadata", "tool", "memory", "channel", "with", "let", "return", "if",
      "else", "for", "in", "while", "match", "try", "catch", "throw", "not", "null", "x", "y", "{", "}", "(", ")", "[",
      "]", ",", ";", ":", ".", "->", "=>", "|", "_", "..", "=", "+=", "==", "-", "!", "<", ">", "\"s\"", "1", "2.5",
      "3s",
      "vault://k", "\n", "// c\n", "/* c */", "allow", "input", "output", "Some", "None",
    ]
    for seed in PropertyCount.cases(1_000) {
      var random = SeededGenerator(seed: seed)
      let text = (0..<random.below(60)).map { _ in random.pick(words) }.joined(separator: " ")
      check(Array(text.utf8), seed)
    }
  }

  @Test("damaged programs make a whole tree")
  func damagedPrograms() {
    for seed in PropertyCount.cases(2_000) {
      var random = SeededGenerator(seed: seed)
      var generator = ProgramGenerator(seed: seed, options: .init(maximumDepth: 3, maximumStatements: 3))
      var bytes = Array(generator.program().utf8.prefix(600))
      for _ in 0..<1 + random.below(3) where !bytes.isEmpty { damage(&bytes, &random) }
      check(bytes, seed)
    }
  }

  private func damage(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
    let place = random.below(bytes.count)
    switch random.below(4) {
    case 0: bytes.remove(at: place)
    case 1: bytes.insert(random.pick(Array("{}()[];,.:=\"/*#\\x1 \n".utf8)), at: place)
    case 2: bytes.removeSubrange(place..<min(bytes.count, place + random.below(30)))
    default: bytes.insert(contentsOf: bytes[random.below(place + 1)...place], at: place)
    }
  }

  private func check(_ bytes: [UInt8], _ seed: UInt64) {
    let source = SourceText(name: "random.symbi", bytes: bytes)
    let tree = Parser.parse(source)
    if let flaw = SyntaxStructure.flaw(tree) {
      Issue.record("seed \(seed): \(flaw) in\n\(String(decoding: bytes, as: UTF8.self))")
    }
    let starts = tree.diagnostics.map(\.range.lowerBound)
    #expect(starts == starts.sorted(), "seed \(seed)")
    #expect(tree.diagnostics.allSatisfy { $0.range.upperBound <= bytes.count }, "seed \(seed)")
    _ = DiagnosticRenderer.render(tree.diagnostics, source)
    if let formatted = Formatter.format(tree) {
      FormattingChecks.expectStable(tree, formatted, "seed \(seed)")
    } else {
      #expect(!tree.diagnostics.isEmpty, "seed \(seed)")
    }
  }

  @Test("every generated program is valid")
  func generatedPrograms() {
    for seed in PropertyCount.cases(300) {
      var generator = ProgramGenerator(seed: seed)
      let source = SourceText(name: "generated.symbi", text: generator.program())
      let tree = Parser.parse(source)
      if let first = tree.diagnostics.first {
        Issue.record("seed \(seed): \(DiagnosticRenderer.render(first, source))")
      }
      if let flaw = SyntaxStructure.flaw(tree) { Issue.record("seed \(seed): \(flaw)") }
    }
  }

  @Test("every runnable generated program is valid", arguments: [false, true])
  func runnablePrograms(usesEffects: Bool) {
    for seed in PropertyCount.cases(100) {
      var generator = ProgramGenerator(seed: seed, options: .init(usesEffects: usesEffects))
      let source = SourceText(name: "runnable.symbi", text: generator.runnableProgram())
      if let first = Parser.parse(source).diagnostics.first {
        Issue.record("seed \(seed): \(DiagnosticRenderer.render(first, source))")
      }
    }
  }
}
