/// The kinds of nodes of a ``SyntaxTree``.
///
/// Each comment gives `main` (the node's main token) and its children in order; a child written `x?` is a ``missing``
/// node when absent, `x*` is any number of them to the end.
public enum SyntaxKind: UInt8, Sendable, Hashable, CaseIterable {
  /// Nothing stands here; zero tokens. Optional children are this when absent.
  case missing
  /// Text that could not be parsed; a diagnostic covers it.
  case error
  /// The file. `[item*]`
  case program

  // Top-level items.
  /// `metadata { … }` main: `metadata`. `[entry*]`
  case metadata
  /// `agent name(…) -> R { … }` main: name. `[parameters, type?, (entry | policy | function | with | statement)*]`
  case agent
  /// `policy name { … }` main: name. `[policyRule*]`
  case policy
  /// `allow: subject if condition` main: `allow`/`deny`/`require`/`audit`. `[expression, condition?]`
  case policyRule
  /// `type N = …` main: name. `[type]`
  case typeDeclaration
  /// `function f(…) -> T { … }` main: name. `[parameters, type?, block]`
  case function
  /// main: name. `[(entry | section)*]`; a channel's may also be `policy`.
  case schedule, channel, memory, webhook
  /// `tool n { … }` main: name. `[(entry | toolInput | toolOutput)*]`
  case tool
  /// `input name: Type -> stdin` main: name. `[type, target?]`; target is an identifier (`stdin`) or a call (`env(NAME)`).
  case toolInput
  /// `output Type` main: `output`. `[type]`
  case toolOutput
  /// `key = value`, `key: value` or `key value` main: key. `[expression]`
  case entry
  /// `search { … }`, `filter { … }`, `data_classification { … }` main: the word. `[entry*]`
  case section

  // Parameters and types.
  /// `(…)` or a lambda's names. `[parameter*]`
  case parameters
  /// `name: T` main: name. `[type?]`
  case parameter
  /// `Name` or `Name<A, B>` main: name. `[type*]`
  case typeName
  /// `{ f: T, … }` `[typeField*]`
  case typeRecord
  /// `f: T` main: name. `[type]`
  case typeField

  // Statements. A statement's children never include its semicolon.
  /// `with k = v, … { … }` main: `with`. `[block, entry*]`
  case with
  /// `{ … }` `[statement*]`; the last statement, when it is an expression, is the block's value. A block may be a statement
  /// itself. As the body of a match arm it may be one statement without braces (`_ => return x`).
  case block
  /// `let x: T = e` main: x. `[type?, expression]`
  case letStatement
  /// `place op= e` main: the operator. `[place, expression]`
  case assignment
  /// `[expression?]`
  case returnStatement
  /// `[expression]`
  case throwStatement
  case breakStatement, continueStatement
  /// `for x in e { }` main: x. `[expression, block]`
  case forStatement
  /// `[condition, block]`
  case whileStatement
  /// An expression as a statement. `[expression]`
  case expressionStatement

  // Expressions.
  /// `[condition, block, (block | ifExpression | ifLetExpression)?]`
  case ifExpression
  /// `if let x = e` or `if let Some(x) = e` main: x. `[expression, block, else?]`
  case ifLetExpression
  /// `[subject, matchArm*]`
  case matchExpression
  /// `pattern if guard => body` `[pattern, guard?, (expression | block)]`
  case matchArm
  /// `[block, catchClause*]`
  case tryExpression
  /// `catch (Kind e) { }` main: e, or `catch` when it has no name. `[kind (identifier)?, block]`
  case catchClause
  /// main: the literal's token.
  case integerLiteral, floatLiteral, durationLiteral, stringLiteral, booleanLiteral, nullLiteral, secretLiteral
  /// main: the name.
  case identifier
  /// `[expression*]`
  case arrayLiteral
  /// `{ k: v }` main: `{`, or `Name { k: v }` main: Name. `[recordField*]`
  case recordLiteral
  /// main: the key, an identifier or a string. `[expression]`
  case recordField
  /// main: the operator (`||` … `%`, `in`). `[left, right]`
  case binary
  /// main: `!`, `not` or `-`. `[operand]`
  case unary
  /// `callee(…)` main: `(`. `[callee, (expression | namedArgument)*]`; a method call has a `member` as its callee.
  case call
  /// `n = e` or `n: e` main: n. `[expression]`
  case namedArgument
  /// `base.name` main: name. `[base]`
  case member
  /// `base[i]` main: `[`. `[base, index]`
  case index
  /// `x => e`, `() => e`, `(a, b) => { … }` main: `=>`. `[parameters, (expression | block)]`
  case lambda
  /// `(e)` `[expression]`
  case group

  // Patterns of `match`.
  /// `_`
  case wildcardPattern
  /// A literal, with an optional minus. `[expression]`
  case literalPattern
  /// A new name. main: the name.
  case bindingPattern
  /// `Some(p)`, `None`, `Ok(p)`, `Err(p)` main: the name. `[pattern*]`
  case constructorPattern
  /// `{ k: p, k }` main: `{`. `[fieldPattern*]`
  case recordPattern
  /// `k: p` or `k`, which binds `k`. main: the key. `[pattern?]`
  case fieldPattern
  /// `[p, q, ..rest]` `[(pattern | restPattern)*]`
  case arrayPattern
  /// `..` or `..name` main: the name, or `..`. Only as the last element.
  case restPattern
  /// `p | q` `[pattern*]`
  case alternativePattern
}
