import Testing

@Suite("Matching and catching take the first that fits")
struct MatchResultTests {
  static let matches: [(String, String)] = [
    ("match 5 { 1 => \"one\", 5 => \"five\", _ => \"other\" }", "\"five\""),
    ("match 1.0 { 1 => \"one\", _ => \"other\" }", "\"one\""),
    ("match -1 { -1 => \"minus\", _ => \"other\" }", "\"minus\""),
    ("match \"b\" { \"a\" | \"b\" => 1, _ => 2 }", "1"),
    ("match \"c\" { \"a\" | \"b\" => 1, _ => 2 }", "2"),
    ("match null { null => 1, _ => 2 }", "1"),
    ("match true { false => 1, true => 2 }", "2"),
    ("match 90 { 1m => 1, 90s => 2, _ => 3 }", "2"),
    ("match {ok: 3} { Ok(x) if x > 5 => 1, Ok(x) => x * 2, Err(e) => e }", "6"),
    ("match Err(\"bad\") { Ok(x) => x, Err(e) => e }", "\"bad\""),
    ("match Some(4) { None => 0, Some(x) => x }", "4"),
    ("match null { Some(x) => x, None => 0 }", "0"),
    ("match Ok(Some([1, 2])) { Ok(Some([a, b])) => a + b, _ => 0 }", "3"),
    ("match [] { [] => 0, _ => 1 }", "0"),
    ("match [1] { [] => 0, [a] => a, _ => 2 }", "1"),
    ("match [1, 2, 3] { [a, ..rest] => {first: a, rest: rest} }", "{\"first\":1,\"rest\":[2,3]}"),
    ("match [1, 2, 3] { [_, _, c, ..] => c, _ => 0 }", "3"),
    ("match {k: 1, l: [2]} { {k: 2} => 0, {k, l: [x]} => k + x }", "3"),
    ("match {a: 1} { {b} => b, {} => \"record\", _ => 0 }", "\"record\""),
    ("match 5 { {} => 1, [..] => 2, x => x }", "5"),
    ("match 5 { x if x > 10 => 1, x => x + 1 }", "6"),
    ("let r = {a: [1]}; match r { x => { x.a[0] = 2; [x, r] } }", "[{\"a\":[2]},{\"a\":[1]}]"),
    ("let r = {a: [1]}; match r { {a} => { a[0] = 2; [a, r] } }", "[[2],{\"a\":[1]}]"),
    ("let x = 2; x = match x { 2 => x + 1, _ => 0 }; x", "3"),
    ("let s = 0; for i in range(0, 5) { match i { 1 => continue, 3 => break, _ => { s += i; } } } s", "2"),
    ("let f = x => match x { 1 => { return \"one\"; } _ => \"other\" }; [f(1), f(2)]", "[\"one\",\"other\"]"),
  ]

  static let errors: [(String, String)] = [
    ("match 5 { 1 => 2 }", "MatchError: no arm of the match fits the value @2:1"),
    ("try { match [5] { 1 => 2 } } catch (MatchError e) { e.data }", "[5]"),
    ("try { 1 / 0 } catch (DivisionByZero e) { e.kind } catch (e) { \"other\" }", "\"DivisionByZero\""),
    ("try { 1 + 1 } catch (e) { 0 }", "2"),
    ("try { } catch (e) { 0 }", "null"),
    (
      "try { throw error(\"Mine\", \"boom\", {x: 1}); } catch (TypeError e) { 1 } catch (Mine e) { [e.message, e.data] }",
      "[\"boom\",{\"x\":1}]"
    ),
    ("try { throw error(\"Mine\", \"boom\"); } catch (TypeError e) { 1 }", "Mine: boom @2:7"),
    ("try { try { 1 / 0 } catch (TypeError e) { 1 } } catch (e) { e.kind }", "\"DivisionByZero\""),
    (
      "try { try { 1 / 0 } catch (e) { throw error(\"Second\", e.kind); } } catch (e) { [e.kind, e.message] }",
      "[\"Second\",\"DivisionByZero\"]"
    ),
    (
      "let n = 0; for i in range(0, 5) { try { if i == 3 { break; } if i == 1 { continue; } n += 1; } catch (e) { } } n",
      "2"
    ),
    ("let f = () => { try { return 1; } catch (e) { 2 } }; f()", "1"),
    ("let f = () => { try { 1 / 0 } catch { return \"caught\"; } }; f()", "\"caught\""),
    ("try { let r = {}; r.x } catch (e) { [e.position.line, e.position.column] }", "[2,21]"),
    ("let x = try { 1 / 0 } catch (e) { 5 } + 1; x", "6"),
  ]

  @Test("the first arm or clause that fits is taken", arguments: matches + errors)
  func value(_ source: String, _ expected: String) throws {
    #expect(try ProgramRunner.result(source) == expected, "\(source)")
  }

  @Test("an error in a called function is caught by the caller, with its position")
  func acrossFunctions() throws {
    let source = """
      function deep(n) {
        if n == 0 { throw error("Bottom", "reached"); }
        deep(n - 1)
      }
      agent main {
        try { deep(50) } catch (Bottom e) { [e.message, e.position.line, e.position.column] }
      }
      """
    #expect(try ProgramRunner.result(source) == "[\"reached\",2,15]")
  }
}
