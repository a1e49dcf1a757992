import Testing

@testable import SymbiontLanguage

@Suite("Names that stand for nothing, or twice for something")
struct NameProblemTests {
  /// Programs, and all that is reported about them as it is shown.
  static let cases: [(String, String)] = [
    (
      #"""
      let x = remeber("k", 1); x
      """#,
      #"""
      t:2:9: error[E0302]: unknown function `remeber`
          2 | let x = remeber("k", 1); x
            |         ^^^^^^^
            = help: did you mean `remember`?
      """#
    ),
    (
      #"""
      let count = 1; cuont + 1
      """#,
      #"""
      t:2:5: warning[W0502]: `count` is never read
          2 | let count = 1; cuont + 1
            |     ^^^^^
            = help: remove it, or call it `_count`
      t:2:16: error[E0301]: unknown name `cuont`
          2 | let count = 1; cuont + 1
            |                ^^^^^
            = help: did you mean `count`?
      """#
    ),
    (
      #"""
      let f = x => f(x); f
      """#,
      #"""
      t:2:14: error[E0304]: `f` is used in its own declaration
          2 | let f = x => f(x); f
            |              ^
            = help: a lambda cannot call itself: declare it as `function f(…) { … }`
      """#
    ),
    (
      #"""
      y + 1; let y = 2; y
      """#,
      #"""
      t:2:1: error[E0304]: `y` is used before its declaration on line 2
          2 | y + 1; let y = 2; y
            | ^
      """#
    ),
    (
      #"""
      if true { let z = 1; log("info", string(z)); } z
      """#,
      #"""
      t:2:48: error[E0304]: `z` is declared on line 2, in a block that has ended
          2 | if true { let z = 1; log("info", string(z)); } z
            |                                                ^
            = help: declare it with `let` before that block
      """#
    ),
    (
      #"""
      function a() { 1 }
      function a() { 2 }
      agent main { a() }
      """#,
      #"""
      t:2:10: error[E0303]: there are two functions called `a`
          2 | function a() { 2 }
            |          ^
            = help: rename or remove one of them
      """#
    ),
    (
      #"""
      function a(x, x) { x }
      agent main { a(1, 2) }
      """#,
      #"""
      t:1:15: error[E0303]: there are two parameters called `x`
          1 | function a(x, x) { x }
            |               ^
      """#
    ),
    (
      #"""
      agent a { 1 }
      agent a { 2 }
      """#,
      #"""
      t:2:7: error[E0303]: there are two agents called `a`
          2 | agent a { 2 }
            |       ^
            = help: rename or remove one of them
      """#
    ),
    (
      #"""
      {a: 1, b: 2, a: 3}
      """#,
      #"""
      t:2:14: error[E0305]: the key `a` stands twice in this record
          2 | {a: 1, b: 2, a: 3}
            |              ^
      """#
    ),
    (
      #"""
      break;
      """#,
      #"""
      t:2:1: error[E0307]: `break` stands outside a loop
          2 | break;
            | ^^^^^
      """#
    ),
    (
      #"""
      for i in range(0, 3) { map([1], x => { continue; }); }
      """#,
      #"""
      t:2:40: error[E0307]: `continue` stands outside a loop
          2 | for i in range(0, 3) { map([1], x => { continue; }); }
            |                                        ^^^^^^^^
      """#
    ),
    (
      #"""
      with timeout = 30s { 1 } with timeout = 20s { 2 }
      """#,
      #"""
      t:2:26: error[E0308]: `with` can stand only once, and directly in an agent
          2 | with timeout = 30s { 1 } with timeout = 20s { 2 }
            |                          ^^^^
            = help: give all settings to one `with`
      t:2:31: error[E0311]: `timeout` is given twice
          2 | with timeout = 30s { 1 } with timeout = 20s { 2 }
            |                               ^^^^^^^
            = help: remove one of them
      """#
    ),
    (
      #"""
      tool log { command ["x"] }
      agent main { 1 }
      """#,
      #"""
      t:1:6: error[E0303]: `log` is a function, so a tool of this name can never be called
          1 | tool log { command ["x"] }
            |      ^^^
            = help: choose another name
      """#
    ),
    (
      #"""
      match 1 { Some(x) | Ok(x) => x, _ => 1 }
      """#,
      #"""
      t:2:11: error[E0410]: alternatives cannot bind names
          2 | match 1 { Some(x) | Ok(x) => x, _ => 1 }
            |           ^^^^^^^^^^^^^^^
            = help: write an arm for each, or match `_` and look at the value
      t:2:30: error[E0301]: unknown name `x`
          2 | match 1 { Some(x) | Ok(x) => x, _ => 1 }
            |                              ^
      """#
    ),
    (
      #"""
      function f() { function g() { 1 } g() }
      agent main { f() }
      """#,
      #"""
      t:1:25: error[E0308]: a `function` can be declared only in a file or directly in an agent
          1 | function f() { function g() { 1 } g() }
            |                         ^
            = help: move it there, or use a lambda: `let f = (x) => …;`
      t:1:35: error[E0302]: unknown function `g`
          1 | function f() { function g() { 1 } g() }
            |                                   ^
      """#
    ),
    (
      #"""
      type A = B
      type B = A
      type T = { a: int, a: String }
      agent main(x: A, y: T) { x == y }
      """#,
      #"""
      t:1:6: error[E0414]: the type `A` consists only of itself
          1 | type A = B
            |      ^
            = help: let it refer to itself in a field, an array or an `Optional` field
      t:3:20: error[E0305]: the field `a` stands twice in this type
          3 | type T = { a: int, a: String }
            |                    ^
      """#
    ),
    (
      #"""
      len += 5
      """#,
      #"""
      t:2:1: error[E0306]: `len` is a function, not a variable
          2 | len += 5
            | ^^^
      """#
    ),
    (
      #"""
      schedule s { cron: "* * * * *" } schedule s { cron: now() }
      agent main { 1 }
      """#,
      #"""
      t:1:43: error[E0303]: there are two schedule blocks called `s`
          1 | schedule s { cron: "* * * * *" } schedule s { cron: now() }
            |                                           ^
            = help: rename or remove one of them
      t:1:53: error[E0407]: a setting must be a literal
          1 | schedule s { cron: "* * * * *" } schedule s { cron: now() }
            |                                                     ^^^^^
            = help: settings are read before the program runs
      """#
    ),
    (
      #"""
      metadata { a = 1 a = 2 }
      agent main { 1 }
      """#,
      #"""
      t:1:18: error[E0311]: `a` is given twice
          1 | metadata { a = 1 a = 2 }
            |                  ^
            = help: remove one of them
      """#
    ),
    (
      #"""
      function helper(x) { secret + x }
      agent main(secret) { helper(1) }
      """#,
      #"""
      t:1:22: error[E0301]: unknown name `secret`
          1 | function helper(x) { secret + x }
            |                      ^^^^^^
      """#
    ),
    (
      #"""
      catch_all(1)
      """#,
      #"""
      t:2:1: error[E0302]: unknown function `catch_all`
          2 | catch_all(1)
            | ^^^^^^^^^
      """#
    ),
    (
      #"""
      let x = 1; x(y: 2); unknown_thing(z: missing)
      """#,
      #"""
      t:2:14: error[E0403]: the arguments of a lambda have no names, found `y`
          2 | let x = 1; x(y: 2); unknown_thing(z: missing)
            |              ^
            = help: give it by position
      t:2:21: error[E0302]: unknown function `unknown_thing`
          2 | let x = 1; x(y: 2); unknown_thing(z: missing)
            |                     ^^^^^^^^^^^^^
      t:2:38: error[E0301]: unknown name `missing`
          2 | let x = 1; x(y: 2); unknown_thing(z: missing)
            |                                      ^^^^^^^
      """#
    ),
    (
      #"""
      tool t { command "wc" description 5 idempotent "yes" timeout 0s input a: String input a: int -> stdin input b: int -> stdin output int output int }
      agent main { t(1, "x", b: 2) }
      """#,
      #"""
      t:1:6: error[E0408]: the tool `t` has more than one input for `stdin`
          1 | tool t { command "wc" description 5 idempotent "yes" timeout 0s input a: String input a: int -> stdin input b: int -> st…
            |      ^
      t:1:18: error[E0408]: `command` must be an array of strings, found `String`
          1 | tool t { command "wc" description 5 idempotent "yes" timeout 0s input a: String input a: int -> stdin input b: int -> st…
            |                  ^^^^
            = help: for example `command ["wc", "-w"]`
      t:1:35: error[E0407]: `description` must be a `String`, found `int`
          1 | tool t { command "wc" description 5 idempotent "yes" timeout 0s input a: String input a: int -> stdin input b: int -> st…
            |                                   ^
      t:1:48: error[E0407]: `idempotent` must be a `bool`, found `String`
          1 | tool t { command "wc" description 5 idempotent "yes" timeout 0s input a: String input a: int -> stdin input b: int -> st…
            |                                                ^^^^^
      t:1:62: error[E0407]: `timeout` must be a positive duration
          1 | …ool t { command "wc" description 5 idempotent "yes" timeout 0s input a: String input a: int -> stdin input b: int -> st…
            |                                                              ^^
            = help: for example `timeout = 30s`
      t:1:87: error[E0303]: there are two inputs called `a`
          1 | …ription 5 idempotent "yes" timeout 0s input a: String input a: int -> stdin input b: int -> stdin output int output int…
            |                                                              ^
      t:1:136: error[E0311]: `output` is given twice
          1 | …ring input a: int -> stdin input b: int -> stdin output int output int }
            |                                                              ^^^^^^
      t:2:16: error[E0406]: `a` of `t` is declared as `String`, found `int`
          2 | agent main { t(1, "x", b: 2) }
            |                ^
      t:2:19: error[E0406]: `a` of `t` is declared as `int`, found `String`
          2 | agent main { t(1, "x", b: 2) }
            |                   ^^^
      """#
    ),
    (
      #"""
      tool t { command [1] } tool t { command [] }
      agent main { t() }
      """#,
      #"""
      t:1:18: error[E0408]: `command` must begin with a program and hold only strings
          1 | tool t { command [1] } tool t { command [] }
            |                  ^^^
            = help: for example `command ["wc", "-w"]`
      t:1:29: error[E0303]: there are two tools called `t`
          1 | tool t { command [1] } tool t { command [] }
            |                             ^
            = help: rename or remove one of them
      t:1:41: error[E0408]: `command` must begin with a program and hold only strings
          1 | tool t { command [1] } tool t { command [] }
            |                                         ^^
            = help: for example `command ["wc", "-w"]`
      """#
    ),
  ]

  @Test("the report says what is wrong, where, and what to do", arguments: cases)
  func report(_ program: String, _ expected: String) {
    #expect(ProgramRunner.report(program) == expected)
  }
}
