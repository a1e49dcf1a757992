import Testing

@testable import SymbiontLanguage

@Suite("Functions, lambdas and the builtins that take them")
struct FunctionResultTests {
  static let lambdas: [(String, String)] = [
    ("let f = (a, b) => a + b; f(1, 2)", "3"),
    ("let n = 10; let f = x => x + n; n = 20; [f(1), n]", "[11,20]"),
    ("let a = [1]; let f = () => { a[0] = 5; a }; [f(), f(), a]", "[[5],[5],[1]]"),
    ("let f = x => y => x + y; f(1)(2)", "3"),
    ("let a = 1; let b = 2; let f = () => { let g = () => [a, b]; g() }; f()", "[1,2]"),
    ("let r = {f: x => x * 2, g: 1}; [r.f(4), r.g]", "[8,1]"),
    ("let f = _ => 7; f(1)", "7"),
    ("let f = x => x; f(1, 2)", "TypeError"),
    ("let f = 5; f(1)", "TypeError"),
    ("let fs = [x => x + 1, x => x * 2]; fs[1](fs[0](3))", "8"),
    ("let fs = []; for i in range(0, 3) { fs += [() => i]; } map(fs, f => f())", "[0,1,2]"),
    ("type_of(len)", "\"function\""),
    ("let f = len; f([1, 2])", "2"),
    ("let id = Some; id(3)", "3"),
  ]

  static let loops: [(String, String)] = [
    ("map([1, 2, 3], x => x * 2)", "[2,4,6]"),
    ("map([], x => x)", "[]"),
    ("map([1, 2, 3], x => { if x == 2 { return \"two\"; } x })", "[1,\"two\",3]"),
    ("map([\"a\"], upper)", "[\"A\"]"),
    ("[1, 2].map(x => x + 1).filter(x => x > 2)", "[3]"),
    ("filter([1, 2, 3, 4], x => x % 2 == 0 && x > 2 || x == 1)", "[1,4]"),
    ("filter([1, 2, 3], x => { let y = x * 2; y > 2 })", "[2,3]"),
    ("filter([1], x => x)", "TypeError"),
    ("reduce([1, 2, 3], 10, (acc, x) => acc + x)", "16"),
    ("reduce([[1], [2]], [], (acc, x) => push(acc, x[0]))", "[1,2]"),
    ("let f = x => x + 1; map([1, 2], f)", "[2,3]"),
    ("let add = (a, b) => a + b; reduce([1, 2], 0, add)", "3"),
    ("let xs = [1, 2]; let ys = map(xs, x => { xs = []; x }); [xs, ys]", "[[1,2],[1,2]]"),
    ("map([1, 2], x => { x += 10; x })", "[11,12]"),
    ("map([[1], [2]], r => { let c = r; c[0] = 9; c })", "[[9],[9]]"),
    ("let m = [[1], [2]]; let n = map(m, r => r); n[0][0] = 5; [m, n]", "[[[1],[2]],[[5],[2]]]"),
    ("map([1, 2], x => map([10, 20], y => x + y))", "[[11,21],[12,22]]"),
    ("map([1, 2], x => () => x).map(f => f())", "[1,2]"),
    ("sort([3, 1, 2])", "[1,2,3]"),
    ("sort([\"b\", \"a\"], null)", "[\"a\",\"b\"]"),
    ("sort([{n: 3}, {n: 1}, {n: 2}], r => r.n).map(r => r.n)", "[1,2,3]"),
    ("let l = [{n: 3}, {n: 1}]; let s = sort(l, r => [r.n]); [l[0].n, s[0].n]", "[3,1]"),
    ("let xs = [1, 2, 3]; let y = 5; reduce(map(xs, x => x * y), 0, (a, b) => a + b)", "30"),
    ("let x = 1; for x in map([1, 2], x => x * 10) { x; } x", "1"),
  ]

  @Test("lambdas and loops give the expected value", arguments: lambdas + loops)
  func value(_ source: String, _ expected: String) throws {
    let result = try ProgramRunner.result(source)
    if expected.hasSuffix("Error") {
      #expect(result.hasPrefix(expected + ":"), "\(source) gave \(result)")
    } else {
      #expect(result == expected, "\(source)")
    }
  }

  @Test("functions call one another, take named arguments and are values")
  func functions() throws {
    let source = """
      function fib(n: int) -> int { if n < 2 { return n; } fib(n - 1) + fib(n - 2) }
      function even(n) { if n == 0 { true } else { odd(n - 1) } }
      function odd(n) { if n == 0 { false } else { even(n - 1) } }
      function sub(a, b) { a - b }
      function change(list) { list[0] = 9; list }
      agent main {
        function twice(f, x) { f(f(x)) }
        let l = [1];
        [fib(15), even(10), sub(b: 1, a: 5), 7.sub(2), twice(x => x * 3, 2), map([3, 4], fib), change(l), l]
      }
      """
    #expect(try ProgramRunner.result(source) == "[610,true,4,5,18,[2,3],[9],[1]]")
  }

  @Test("a function hides a builtin, a lambda hides a function")
  func hiding() throws {
    let source = """
      function len(x) { 42 }
      agent main { let a = len([1]); let len = x => 7; [a, len([1])] }
      """
    #expect(try ProgramRunner.result(source) == "[42,7]")
  }

  @Test("a recursion without end is a catchable error")
  func endlessRecursion() throws {
    let source = """
      function f(n) { f(n + 1) + 1 }
      agent main { try { f(0) } catch (LimitExceeded e) { "stopped" } }
      """
    #expect(try ProgramRunner.result(source) == "\"stopped\"")
  }

  @Test("an agent checks its parameters and its result")
  func agentTypes() throws {
    let source = """
      type Item = { price: float }
      agent main(item: Item, n: int) -> Array<float> {
        if n == 0 { return [item.price]; }
        if n == 1 { ["a"] } else { [n] }
      }
      """
    let item: Value = .record(Record([("price", .int(3))]))
    #expect(try ProgramRunner.result(source, arguments: [item, .int(0)]) == "[3.0]")
    #expect(try ProgramRunner.result(source, arguments: [item, .int(2)]) == "[2.0]")
    #expect(try ProgramRunner.result(source, arguments: [item, .int(1)]).hasPrefix("TypeError:"))
    #expect(try ProgramRunner.result(source, arguments: [item, .string("x")]).hasPrefix("TypeError:"))
    #expect(try ProgramRunner.result(source, arguments: [.null, .int(1)]).hasPrefix("TypeError:"))
  }

  @Test("typed records are checked, typed variables converted")
  func typedRecords() throws {
    let source = """
      type Point = { x: float, y: Optional<int> }
      agent main(v) { let p = Point { x: v }; [p, Point { x: 1, y: 2 }.x] }
      """
    #expect(try ProgramRunner.result(source, arguments: [.int(1)]) == "[{\"x\":1.0,\"y\":null},1.0]")
    #expect(try ProgramRunner.result(source, arguments: [.string("a")]).hasPrefix("TypeError:"))
  }
}
