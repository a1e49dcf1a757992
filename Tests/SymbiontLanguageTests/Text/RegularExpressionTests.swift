import Testing

@testable import SymbiontLanguage

@Suite("regular expressions")
struct RegularExpressionTests {
  @Test(
    "a malformed pattern is refused with the place",
    arguments: [
      ("(a", .unbalancedGroup, 0), ("a)", .unbalancedGroup, 1), ("é(a", .unbalancedGroup, 2),
      ("(?i", .unbalancedGroup, 0),
      ("[a", .unbalancedClass, 0), ("[]", .unbalancedClass, 0), ("[z-a]", .malformedRange, 1),
      ("[a-\\d]", .malformedRange, 1), ("*", .nothingToRepeat, 0), ("a**", .nothingToRepeat, 2),
      ("a{2}{3}", .nothingToRepeat, 4), ("(|*)", .nothingToRepeat, 2), ("{1}", .nothingToRepeat, 0),
      ("a{3,2}", .malformedRepetition, 1), ("a{1001}", .malformedRepetition, 1),
      ("a{99999999999999999999}", .malformedRepetition, 1), ("\\", .unknownEscape, 0), ("a\\q", .unknownEscape, 1),
      ("\\x4", .unknownEscape, 0), ("\\u{110000}", .unknownEscape, 0), ("\\u{}", .unknownEscape, 0),
      ("\\uD800", .unknownEscape, 0), ("[\\q]", .unknownEscape, 1), ("(?P<n>a)", .unknownGroup, 0),
      ("(?)", .unknownGroup, 0), ("(?ix)", .unknownGroup, 0), ("(?=a)", .notRegular, 0), ("(?<!a)", .notRegular, 0),
      ("(a)\\1", .notRegular, 3), ("((a{100}){100}){100}", .patternTooLarge, 0),
    ] as [(String, RegularExpressionError.Reason, Int)])
  func refusals(pattern: String, reason: RegularExpressionError.Reason, offset: Int) {
    let error = #expect(throws: RegularExpressionError.self) { try RegularExpression(pattern) }
    #expect(error?.reason == reason)
    #expect(error?.offset == offset)
    #expect(error?.description.isEmpty == false)
  }

  @Test("patterns nested or written out beyond the bounds are refused quickly")
  func bounds() {
    let deep = String(repeating: "(", count: 1000) + String(repeating: ")", count: 1000)
    #expect(throws: RegularExpressionError.self) { try RegularExpression(deep) }
    #expect(throws: RegularExpressionError.self) { try RegularExpression(String(repeating: "a", count: 5000)) }
    // A thousand copies of a thousand copies of … of nothing.
    let nothing = (0..<20).reduce("") { pattern, _ in "(?:\(pattern)){1000}" }
    #expect(throws: Never.self) { try RegularExpression(nothing) }
  }

  @Test(
    "the first match is the one a backtracking search finds",
    arguments: [
      ("abc", "xabcx", "abc"), ("a|ab", "ab", "a"), ("ab|a", "ab", "ab"), ("a*", "aaa", "aaa"), ("a*?", "aaa", ""),
      ("a+?b", "aab", "aab"), ("a{2}", "aaa", "aa"), ("a{2,}", "aaaa", "aaaa"), ("a{1,2}?", "aaa", "a"),
      ("^b", "ab", nil),
      ("b$", "ab", "b"), ("(?m)^b$", "a\nb\nc", "b"), (".+", "a\nb", "a"), ("(?s).+", "a\nb", "a\nb"),
      ("\\d+", "ab123c", "123"), ("\\D+", "12ab3", "ab"), ("[^a-c]+", "abxyc", "xy"), ("[]a]+", "x]a]", "]a]"),
      ("[a-]+", "x-a-", "-a-"), ("[\\w.]+", "!a.b_9!", "a.b_9"), ("\\bfoo\\b", "a foo b", "foo"),
      ("\\bfoo\\b", "afoo", nil),
      ("\\Boo\\b", "foo", "oo"), ("(?i)straSSe", "STRASSE", "STRASSE"), ("(?i)[a-z]+", "ABC", "ABC"),
      ("(?i)É", "é", "é"),
      ("(?i)[^a]", "A", nil), ("a(?i)b(?-i)c", "aBc", "aBc"), ("a(?i:b)c", "aBC", nil), ("\\u{1F600}+", "x😀😀", "😀😀"),
      (".", "😀", "😀"), ("\\x41\\u0042\\t", "AB\t", "AB\t"), ("{", "a{", "{"), ("a{,2}", "a{,2}", "a{,2}"),
      ("a{x", "a{x", "a{x"),
      ("x*", "", ""), ("", "abc", ""), ("$", "", ""), ("(a|b)*c", "ababc", "ababc"), ("(?:)*", "a", ""),
      ("(a*)*", "aa", "aa"),
      ("(|a)*", "aa", ""), ("(|a)+", "aa", ""), ("(a*)+b", "aab", "aab"), ("\\Aab\\z", "ab", "ab"), ("}", "}", "}"),
      ("[\\]\\-^]+", "^-]", "^-]"), ("[^\\S\\n]+", "a \tb", " \t"),
    ] as [(String, String, String?)])
  func firstMatches(pattern: String, text: String, expected: String?) throws {
    let expression = try RegularExpression(pattern)
    let match = try expression.firstMatch(in: text)
    #expect(match.map { String(text[$0.range]) } == expected)
    #expect(try expression.matches(text) == (expected != nil))
  }

  @Test("groups tell what they matched last, or that they took no part")
  func groups() throws {
    let text = "née 2026-11-22"
    let match = try #require(try RegularExpression("(\\d+)-(\\d+)-(\\d+)(x)?").firstMatch(in: text))
    #expect(match.groups.map { $0.map { String(text[$0]) } } == ["2026", "11", "22", nil])
  }

  @Test("generated patterns match as the naive oracle does", arguments: [81 as UInt64, 82, 83])
  func oracle(seed: UInt64) throws {
    var generator = SampleGenerator(seed: seed)
    var compared = 0
    for round in 0..<1500 {
      let pattern = Self.pattern(&generator, depth: 4)
      let text = (0..<Int.random(in: 0...8, using: &generator)).map { _ in generator.pick(["a", "b", "A", "\n", "é"]) }
        .joined()
      guard let expression = try? RegularExpression(pattern) else { continue }
      let answer = try BacktrackingOracle(pattern, text: text).firstMatch()
      guard answer != .gaveUp else { continue }
      compared += 1
      let match = try expression.firstMatch(in: text)
      #expect(Self.answer(match, in: text) == answer, "seed \(seed), round \(round): \(pattern) on \(text)")
      #expect(try expression.matches(text) == (match != nil))
    }
    #expect(compared > 1000)
  }

  @Test("patterns that make backtracking explode are answered in linear time")
  func linearTime() throws {
    let text = String(repeating: "a", count: 2000)
    for pattern in ["(a*)*b", "(a|aa)+$b", "(a|a?)+b", "(?:a?){100}a{100}b", "(.*)(.*)(.*)(.*)b"] {
      let expression = try RegularExpression(pattern)
      var steps = 4000 * (text.utf8.count + 1)
      #expect(try !expression.matches(text, steps: &steps), "\(pattern)")
    }
  }

  @Test("a search stops when its steps are used up")
  func budget() throws {
    let expression = try RegularExpression("(a|b)+c")
    var steps = 1000
    let error = #expect(throws: RegularExpressionError.self) {
      try expression.matches(String(repeating: "ab", count: 1000), steps: &steps)
    }
    #expect(error?.reason == .budgetExceeded)
    #expect(steps == 0)
    steps = 1000
    #expect(try expression.matches("abc", steps: &steps))
    #expect(steps < 1000 && steps > 900)
  }

  @Test("random patterns are compiled or refused, never a trap", arguments: [91 as UInt64])
  func fuzz(seed: UInt64) {
    var generator = SampleGenerator(seed: seed)
    let pieces = [
      "(", ")", "[", "]", "{", "}", "1", ",", "a", "-", "^", "$", "\\", "d", "b", "?", "*", "+", "|", "(?i", ":", "é",
    ]
    for _ in 0..<10_000 {
      let pattern = (0..<Int.random(in: 0...12, using: &generator)).map { _ in generator.pick(pieces) }.joined()
      guard let expression = try? RegularExpression(pattern) else { continue }
      var steps = 100_000
      _ = try? expression.firstMatch(in: generator.text(), steps: &steps)
    }
  }

  private static func pattern(_ generator: inout SampleGenerator, depth: Int) -> String {
    let choice = Int.random(in: 0..<(depth > 0 ? 12 : 5), using: &generator)
    switch choice {
    case 0, 1, 2: return generator.pick(["a", "b", "é"])
    case 3: return generator.pick([".", "[ab]", "[^a]", "\\w", "(?i:a)", "\\W"])
    case 4: return generator.pick(["^", "$", "\\b", "\\B", "", "(?m:^)", "(?m:$)"])
    case 5: return "(\(pattern(&generator, depth: depth - 1)))"
    case 6: return "(?:\(pattern(&generator, depth: depth - 1))|\(pattern(&generator, depth: depth - 1)))"
    case 7, 8:
      let quantifier = generator.pick(["*", "+", "?", "{2}", "{1,2}", "{0,2}", "{2,}", "{0}"])
      return "(?:\(pattern(&generator, depth: depth - 1)))\(quantifier)\(generator.chance(30) ? "?" : "")"
    default: return pattern(&generator, depth: depth - 1) + pattern(&generator, depth: depth - 1)
    }
  }

  private static func answer(_ match: RegularExpression.Match?, in text: String) -> BacktrackingOracle.Answer {
    guard let match else { return .noMatch }
    let scalars = text.unicodeScalars
    let slots = ([match.range] + match.groups).flatMap { range -> [Int] in
      guard let range else { return [-1, -1] }
      return [
        scalars.distance(from: scalars.startIndex, to: range.lowerBound),
        scalars.distance(from: scalars.startIndex, to: range.upperBound),
      ]
    }
    return .match(slots)
  }
}
