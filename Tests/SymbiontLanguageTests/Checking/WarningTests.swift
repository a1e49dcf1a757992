import Testing

@testable import SymbiontLanguage

@Suite("What runs, but probably not as meant")
struct WarningTests {
  /// Programs, and all that is reported about them as it is shown.
  static let cases: [(String, String)] = [
    (
      #"""
      let x: Strng = "a"; x
      """#,
      #"""
      t:2:8: warning[W0503]: unknown type `Strng` is taken as `JSON`
          2 | let x: Strng = "a"; x
            |        ^^^^^
            = help: did you mean `String`?
      """#
    ),
    (
      #"""
      read_file("a");
      """#,
      #"""
      t:2:1: warning[W0509]: `read_file` needs the capability `FileSystem`, which `main` does not declare
          2 | read_file("a");
            | ^^^^^^^^^
            = help: add it: `capabilities = ["FileSystem"]`
      """#
    ),
    (
      #"""
      push([], 1); 2
      """#,
      #"""
      t:2:1: warning[W0510]: the result of `push` is not used
          2 | push([], 1); 2
            | ^^^^^^^^^^^
            = help: `push` gives a new list: write `list = push(list, value)`
      """#
    ),
    (
      #"""
      let n = 0; let f = x => { n = n + x; n }; f(1)
      """#,
      #"""
      t:2:27: warning[W0508]: the lambda has its own copy of `n`; this assignment is lost when it returns
          2 | let n = 0; let f = x => { n = n + x; n }; f(1)
            |                           ^
            = help: use a loop, or return the new value
      """#
    ),
    (
      #"""
      return 1; 2
      """#,
      #"""
      t:2:11: warning[W0501]: this is never reached
          2 | return 1; 2
            |           ^
            = help: remove it
      """#
    ),
    (
      #"""
      let unused = 1; let _fine = 2; 3
      """#,
      #"""
      t:2:5: warning[W0502]: `unused` is never read
          2 | let unused = 1; let _fine = 2; 3
            |     ^^^^^^
            = help: remove it, or call it `_unused`
      """#
    ),
    (
      #"""
      let a = 1; let a = 2; a
      """#,
      #"""
      t:2:5: warning[W0502]: `a` is never read
          2 | let a = 1; let a = 2; a
            |     ^
            = help: remove it, or call it `_a`
      t:2:16: warning[W0506]: `a` is already declared in this block, on line 2
          2 | let a = 1; let a = 2; a
            |                ^
            = help: assign to it, or choose another name
      """#
    ),
    (
      #"""
      call("nobody", {}); ask(helper, 1)
      """#,
      #"""
      t:2:6: warning[W0507]: no agent of this file is called `nobody`
          2 | call("nobody", {}); ask(helper, 1)
            |      ^^^^^^^^
            = help: fine when another file declares it
      t:2:25: warning[W0507]: no agent of this file is called `helper`
          2 | call("nobody", {}); ask(helper, 1)
            |                         ^^^^^^
            = help: fine when another file declares it
      """#
    ),
    (
      #"""
      match 1 { _ => 1, 2 => 3 }
      """#,
      #"""
      t:2:19: warning[W0501]: this is never reached: an arm above matches everything
          2 | match 1 { _ => 1, 2 => 3 }
            |                   ^^^^^^
      """#
    ),
    (
      #"""
      try { 1 } catch (e) { 2 } catch (X e) { 3 }
      """#,
      #"""
      t:2:27: warning[W0501]: this is never reached: the clause above catches everything
          2 | try { 1 } catch (e) { 2 } catch (X e) { 3 }
            |                           ^^^^^^^^^^^^^^^^^
      """#
    ),
    (
      #"""
      let x = 1; x.push(2); x(3)
      """#,
      #"""
      t:2:12: warning[W0510]: the result of `push` is not used
          2 | let x = 1; x.push(2); x(3)
            |            ^^^^^^^^^
            = help: `push` gives a new list: write `list = push(list, value)`
      """#
    ),
    (
      #"""
      let f = x => { x = 2; x }; let n = [1]; let g = () => { n[0] = 5; n }; [f(1), g()]
      """#,
      #"""
      t:2:57: warning[W0508]: the lambda has its own copy of `n`; this assignment is lost when it returns
          2 | let f = x => { x = 2; x }; let n = [1]; let g = () => { n[0] = 5; n }; [f(1), g()]
            |                                                         ^^^^
            = help: use a loop, or return the new value
      """#
    ),
    (
      #"""
      type Point = { x: Int, y: Array }
      agent main(p: Point, q: Optional<Pont>) { p }
      """#,
      #"""
      t:1:19: warning[W0503]: unknown type `Int` is taken as `JSON`
          1 | type Point = { x: Int, y: Array }
            |                   ^^^
            = help: did you mean `int`?
      t:2:34: warning[W0503]: unknown type `Pont` is taken as `JSON`
          2 | agent main(p: Point, q: Optional<Pont>) { p }
            |                                  ^^^^
            = help: did you mean `Point`?
      """#
    ),
    (
      #"""
      let unused_list = map([1], x => x); while true { break; 1; }
      """#,
      #"""
      t:2:5: warning[W0502]: `unused_list` is never read
          2 | let unused_list = map([1], x => x); while true { break; 1; }
            |     ^^^^^^^^^^^
            = help: remove it, or call it `_unused_list`
      t:2:57: warning[W0501]: this is never reached
          2 | let unused_list = map([1], x => x); while true { break; 1; }
            |                                                         ^
            = help: remove it
      """#
    ),
    (
      #"""
      if true { return 1; } else { throw "x"; } 2
      """#,
      #"""
      t:2:43: warning[W0501]: this is never reached
          2 | if true { return 1; } else { throw "x"; } 2
            |                                           ^
            = help: remove it
      """#
    ),
  ]

  @Test("the report says what is wrong, where, and what to do", arguments: cases)
  func report(_ program: String, _ expected: String) {
    #expect(ProgramRunner.report(program) == expected)
  }
}
