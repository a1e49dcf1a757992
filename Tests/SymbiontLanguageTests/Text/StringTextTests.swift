import SymbiontLanguage
import Testing

@Suite("functions on strings")
struct StringTextTests {
  @Test("strings are measured and sliced by Unicode scalars")
  func scalars() throws {
    #expect(StringText.length("abc") == 3)
    #expect(StringText.length("e\u{301}😀") == 3)
    #expect(StringText.slice("a😀b", from: 1, to: 2) == "😀")
    #expect(StringText.slice("abc", from: 1) == "bc")
    #expect(StringText.slice("abc", from: -5, to: 99) == "abc")
    #expect(StringText.slice("abc", from: 2, to: 1) == "")
    #expect(StringText.slice("abc", from: 9) == "")
    #expect(StringText.slice("aé", from: .min, to: .max) == "aé")
    #expect(StringText.scalar("a😀", at: 1) == "😀")
    #expect(StringText.scalar("a", at: 1) == nil)
    #expect(StringText.scalar("a", at: -1) == nil)
    #expect(StringText.scalar("a", at: .max) == nil)
    #expect(StringText.reversed("ab😀") == "😀ba")
    #expect(try StringText.scalars("a\r\n") == ["a", "\r", "\n"])
  }

  @Test("searching sees scalars, not canonical equivalence")
  func searching() {
    #expect(StringText.contains("abcabd", "abd"))
    #expect(!StringText.contains("ab", "abc"))
    #expect(StringText.contains("ab", ""))
    #expect(!StringText.contains("é", "e\u{301}"))
    #expect(StringText.contains("e\u{301}", "e"))
    #expect(StringText.startsWith("a\r\nb", "a\r"))
    #expect(!StringText.startsWith("a", "ab"))
    #expect(StringText.endsWith("a\r\n", "\n"))
    #expect(StringText.endsWith("a", ""))
    #expect(!StringText.endsWith("a", "ba"))
  }

  @Test("splitting keeps empty pieces, an empty separator separates scalars")
  func splitting() throws {
    #expect(try StringText.split("a,b,,c,", separator: ",") == ["a", "b", "", "c", ""])
    #expect(try StringText.split("", separator: ",") == [""])
    #expect(try StringText.split("aaa", separator: "aa") == ["", "a"])
    #expect(try StringText.split("aé", separator: "") == ["a", "é"])
    #expect(throws: TextError.tooManyPieces(maximum: 3)) {
      try StringText.split(",,,", separator: ",", maximumCount: 3)
    }
    #expect(throws: TextError.tooManyPieces(maximum: 2)) { try StringText.split("abc", separator: "", maximumCount: 2) }
  }

  @Test("replacing goes from the left and does not look at what it put in")
  func replacing() throws {
    #expect(try StringText.replace("aaa", "a", with: "aa") == "aaaaaa")
    #expect(try StringText.replace("aaa", "aa", with: "b") == "ba")
    #expect(try StringText.replace("abc", "x", with: "y") == "abc")
    #expect(throws: TextError.emptyPattern) { try StringText.replace("abc", "", with: "y") }
  }

  @Test("results beyond the bound are refused before they are made")
  func bounds() throws {
    let long = String(repeating: "x", count: 1000)
    #expect(throws: TextError.tooLong(maximumByteCount: 5000)) {
      try StringText.replace("aaaaaaaaaa", "a", with: long, maximumByteCount: 5000)
    }
    #expect(throws: TextError.tooLong(maximumByteCount: 5000)) {
      try StringText.join([String](repeating: long, count: 6), separator: "", maximumByteCount: 5000)
    }
    #expect(try StringText.join([long, long], separator: "-", maximumByteCount: 2001).utf8.count == 2001)
  }

  @Test("trimming takes Unicode white space from both ends, case follows Unicode")
  func trimming() {
    #expect(StringText.trim("\u{3000} a b\r\n\u{A0}") == "a b")
    #expect(StringText.trim(" \t") == "")
    #expect(StringText.upper("straße é") == "STRASSE É")
    #expect(StringText.lower("ÀB") == "àb")
  }

  @Test("split and join are inverses; contains agrees with a naive search", arguments: [121 as UInt64])
  func properties(seed: UInt64) throws {
    var generator = SampleGenerator(seed: seed)
    for _ in 0..<2000 {
      let text = (0..<Int.random(in: 0...20, using: &generator)).map { _ in generator.pick(["a", "b", "é"]) }.joined()
      let pattern = (0..<Int.random(in: 1...4, using: &generator)).map { _ in generator.pick(["a", "b", "é"]) }.joined()
      let pieces = try StringText.split(text, separator: pattern)
      #expect(try StringText.join(pieces, separator: pattern) == text)
      #expect(pieces.allSatisfy { !StringText.contains($0, pattern) })
      let bytes = Array(text.utf8)
      let naive = bytes.indices.contains { bytes[$0...].starts(with: pattern.utf8) }
      #expect(StringText.contains(text, pattern) == naive)
      #expect(try StringText.replace(text, pattern, with: "-") == pieces.joined(separator: "-"))
    }
  }
}
