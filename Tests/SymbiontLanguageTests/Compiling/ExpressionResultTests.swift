import Testing

@Suite("Expressions give the results that the language promises")
struct ExpressionResultTests {
  static let arithmetic: [(String, String)] = [
    ("1 + 2 * 3", "7"),
    ("(1 + 2) * 3 - -4", "13"),
    ("7 / 2", "3"),
    ("-7 / 2", "-3"),
    ("-7 % 4", "-3"),
    ("7.0 / 2", "3.5"),
    ("1 + 0.5", "1.5"),
    ("-9223372036854775808", "-9223372036854775808"),
    ("9223372036854775807 + 1", "Overflow"),
    ("let x = 9223372036854775807; x + 1", "Overflow"),
    ("let x = 1; x + 40000", "40001"),
    ("let x = 1; x - 32768", "-32767"),
    ("let x = 1; x - 32769", "-32768"),
    ("let x = 3; let y = 4; x * x + y * y", "25"),
    ("let x = 5; -x", "-5"),
    ("1 / 0", "DivisionByZero"),
    ("let x = 2.5; x / 0", "DivisionByZero"),
    ("30s + 1m", "90"),
    ("\"a\" + \"b\" + \"c\"", "\"abc\""),
    ("let s = \"a\"; s + 1", "TypeError"),
    ("let s = \"a\"; s - 1", "TypeError"),
  ]

  static let comparisons: [(String, String)] = [
    ("[1 < 2, 2 < 1, 1 <= 1, 2 > 1, 1 > 2, 1 >= 2]", "[true,false,true,true,false,false]"),
    ("[1 == 1.0, 1 == \"1\", [1] == [1], {a: 1, b: 2} == {b: 2, a: 1}]", "[true,false,true,true]"),
    ("[1 != 2, null == null, null != 1]", "[true,true,true]"),
    ("let x = 5; if x < 6 { \"yes\" } else { \"no\" }", "\"yes\""),
    ("let x = 5; if x > 5 { \"yes\" } else { \"no\" }", "\"no\""),
    ("let x = 5; if x >= 5 { \"yes\" } else { \"no\" }", "\"yes\""),
    ("let x = 5; if x <= 4 { \"yes\" } else { \"no\" }", "\"no\""),
    ("let x = 5; if x == 5 { \"yes\" } else { \"no\" }", "\"yes\""),
    ("let x = 5; if x != 5 { \"yes\" } else { \"no\" }", "\"no\""),
    ("let x = 5; let y = 6; [x < y, x > y, if x > y { 1 } else { 2 }, if x >= y { 1 } else { 2 }]", "[true,false,2,2]"),
    ("let x = 100000; if x < 200000 { 1 } else { 2 }", "1"),
    ("let x = null; if x == null { 1 } else { 2 }", "1"),
    ("let x = null; if x != null { 1 } else { 2 }", "2"),
    (
      "[2 in [1, 2], 3 in [1, 2], \"a\" in {a: 1}, \"b\" in {a: 1}, \"el\" in \"hello\"]",
      "[true,false,true,false,true]"
    ),
    ("let x = \"a\"; if x < 1 { 1 } else { 2 }", "TypeError"),
  ]

  static let logic: [(String, String)] = [
    ("[true && false, true && true, false || true, false || false]", "[false,true,true,false]"),
    ("[!true, not false]", "[false,true]"),
    ("let x = 1; x == 1 && x < 5 || x > 100", "true"),
    ("let x = 1; if !(x == 1 && x < 5) || x > 100 { 1 } else { 2 }", "2"),
    ("let x = 1; if (x == 2 || x == 1) && !(x > 3) { 1 } else { 2 }", "1"),
    ("let x = 1; false && x", "false"),
    ("let x = 1; true && x", "TypeError"),
    ("let x = true; x = x && !x; x", "false"),
    ("let x = 0; let y = x != 0 && 10 / x > 1; y", "false"),
    ("let x = 5; if x { 1 } else { 2 }", "TypeError"),
  ]

  static let containers: [(String, String)] = [
    ("[]", "[]"),
    ("let x = {}; x", "{}"),
    ("[1, [2, 3], {a: 4}]", "[1,[2,3],{\"a\":4}]"),
    ("{b: 1, a: 2, \"two words\": 3}", "{\"b\":1,\"a\":2,\"two words\":3}"),
    ("let r = {a: {b: [10, 20]}}; r.a.b[1]", "20"),
    ("let r = {a: 1}; r[\"a\"]", "1"),
    ("let s = \"héllo\"; [s[1], s.length, len(s)]", "[\"é\",5,5]"),
    ("let r = {length: 7}; [r.length, [1, 2].length]", "[7,2]"),
    ("let r = {a: 1}; r.b", "FieldError"),
    ("let a = [1]; a[1]", "IndexError"),
    ("let a = [1]; a[-1]", "IndexError"),
    ("let r = {a: 1}; get(r, \"b\", 5)", "5"),
    ("let r = {a: 1}; r.get(\"b\")", "null"),
  ]

  @Test("an expression has its value", arguments: arithmetic + comparisons + logic + containers)
  func value(_ source: String, _ expected: String) throws {
    let result = try ProgramRunner.result(source)
    if expected.hasSuffix("Error") || ["Overflow", "DivisionByZero"].contains(expected) {
      #expect(result.hasPrefix(expected + ":"), "\(source) gave \(result)")
    } else {
      #expect(result == expected, "\(source)")
    }
  }

  @Test("an array with more elements than a frame has registers is built piece by piece")
  func longLiterals() throws {
    let numbers = (0..<5000).map(String.init).joined(separator: ", ")
    #expect(
      try ProgramRunner.result("let a = [\(numbers)]; [len(a), a[64], a[4999], sum(a)]") == "[5000,64,4999,12497500]")
    let fields = (0..<500).map { "k\($0): \($0)" }.joined(separator: ", ")
    #expect(try ProgramRunner.result("let r = {\(fields)}; [len(r), r.k64, r.k499]") == "[500,64,499]")
  }

  @Test("operands are evaluated from left to right, also when a later one assigns")
  func evaluationOrder() throws {
    #expect(try ProgramRunner.result("let a = 1; a + (if true { a = 10; 5 } else { 0 })") == "6")
    #expect(try ProgramRunner.result("let a = [1]; [a[0], if true { a[0] = 9; 2 } else { 0 }, a[0]]") == "[1,2,9]")
    #expect(try ProgramRunner.result("let a = [1]; a[0] == (if true { a[0] = 9; 1 } else { 0 })") == "true")
    #expect(try ProgramRunner.result("let i = 0; let a = [5, 6]; a[i] + a[if true { i = 1; 1 } else { 0 }]") == "11")
  }
}
