import Testing

@testable import SymbiontLanguage

@Suite("The lexer")
struct LexerTests {
  private func kinds(_ text: String) -> [TokenKind] {
    Lexer.tokenize(SourceText(name: "test.symbi", text: text)).tokens.dropLast().map(\.kind)
  }

  @Test(
    "each spelling is one token",
    arguments: [
      ("name _x x1 match2", [.identifier, .identifier, .identifier, .identifier]),
      ("agent policy with tool", [.identifier, .identifier, .identifier, .identifier]),
      ("_ .. . -> => = == ! !=", [.underscore, .ellipsis, .dot, .arrow, .fatArrow, .assign, .equal, .bang, .notEqual]),
      ("| || && <= >= < >", [.pipe, .orOr, .andAnd, .lessEqual, .greaterEqual, .less, .greater]),
      ("+= -= *= /= %= / %", [.plusAssign, .minusAssign, .starAssign, .slashAssign, .percentAssign, .slash, .percent]),
      ("1 1_0 1.5 1e3 2.5e-3", [.integer, .integer, .float, .float, .float]),
      ("3s 3ms 1.5h 2months 30.seconds", [.duration, .duration, .duration, .duration, .duration]),
      ("1.len 5 .seconds", [.integer, .dot, .identifier, .integer, .dot, .identifier]),
      ("vault://a/b-c.d_e vault : vault", [.secretReference, .identifier, .colon, .identifier]),
      ("a // b\n# c\n/* d /* e */ */ f", [.identifier, .identifier]),
      ("\"a\nb\" \"\\\"\"", [.string, .string]),
      ("\u{FEFF}let", [.let]),
    ] as [(String, [TokenKind])])
  func spellings(text: String, expected: [TokenKind]) {
    #expect(kinds(text) == expected)
  }

  @Test("every reserved word is found, and nothing longer or shorter")
  func reservedWords() {
    for kind in TokenKind.allCases {
      guard let word = kind.reservedWord else { continue }
      #expect(kinds(word) == [kind])
      #expect(kinds(word + "s") == [.identifier])
      #expect(kinds(String(word.dropLast()) + "X") == [.identifier])
    }
  }

  @Test(
    "what is no token is one diagnostic for the run",
    arguments: [
      ("let @@@ x", "E0101"), ("'a", "E0101"), ("a & b", "E0101"), ("größe", "E0101"), ("\"abc", "E0103"),
      ("\"\\q\"", "E0104"), ("\"\\u{zz}\"", "E0104"), ("/* /* */", "E0105"), ("12abc", "E0106"), ("1_ ", "E0106"),
      ("vault:// ", "E0108"),
    ])
  func lexicalProblems(text: String, code: String) {
    let result = Lexer.tokenize(SourceText(name: "test.symbi", text: text))
    #expect(result.diagnostics.map(\.code) == [code])
  }

  @Test("bytes that are not UTF-8 are one diagnostic a run, wherever they stand")
  func invalidEncoding() {
    for bytes in [[0xFF, 0xFE], [0x22, 0xC3, 0x28, 0x22], [0x23, 0x80, 0x80], [0x22, 0xED, 0xA0, 0x80, 0x22]]
      as [[UInt8]]
    {
      let result = Lexer.tokenize(SourceText(name: "test.symbi", bytes: bytes))
      #expect(result.diagnostics.map(\.code) == ["E0102"], "\(bytes)")
    }
  }

  @Test("a file that is too large is cut and reported")
  func largeFile() {
    let source = SourceText(name: "x", bytes: Array(repeating: 0x20, count: SourceText.maximumByteCount + 1))
    #expect(source.isTruncated && source.bytes.count == SourceText.maximumByteCount)
    #expect(Lexer.tokenize(source).diagnostics.map(\.code) == ["E0109"])
  }

  @Test("a missing quote is reported where it is missing, once")
  func missingQuote() {
    let text = "agent a {\n  let x = \"abc;\n  let y = \"def\";\n  let z = \"ghi\";\n}\n"
    let tree = Parser.parse(SourceText(name: "test.symbi", text: text))
    #expect(tree.diagnostics.map(\.code) == ["E0103"])
    #expect(tree.source.line(at: tree.diagnostics.first?.range.lowerBound ?? 0) == 2)
  }
}
