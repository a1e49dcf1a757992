import Testing

@testable import SymbiontLanguage

@Suite("What the parser says")
struct ParserProblemTests {
  @Test(
    "a problem is named once, where it is, with what to do",
    arguments: [
      (
        "let x = 1\nlet y = 2;",
        """
        t.symbi:2:10: error[E0202]: expected `;` after the statement, found `let`
            2 | let x = 1
              |          ^
              = help: add `;` at the end of the line
        """
      ),
      (
        "let x = a < b < c;",
        """
        t.symbi:2:15: error[E0210]: the comparisons `<` and `<` cannot be chained
            2 | let x = a < b < c;
              |               ^
              = help: write `a < b && b < c`, or use parentheses
        """
      ),
      (
        "f(1, 2;\nlet y = 3;",
        """
        t.symbi:2:7: error[E0203]: expected `)`, found `;`
            2 | f(1, 2;
              |       ^
              = help: the `(` on line 2 is not closed
        """
      ),
      (
        "var x = 3;",
        """
        t.symbi:2:1: error[E0201]: unknown word `var`
            2 | var x = 3;
              | ^^^
              = help: a variable is declared with `let`
        """
      ),
      (
        "if x = 3 { y(); }",
        """
        t.symbi:2:6: error[E0201]: a condition cannot assign
            2 | if x = 3 { y(); }
              |      ^
              = help: equality is `==`
        """
      ),
      (
        "f() += 1;",
        """
        t.symbi:2:1: error[E0211]: cannot assign to `f()`
            2 | f() += 1;
              | ^^^
              = help: assign to a name, `a.field` or `a[i]`; equality is `==`
        """
      ),
      (
        "let x = 99999999999999999999;",
        """
        t.symbi:2:9: error[E0107]: the number `99999999999999999999` is too large
            2 | let x = 99999999999999999999;
              |         ^^^^^^^^^^^^^^^^^^^^
              = help: integers reach from -9223372036854775808 to 9223372036854775807
        """
      ),
      (
        "try { f(); }",
        """
        t.symbi:2:13: error[E0214]: expected `catch` after the `try` block, found `}`
            2 | try { f(); }
              |             ^
              = help: write `catch (e) { … }`
        """
      ),
      (
        "let s = \"a\\qb\";",
        #"""
        t.symbi:2:11: error[E0104]: unknown escape `\q`
            2 | let s = "a\qb";
              |           ^^
              = help: escapes are `\n`, `\t`, `\r`, `\\`, `\"`, `\0` and `\u{…}`; a backslash itself is `\\`
        """#
      ),
      (
        "let x = a not in b;",
        """
        t.symbi:2:11: error[E0201]: `not in` is no operator
            2 | let x = a not in b;
              |           ^^^
              = help: write `!(x in y)`
        """
      ),
      (
        "match x { Foo(y) => 1 }",
        """
        t.symbi:2:11: error[E0215]: unknown constructor `Foo`
            2 | match x { Foo(y) => 1 }
              |           ^^^
              = help: constructors are `Some(p)`, `None`, `Ok(p)` and `Err(p)`
        """
      ),
    ])
  func statements(body: String, expected: String) {
    #expect(problems("agent a {\n\(body)\n}") == expected)
  }

  @Test(
    "a broken file is explained",
    arguments: [
      (
        "agnet a { }",
        """
        t.symbi:1:1: error[E0204]: expected a declaration, found `agnet`
            1 | agnet a { }
              | ^^^^^
              = help: did you mean `agent`?
        """
      ),
      (
        "policy p { alow: exec }",
        """
        t.symbi:1:12: error[E0213]: expected a policy rule, found `alow`
            1 | policy p { alow: exec }
              |            ^^^^
              = help: did you mean `allow`?
        """
      ),
      (
        "agent a {\n  if x {\n    y();\n}\nagent b { }",
        """
        t.symbi:4:2: error[E0203]: expected `}`, found `agent`
            4 | }
              |  ^
              = help: the `{` on line 1 is not closed
        """
      ),
      (
        "function f(x int) { }",
        """
        t.symbi:1:14: error[E0209]: expected `,` or `)`, found `int`
            1 | function f(x int) { }
              |              ^^^
        """
      ),
      (
        "type T = [int]",
        """
        t.symbi:1:10: error[E0207]: `[` begins no type
            1 | type T = [int]
              |          ^
              = help: an array's type is `Array<T>`
        """
      ),
    ])
  func files(text: String, expected: String) {
    #expect(problems(text) == expected)
  }

  @Test("all problems of a file are found in one run, without consequences of the first")
  func manyProblems() {
    let text = """
      agent a {
        let x = ;
        let y = 1
        f(1 2);
        match x { 1 -> 2, 3 => 4; _ => 5 }
        12abc;
        g(3;
        h();
      }
      function f(match: int) { let = 4; }
      policy p { permit: x, allow: }
      """
    let source = SourceText(name: "t.symbi", text: text)
    let found = Parser.parse(source).diagnostics.map { "\(source.line(at: $0.range.lowerBound)) \($0.code)" }
    #expect(
      found == [
        "2 E0206", "3 E0202", "4 E0209", "5 E0201", "5 E0209", "6 E0106", "7 E0203", "10 E0205", "10 E0205",
        "11 E0213", "11 E0206",
      ])
  }

  @Test("every code is in the catalog once")
  func catalog() {
    let codes = DiagnosticCatalog.syntax.map(\.code)
    #expect(Set(codes).count == codes.count)
    #expect(codes == codes.sorted())
    #expect(DiagnosticCatalog.syntax.allSatisfy { !$0.title.isEmpty })
  }

  private func problems(_ text: String) -> String {
    let source = SourceText(name: "t.symbi", text: text)
    return DiagnosticRenderer.render(Parser.parse(source).diagnostics, source)
  }
}
