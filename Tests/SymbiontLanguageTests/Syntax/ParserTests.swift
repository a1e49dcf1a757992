import Testing

@testable import SymbiontLanguage

@Suite("The parser")
struct ParserTests {
  /// The first statement of an agent in short form.
  private func statement(_ text: String) -> String {
    let tree = Parser.parse(SourceText(name: "test.symbi", text: "agent a { \(text) }"))
    #expect(tree.diagnostics.isEmpty, "\(DiagnosticRenderer.render(tree.diagnostics, tree.source))")
    return SyntaxStructure.expression(tree, tree.child(tree.child(tree.root, 0), 2))
  }

  @Test(
    "operators bind from loosest to tightest",
    arguments: [
      ("a || b && c;", "(binary:|| identifier:a (binary:&& identifier:b identifier:c))"),
      ("a + b * c - d;", "(binary:- (binary:+ identifier:a (binary:* identifier:b identifier:c)) identifier:d)"),
      ("a == b < c;", "(binary:== identifier:a (binary:< identifier:b identifier:c))"),
      ("a in b && c;", "(binary:&& (binary:in identifier:a identifier:b) identifier:c)"),
      ("not a.b + -c;", "(binary:+ (unary:not (member:b identifier:a)) (unary:- identifier:c))"),
      ("-9223372036854775808;", "(unary:- integerLiteral:9223372036854775808)"),
      ("a[1](2).b;", "(member:b (call:( (index:[ identifier:a integerLiteral:1) integerLiteral:2))"),
      ("x => y + 1;", "(lambda:=> (parameters:x (parameter:x -)) (binary:+ identifier:y integerLiteral:1))"),
      ("{ a: 1 };", "(recordLiteral:{ (recordField:a integerLiteral:1))"),
      ("P { a: 1, };", "(recordLiteral:P (recordField:a integerLiteral:1))"),
      (
        "f(a, in = 1, n: 2,);",
        "(call:( identifier:f identifier:a (namedArgument:in integerLiteral:1) (namedArgument:n integerLiteral:2))"
      ),
    ])
  func expressions(text: String, expected: String) {
    #expect(
      statement(text)
        == "(expressionStatement:\(text.prefix { $0.isLetter || $0.isNumber }.isEmpty ? String(text.prefix(1)) : String(text.prefix { $0.isLetter || $0.isNumber })) \(expected))"
    )
  }

  @Test(
    "statements have the layout of their kind",
    arguments: [
      ("let x: int = 1;", "(letStatement:x typeName:int integerLiteral:1)"),
      ("let x = {};", "(letStatement:x - recordLiteral:{)"),
      ("a.b[0] += 1;", "(assignment:+= (index:[ (member:b identifier:a) integerLiteral:0) integerLiteral:1)"),
      ("capabilities = [A];", "(entry:capabilities (arrayLiteral:[ identifier:A))"),
      ("limit: 3", "(entry:limit integerLiteral:3)"),
      ("limit = 3;", "(assignment:= identifier:limit integerLiteral:3)"),
      ("return;", "(returnStatement:return -)"),
      ("return x", "(returnStatement:return identifier:x)"),
      ("for x in y { }", "(forStatement:x identifier:y block:{)"),
      ("while T { }", "(whileStatement:while identifier:T block:{)"),
      ("{ }", "block:{"),
      (
        "with a = t, b: 1 { x }",
        "(with:with (block:{ (expressionStatement:x identifier:x)) (entry:a identifier:t) (entry:b integerLiteral:1))"
      ),
      (
        "if let Some(x) = y { } else if z { }",
        "(expressionStatement:if (ifLetExpression:x identifier:y block:{ (ifExpression:if identifier:z block:{ -)))"
      ),
      (
        "try { } catch (K e) { } catch { }",
        "(expressionStatement:try (tryExpression:try block:{ (catchClause:e identifier:K block:{) (catchClause:catch - block:{)))"
      ),
      (
        "match x { { a: 1, b } => {} Some(_) | None if y => return z, [..r] => x => 1 }",
        "(expressionStatement:match (matchExpression:match identifier:x "
          + "(matchArm:=> (recordPattern:{ (fieldPattern:a (literalPattern:1 integerLiteral:1)) (fieldPattern:b -)) - block:{) "
          + "(matchArm:=> (alternativePattern:Some (constructorPattern:Some wildcardPattern:_) constructorPattern:None) identifier:y (block:return (returnStatement:return identifier:z))) "
          + "(matchArm:=> (arrayPattern:[ restPattern:r) - (lambda:=> (parameters:x (parameter:x -)) integerLiteral:1))))"
      ),
      (
        "match x { _ => 1 }.len();",
        "(expressionStatement:match (call:( (member:len (matchExpression:match identifier:x (matchArm:=> wildcardPattern:_ - integerLiteral:1)))))"
      ),
    ])
  func statements(text: String, expected: String) {
    #expect(statement(text) == expected)
  }

  @Test("a block-like statement ends without a semicolon")
  func blockLikeStatements() {
    let tree = Parser.parse(SourceText(name: "test.symbi", text: "agent a { if x { } -y; [1].len(); match z { } (w) }"))
    #expect(tree.diagnostics.isEmpty)
    #expect(
      tree.children(tree.child(tree.root, 0)).dropFirst(2).map { tree.kind($0) }
        == Array(repeating: .expressionStatement, count: 5))
  }

  @Test("settings are read with and without separators")
  func settings() {
    let text = """
      tool t { description "d" command: ["wc"], input text: String -> stdin output = int timeout 10s }
      memory m { store markdown search { weight 0.7 } in 3 }
      channel c { x: 1, policy p { allow: send if a > 1; deny: [exec, http] } }
      """
    let tree = Parser.parse(SourceText(name: "test.symbi", text: text))
    #expect(tree.diagnostics.isEmpty, "\(DiagnosticRenderer.render(tree.diagnostics, tree.source))")
    let shapes = tree.children(tree.root).map { item in tree.children(item).map { tree.kind($0) } }
    #expect(
      shapes == [[.entry, .entry, .toolInput, .toolOutput, .entry], [.entry, .section, .entry], [.entry, .policy]])
  }
}
