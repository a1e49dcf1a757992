import Testing

@Suite("Statements do what the language promises")
struct StatementResultTests {
  static let assignments: [(String, String)] = [
    ("let x = 5; x = x + 1; x -= 2; x *= 3; x /= 2; x %= 4; x", "2"),
    ("x = 1; x += 1; x", "2"),
    ("let x = 1; if true { let x = 2; x += 1; } x", "1"),
    ("let a = [1, 2, 3]; a[1] = 9; let b = a; b[0] = 7; [a, b]", "[[1,9,3],[7,9,3]]"),
    ("let r = {}; r.a = 1; r[\"b\"] = 2; r", "{\"a\":1,\"b\":2}"),
    (
      "let r = {a: {b: [1, {c: 2}]}}; let s = r; r.a.b[1].c = 5; r.a.b[1].c += 10; [r.a.b[1].c, s.a.b[1].c]", "[15,2]"
    ),
    ("let r = {n: [1]}; let n = r.n; r.n += [2, 3]; r.n = push(r.n, 4); [r, n]", "[{\"n\":[1,2,3,4]},[1]]"),
    ("let r = {a: 1}; r.a = r; r", "{\"a\":{\"a\":1}}"),
    ("let a = [1]; a += [2]; a = push(a, a); a = a.push(3); a", "[1,2,[1,2],3]"),
    ("let m = [[1, 2], [3, 4]]; let old = m; m[0][1] = m[1][0] + m[1][1]; [m, old]", "[[[1,7],[3,4]],[[1,2],[3,4]]]"),
    ("let a = [1, 2]; let i = 0; a[i] += 5; a[i + 1] *= 10; a", "[6,20]"),
    ("let a = 1; a += [1]", "TypeError"),
    ("let a = 1; a += []", "TypeError"),
    ("let a = [1]; a[5] = 1", "IndexError"),
    ("let a = [1]; a.b.c = 1", "TypeError"),
    ("let r = {}; r.a.b = 1", "FieldError"),
    ("let x = 1; x = if x == 1 { x = 5; x + 1 } else { 0 }; x", "6"),
    ("let x = 1; x = try { x + 1 / 0 } catch (e) { x + 10 }; x", "11"),
    ("let x = [1, 2]; x = [x[1], x[0], x]; x", "[2,1,[1,2]]"),
  ]

  static let control: [(String, String)] = [
    ("let s = 0; for i in range(0, 10) { if i == 3 { continue; } if i > 7 { break; } s += i; } s", "25"),
    ("let s = 0; for i in range(3, 1) { s += i; } s", "0"),
    ("let s = 0; for i in range(0, 3) { for j in range(0, 3) { if j > i { break; } s += 1; } } s", "6"),
    ("for i in range(0, \"a\") { }", "TypeError"),
    ("let s = 0; let i = 0; while i < 5 { i += 1; if i == 2 { continue; } s += i; } s", "13"),
    ("let i = 0; while true { i += 1; if i > 9 { break; } } i", "10"),
    ("let k = []; for key in {b: 1, a: 2} { k = push(k, key); } k", "[\"b\",\"a\"]"),
    ("let s = \"\"; for c in \"héy\" { s = c + s; } s", "\"yéh\""),
    ("let a = [1, 2]; let n = 0; for x in a { a = push(a, x); n += 1; } [a, n]", "[[1,2,1,2],2]"),
    ("let a = [[1], [2]]; for x in a { x[0] = 9; } a", "[[1],[2]]"),
    ("let n = 5; for x in n { }", "TypeError"),
    ("if false { 1 }", "null"),
    ("if false { 1 } else if 1 < 2 { 2 } else { 3 }", "2"),
    ("if let x = null { 1 } else if let Some(y) = 3 { y + 1 } else { 0 }", "4"),
    ("let r = {a: 1}; if let x = get(r, \"b\") { x } else { \"none\" }", "\"none\""),
    ("let x = if 1 < 2 { let y = 4; y * 2 } else { 0 }; x", "8"),
    ("let x = 1;", "null"),
    ("return 5;", "5"),
    ("return;", "null"),
    ("with timeout = 30s { let x = 1; x + 1 }", "2"),
    ("let x = 1; with memory = \"persistent\" { x += 1; } x", "2"),
    ("let f = () => { for i in range(0, 10) { if i == 4 { return i; } } }; f()", "4"),
  ]

  static let declaredTypes: [(String, String)] = [
    ("let x: float = 1; x", "1.0"),
    ("let x: int = int(\"4\"); x", "4"),
    ("let s = \"a\"; let x: int = s; x", "TypeError"),
    ("let x: Array<int> = [1, \"a\"]; x", "TypeError"),
    ("let x: Optional<int> = null; x", "null"),
  ]

  @Test("statements leave the expected value", arguments: assignments + control + declaredTypes)
  func value(_ source: String, _ expected: String) throws {
    let result = try ProgramRunner.result(source)
    if expected.hasSuffix("Error") {
      #expect(result.hasPrefix(expected + ":"), "\(source) gave \(result)")
    } else {
      #expect(result == expected, "\(source)")
    }
  }

  @Test("a failed assignment leaves the variable as it was")
  func failedAssignment() throws {
    #expect(try ProgramRunner.result("let x = 1; try { x = x / 0; } catch (e) { } x") == "1")
    #expect(try ProgramRunner.result("let x = true; let n = 1; try { x = x && n; } catch (e) { } x") == "true")
    #expect(try ProgramRunner.result("let a = [1, 2]; try { a = [a[0], a[9]]; } catch (e) { } a") == "[1,2]")
    #expect(
      try ProgramRunner.result("let r = {a: [1]}; try { r.a[0] += \"x\"; } catch (e) { } r") == "{\"a\":[1]}")
  }

  @Test("appending in place costs the same however long the list is")
  func appendsInPlace() throws {
    let grow =
      "let r = {items: []}; let a = []; for i in range(0, 20000) { a = push(a, i); r.items = push(r.items, i); }"
    #expect(try ProgramRunner.result("\(grow) [len(a), len(r.items), len(a) == len(r.items)]") == "[20000,20000,true]")
  }

  @Test("reading an element of an element does not make the next write copy the row")
  func nestedReads() throws {
    // Each write would copy 1,000 elements if the read before it had marked the row: far more than the fuel allows.
    let source = """
      let m = [range(0, 1000)];
      for i in range(1, 1000) { m[0][i] = m[0][i - 1] + m[0][i] % 2; }
      m[0][999]
      """
    #expect(try ProgramRunner.result(source) == "500")
  }

  @Test("a function whose jumps are longer than sixteen bits is compiled all the same")
  func longJumps() throws {
    let body = (0..<9000).map { "if x == \($0) { y += \($0); }" }.joined(separator: "\n")
    let source = """
      let x = 8999; let y = 0;
      while y < 1 {
        if x > 0 { \(body) } else { y = 1; }
      }
      match y { 1 => "one", 8999 => "right", _ => "other" }
      """
    #expect(try ProgramRunner.result(source) == "\"right\"")
  }
}
