import Testing

@testable import SymbiontLanguage

@Suite("Policy rules and conditions that cannot be right")
struct PolicyProblemTests {
  /// Programs, and all that is reported about them as it is shown.
  static let cases: [(String, String)] = [
    (
      #"""
      policy p { allow: exce deny: remember allow: read(resource) require: { rate_limt: "5/m" } audit: all if x > 1 deny: all if exec("a") require: 5 } 1
      """#,
      #"""
      t:2:19: warning[W0505]: nothing performs the operation `exce`
          2 | policy p { allow: exce deny: remember allow: read(resource) require: { rate_limt: "5/m" } audit: all if x > 1 deny: all …
            |                   ^^^^
            = help: did you mean `exec`?
      t:2:30: warning[W0505]: nothing performs the operation `remember`
          2 | policy p { allow: exce deny: remember allow: read(resource) require: { rate_limt: "5/m" } audit: all if x > 1 deny: all …
            |                              ^^^^^^^^
            = help: policies call it `memory_write`
      t:2:46: warning[W0505]: nothing performs the operation `read`
          2 | policy p { allow: exce deny: remember allow: read(resource) require: { rate_limt: "5/m" } audit: all if x > 1 deny: all …
            |                                              ^^^^
      t:2:51: warning[W0511]: `resource` is no parameter, so this rule can never be decided
          2 | policy p { allow: exce deny: remember allow: read(resource) require: { rate_limt: "5/m" } audit: all if x > 1 deny: all …
            |                                                   ^^^^^^^^
            = help: use a literal, `any`, or a parameter of the agent
      t:2:72: warning[W0504]: nothing reads the setting `rate_limt`
          2 | …allow: exce deny: remember allow: read(resource) require: { rate_limt: "5/m" } audit: all if x > 1 deny: all if exec("a…
            |                                                              ^^^^^^^^^
            = help: did you mean `rate_limit`?
      t:2:105: error[E0309]: a policy condition cannot see `x`
          2 | … read(resource) require: { rate_limt: "5/m" } audit: all if x > 1 deny: all if exec("a") require: 5 } 1
            |                                                              ^
            = help: conditions may use the agent's parameters, `agent`, `context` and literals
      t:2:124: error[E0310]: a policy condition cannot call `exec`
          2 | …uire: { rate_limt: "5/m" } audit: all if x > 1 deny: all if exec("a") require: 5 } 1
            |                                                              ^^^^^^^^^
      t:2:143: error[E0409]: a policy rule is about operations
          2 | …"5/m" } audit: all if x > 1 deny: all if exec("a") require: 5 } 1
            |                                                              ^
            = help: for example `allow: exec("git", any)`, `deny: [http, exec]` or `audit: all`
      """#
    ),
    (
      #"""
      agent main(amount: int) { policy p { deny: all if amuont > 3 allow: exec(amount: 1) allow: exec(1 + 2) require: approval(1) deny: { a: 1 } allow: 5 } 1 }
      """#,
      #"""
      t:1:51: error[E0309]: a policy condition cannot see `amuont`
          1 | agent main(amount: int) { policy p { deny: all if amuont > 3 allow: exec(amount: 1) allow: exec(1 + 2) require: approval…
            |                                                   ^^^^^^
            = help: did you mean `amount`?
      t:1:74: error[E0409]: the arguments of a call pattern have no names
          1 | …ount: int) { policy p { deny: all if amuont > 3 allow: exec(amount: 1) allow: exec(1 + 2) require: approval(1) deny: { …
            |                                                              ^^^^^^^^^
            = help: give them by position
      t:1:97: error[E0409]: an argument of a call pattern is a literal, `any` or a parameter
          1 | … deny: all if amuont > 3 allow: exec(amount: 1) allow: exec(1 + 2) require: approval(1) deny: { a: 1 } allow: 5 } 1 }
            |                                                              ^^^^^
      t:1:113: error[E0409]: an approval is written `require: approval("group")`
          1 | …uont > 3 allow: exec(amount: 1) allow: exec(1 + 2) require: approval(1) deny: { a: 1 } allow: 5 } 1 }
            |                                                              ^^^^^^^^^^^
      t:1:131: error[E0409]: only `require` and `audit` take settings
          1 | …ec(amount: 1) allow: exec(1 + 2) require: approval(1) deny: { a: 1 } allow: 5 } 1 }
            |                                                              ^^^^^^^^
      t:1:147: error[E0409]: a policy rule is about operations
          1 | …low: exec(1 + 2) require: approval(1) deny: { a: 1 } allow: 5 } 1 }
            |                                                              ^
            = help: for example `allow: exec("git", any)`, `deny: [http, exec]` or `audit: all`
      """#
    ),
    (
      #"""
      policy shared { deny: all if limit > 3 }
      agent main(amount: int) { 1 }
      """#,
      #"""
      t:1:30: error[E0309]: a policy condition cannot see `limit`
          1 | policy shared { deny: all if limit > 3 }
            |                              ^^^^^
            = help: conditions may use the agent's parameters, `agent`, `context` and literals
      """#
    ),
  ]

  @Test("the report says what is wrong, where, and what to do", arguments: cases)
  func report(_ program: String, _ expected: String) {
    #expect(ProgramRunner.report(program) == expected)
  }
}
