import Testing

@testable import SymbiontLanguage

@Suite("Types, arguments and settings that cannot be right")
struct ArgumentProblemTests {
  /// Programs, and all that is reported about them as it is shown.
  static let cases: [(String, String)] = [
    (
      #"""
      1 + "a"
      """#,
      #"""
      t:2:1: error[E0401]: cannot add `int` and `String`
          2 | 1 + "a"
            | ^^^^^^^
            = help: use `string(x)` to make a text of it
      """#
    ),
    (
      #"""
      [1] + [2]
      """#,
      #"""
      t:2:1: error[E0401]: cannot add `Array` and `Array`
          2 | [1] + [2]
            | ^^^^^^^^^
            = help: use `push(list, value)`, or `list += [value]`
      """#
    ),
    (
      #"""
      if 1 { 2 } else { 3 }
      """#,
      #"""
      t:2:4: error[E0405]: a condition must be a `bool`, found `int`
          2 | if 1 { 2 } else { 3 }
            |    ^
            = help: compare it with something
      """#
    ),
    (
      #"""
      1 && true
      """#,
      #"""
      t:2:1: error[E0405]: `&&` takes bools, found `int`
          2 | 1 && true
            | ^
      """#
    ),
    (
      #"""
      let x: int = "a"; x
      """#,
      #"""
      t:2:14: error[E0406]: `x` is declared as `int`, found `String`
          2 | let x: int = "a"; x
            |              ^^^
      """#
    ),
    (
      #"""
      let x: Array<int, int> = []; x
      """#,
      #"""
      t:2:8: error[E0412]: `Array` takes one type argument, found 2
          2 | let x: Array<int, int> = []; x
            |        ^^^^^^^^^^^^^^^
      """#
    ),
    (
      #"""
      function area(w: int, h: int) -> int { w * h }
      agent main { area(1) + area(1, 2, 3) + area(w: 1, hh: 2) + area(1, w: 2) + area("a", 2) }
      """#,
      #"""
      t:2:14: error[E0402]: `area` takes 2 arguments, 1 given
          2 | agent main { area(1) + area(1, 2, 3) + area(w: 1, hh: 2) + area(1, w: 2) + area("a", 2) }
            |              ^^^^
            = help: it is called as `area(w, h)`
      t:2:24: error[E0402]: `area` takes 2 arguments, 3 given
          2 | agent main { area(1) + area(1, 2, 3) + area(w: 1, hh: 2) + area(1, w: 2) + area("a", 2) }
            |                        ^^^^
            = help: it is called as `area(w, h)`
      t:2:40: error[E0402]: `area` is called without `h`
          2 | agent main { area(1) + area(1, 2, 3) + area(w: 1, hh: 2) + area(1, w: 2) + area("a", 2) }
            |                                        ^^^^
      t:2:51: error[E0403]: `area` has no argument `hh`
          2 | agent main { area(1) + area(1, 2, 3) + area(w: 1, hh: 2) + area(1, w: 2) + area("a", 2) }
            |                                                   ^^
            = help: did you mean `h`?
      t:2:60: error[E0402]: `area` is called without `h`
          2 | agent main { area(1) + area(1, 2, 3) + area(w: 1, hh: 2) + area(1, w: 2) + area("a", 2) }
            |                                                            ^^^^
      t:2:68: error[E0404]: `w` is given twice
          2 | agent main { area(1) + area(1, 2, 3) + area(w: 1, hh: 2) + area(1, w: 2) + area("a", 2) }
            |                                                                    ^
      t:2:81: error[E0406]: `w` of `area` is declared as `int`, found `String`
          2 | agent main { area(1) + area(1, 2, 3) + area(w: 1, hh: 2) + area(1, w: 2) + area("a", 2) }
            |                                                                                 ^^^
      """#
    ),
    (
      #"""
      exec("git", tmeout: 3s)
      """#,
      #"""
      t:2:13: error[E0403]: `exec` has no argument `tmeout`
          2 | exec("git", tmeout: 3s)
            |             ^^^^^^
            = help: did you mean `timeout`?
      """#
    ),
    (
      #"""
      recall()
      """#,
      #"""
      t:2:1: error[E0402]: `recall` takes 1 to 2 arguments, 0 given
          2 | recall()
            | ^^^^^^
            = help: it is called as `recall(key, default)`
      """#
    ),
    (
      #"""
      len(1, 2)
      """#,
      #"""
      t:2:1: error[E0402]: `len` takes one argument, 2 given
          2 | len(1, 2)
            | ^^^
            = help: it is called as `len(x)`
      """#
    ),
    (
      #"""
      let xs = [1]; map(xs, (a, b) => a)
      """#,
      #"""
      t:2:23: error[E0413]: `map` calls its lambda with one argument, this one takes 2
          2 | let xs = [1]; map(xs, (a, b) => a)
            |                       ^^^^^^
      """#
    ),
    (
      #"""
      with sandbox = "tier9", timeout = "soon", privacy = "high" { 1 }
      """#,
      #"""
      t:2:16: error[E0407]: `sandbox` must be `"tier1"`, `"tier2"` or `"tier3"`
          2 | with sandbox = "tier9", timeout = "soon", privacy = "high" { 1 }
            |                ^^^^^^^
            = help: tier 1 is a container, 2 a user-space kernel, 3 a virtual machine
      t:2:35: error[E0407]: `timeout` must be a positive duration
          2 | with sandbox = "tier9", timeout = "soon", privacy = "high" { 1 }
            |                                   ^^^^^^
            = help: for example `timeout = 30s`
      t:2:43: warning[W0504]: nothing reads the setting `privacy`
          2 | with sandbox = "tier9", timeout = "soon", privacy = "high" { 1 }
            |                                           ^^^^^^^
            = help: known are `capabilities`, `sandbox`, `memory`, `timeout`
      """#
    ),
    (
      #"""
      tool t { comand ["wc"] output number input a: String -> file }
      agent main { t("x") }
      """#,
      #"""
      t:1:6: error[E0408]: the tool `t` has no command
          1 | tool t { comand ["wc"] output number input a: String -> file }
            |      ^
            = help: add it: `command ["program", "argument"]`
      t:1:10: warning[W0504]: nothing reads the setting `comand`
          1 | tool t { comand ["wc"] output number input a: String -> file }
            |          ^^^^^^
            = help: did you mean `command`?
      t:1:31: error[E0408]: the output of a tool cannot be `number`
          1 | tool t { comand ["wc"] output number input a: String -> file }
            |                               ^^^^^^
            = help: it is `String`, `int`, `float`, `JSON` or `lines`
      t:1:57: error[E0408]: an input goes to `stdin` or `env(NAME)`
          1 | tool t { comand ["wc"] output number input a: String -> file }
            |                                                         ^^^^
            = help: leave the target out to append it to the command
      """#
    ),
    (
      #"""
      agent judge { 1 }
      agent main { judge(1); call(judge, {}); call(jugde, {}) }
      """#,
      #"""
      t:2:14: error[E0411]: `judge` is an agent
          2 | agent main { judge(1); call(judge, {}); call(jugde, {}) }
            |              ^^^^^
            = help: use `call(judge, { … })`, or `spawn` to go on without waiting
      t:2:46: warning[W0507]: no agent of this file is called `jugde`
          2 | agent main { judge(1); call(judge, {}); call(jugde, {}) }
            |                                              ^^^^^
            = help: did you mean `judge`?
      """#
    ),
    (
      #"""
      match 1 { Some(a, b) => a, None(x) => 1, _ => 2 }
      """#,
      #"""
      t:2:11: error[E0410]: `Some` takes one pattern, found 2
          2 | match 1 { Some(a, b) => a, None(x) => 1, _ => 2 }
            |           ^^^^^^^^^^
      t:2:28: error[E0215]: unknown constructor `None`
          2 | match 1 { Some(a, b) => a, None(x) => 1, _ => 2 }
            |                            ^^^^
            = help: constructors are `Some(p)`, `None`, `Ok(p)` and `Err(p)`
      """#
    ),
    (
      #"""
      type Point = { x: int, y: int }
      agent main { Point { x: 1, z: 2 } }
      """#,
      #"""
      t:2:28: error[E0406]: `Point` has no field `z`
          2 | agent main { Point { x: 1, z: 2 } }
            |                            ^
      """#
    ),
    (
      #"""
      5(1); "a"(2)
      """#,
      #"""
      t:2:1: error[E0411]: `int` cannot be called
          2 | 5(1); "a"(2)
            | ^
      t:2:7: error[E0411]: `String` cannot be called
          2 | 5(1); "a"(2)
            |       ^^^
      """#
    ),
    (
      #"""
      "a".b; 5.c
      """#,
      #"""
      t:2:8: error[E0401]: `int` has no fields
          2 | "a".b; 5.c
            |        ^^^
      """#
    ),
    (
      #"""
      range(0, 3)[0] = 1
      """#,
      #"""
      t:2:1: error[E0211]: cannot assign to `range(0, 3)[0]`
          2 | range(0, 3)[0] = 1
            | ^^^^^^^^^^^^^^
            = help: assign to a name, `a.field` or `a[i]`; equality is `==`
      """#
    ),
    (
      #"""
      for x in 5 { x; }
      """#,
      #"""
      t:2:10: error[E0401]: cannot iterate over `int`
          2 | for x in 5 { x; }
            |          ^
            = help: use `range(0, n)`
      """#
    ),
    (
      #"""
      let f = x => x; f(n: 1)
      """#,
      #"""
      t:2:19: error[E0403]: the arguments of a lambda have no names, found `n`
          2 | let f = x => x; f(n: 1)
            |                   ^
            = help: give it by position
      """#
    ),
    (
      #"""
      map
      """#,
      #"""
      t:2:1: error[E0411]: `map` can only be called, it is no value
          2 | map
            | ^^^
            = help: write a lambda that calls it
      """#
    ),
    (
      #"""
      while "x" { 1; }
      """#,
      #"""
      t:2:7: error[E0405]: a condition must be a `bool`, found `String`
          2 | while "x" { 1; }
            |       ^^^
            = help: compare it with something
      """#
    ),
    (
      #"""
      -"a"; !5; 1 in 2; 1 < "a"; [1]["a"]; {a: 1}[true]
      """#,
      #"""
      t:2:1: error[E0401]: cannot negate `String`
          2 | -"a"; !5; 1 in 2; 1 < "a"; [1]["a"]; {a: 1}[true]
            | ^^^^
      t:2:8: error[E0405]: `!` takes a bool, found `int`
          2 | -"a"; !5; 1 in 2; 1 < "a"; [1]["a"]; {a: 1}[true]
            |        ^
      t:2:11: error[E0401]: `in` looks into an array, a record or a string, found `int`
          2 | -"a"; !5; 1 in 2; 1 < "a"; [1]["a"]; {a: 1}[true]
            |           ^^^^^^
      t:2:19: error[E0401]: cannot compare `int` and `String`
          2 | -"a"; !5; 1 in 2; 1 < "a"; [1]["a"]; {a: 1}[true]
            |                   ^^^^^^^
      t:2:32: error[E0401]: an index of an array must be an `int`, found `String`
          2 | -"a"; !5; 1 in 2; 1 < "a"; [1]["a"]; {a: 1}[true]
            |                                ^^^
      t:2:45: error[E0401]: an index must be an `int` or a `String`, found `bool`
          2 | -"a"; !5; 1 in 2; 1 < "a"; [1]["a"]; {a: 1}[true]
            |                                             ^^^^
      """#
    ),
    (
      #"""
      now(1); sleep()
      """#,
      #"""
      t:2:1: error[E0402]: `now` takes no arguments, 1 given
          2 | now(1); sleep()
            | ^^^
      t:2:9: error[E0402]: `sleep` takes one argument, 0 given
          2 | now(1); sleep()
            |         ^^^^^
            = help: it is called as `sleep(duration)`
      """#
    ),
    (
      #"""
      agent main -> int { "text" }
      """#,
      #"""
      t:1:15: error[E0406]: `main` is declared to return `int`, returns `String`
          1 | agent main -> int { "text" }
            |               ^^^
      """#
    ),
    (
      #"""
      function f(x, y) { x }
      agent main { f(y: 1, 2) }
      """#,
      #"""
      t:2:22: error[E0402]: a positional argument stands after a named one
          2 | agent main { f(y: 1, 2) }
            |                      ^
            = help: give the positional arguments first
      """#
    ),
    (
      #"""
      agent main { capabilities = [1] with sandbox = 5, memory = 3, timeout = -5s { 1 } }
      """#,
      #"""
      t:1:29: error[E0407]: `capabilities` must be names, found `int`
          1 | agent main { capabilities = [1] with sandbox = 5, memory = 3, timeout = -5s { 1 } }
            |                             ^^^
            = help: for example `capabilities = ["FileSystem", "Network"]`
      t:1:48: error[E0407]: `sandbox` must be `"tier1"`, `"tier2"` or `"tier3"`
          1 | agent main { capabilities = [1] with sandbox = 5, memory = 3, timeout = -5s { 1 } }
            |                                                ^
            = help: tier 1 is a container, 2 a user-space kernel, 3 a virtual machine
      t:1:60: error[E0407]: `memory` must be a `String`, found `int`
          1 | agent main { capabilities = [1] with sandbox = 5, memory = 3, timeout = -5s { 1 } }
            |                                                            ^
      t:1:73: error[E0407]: `timeout` must be a positive duration
          1 | agent main { capabilities = [1] with sandbox = 5, memory = 3, timeout = -5s { 1 } }
            |                                                                         ^^^
            = help: for example `timeout = 30s`
      """#
    ),
  ]

  @Test("the report says what is wrong, where, and what to do", arguments: cases)
  func report(_ program: String, _ expected: String) {
    #expect(ProgramRunner.report(program) == expected)
  }
}
