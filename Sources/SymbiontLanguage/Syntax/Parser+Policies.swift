extension Parser {
  /// `policy name { rule* }`.
  mutating func parsePolicy() -> NodeID {
    let first = index
    let mark = pending.count
    bump()
    let name = expectName("the policy's name", fallback: first)
    let opening = index
    guard eat(.leftBrace) else {
      reportExpected(.expectedBlock, "`{` and the policy's rules")
      return finish(.policy, main: name, first: first, mark: mark)
    }
    while kind != .rightBrace, kind != .endOfFile {
      if kind == .comma || kind == .semicolon {
        bump()
        continue
      }
      if kind == .identifier, beginsItem(index) { break }
      pending.append(parsePolicyRule())
    }
    expectClosing(.rightBrace, of: opening)
    return finish(.policy, main: name, first: first, mark: mark)
  }

  /// `allow: subject if condition`.
  private mutating func parsePolicyRule() -> NodeID {
    let first = index
    let mark = pending.count
    let isKnown = ["allow", "deny", "require", "audit"].contains { (word: StaticString) in isWord(first, word) }
    guard isKnown else {
      reportExpected(.unknownPolicyRule, "a policy rule", suggestion: ruleHint)
      skipRule()
      return errorNode(from: first)
    }
    bump()
    if !eat(.colon) { reportExpected(.unexpectedToken, "`:` after `\(text(first))`") }
    pending.append(parseExpression())
    pending.append(eat(.if) ? parseExpression() : missing())
    let rule = finish(.policyRule, main: first, first: first, mark: mark)
    if kind != .identifier, kind != .comma, kind != .semicolon, kind != .rightBrace, kind != .endOfFile {
      reportExpected(.unexpectedToken, "the next rule or `}`")
      skipRule()
    }
    return rule
  }

  private var ruleHint: String {
    guard kind == .identifier else { return "a rule is written `allow: operation if condition`" }
    let near = NearestName.find(text(index), among: ["allow", "deny", "require", "audit"]).first
    return near.map { "did you mean `\($0)`?" } ?? "rules are `allow`, `deny`, `require` and `audit`"
  }

  /// Skips to the next rule or the policy's end.
  private mutating func skipRule() {
    var nesting = 0
    repeat {
      switch kind {
      case .leftBrace, .leftBracket, .leftParenthesis: nesting += 1
      case .rightBrace where nesting == 0: return
      case .rightBrace, .rightBracket, .rightParenthesis: nesting = max(0, nesting - 1)
      default: break
      }
      bump()
    } while kind != .endOfFile && !(nesting == 0 && (isFirstOnLine(index) || beginsRule))
  }

  private var beginsRule: Bool {
    kind(ahead: 1) == .colon
      && ["allow", "deny", "require", "audit"].contains { (word: StaticString) in isWord(index, word) }
  }
}
