extension Parser {
  /// The words that begin an item at the top of a file.
  static let itemWords: [StaticString] = [
    "agent", "policy", "type", "function", "schedule", "channel", "memory", "webhook", "tool", "metadata",
  ]

  /// Whether a token begins an item: one of ``itemWords`` and a name, or `metadata {`.
  func beginsItem(_ position: Int) -> Bool {
    guard kind(at: position) == .identifier else { return false }
    let next = kind(at: position + 1)
    if next == .leftBrace { return isWord(position, "metadata") }
    guard next.isWord else { return false }
    let following = kind(at: position + 2)
    // `policy strict` in a block of settings is a setting, `policy strict {` is not.
    if isWord(position, "policy") { return following == .leftBrace }
    if isWord(position, "type") { return following == .assign }
    if isWord(position, "function") { return following == .leftParenthesis }
    if isWord(position, "agent") {
      return following == .leftParenthesis || following == .leftBrace || following == .arrow
    }
    guard following == .leftBrace else { return false }
    return Self.itemWords.contains { isWord(position, $0) }
  }

  /// Reads an item at the top of the file.
  mutating func parseItem() -> NodeID {
    let first = index
    if isWord(index, "metadata") { return parseSettings(.metadata, hasName: false) }
    if isWord(index, "agent") { return parseAgent() }
    if isWord(index, "policy") { return parsePolicy() }
    if isWord(index, "type") { return parseTypeDeclaration() }
    if isWord(index, "function") { return parseFunction() }
    if isWord(index, "schedule") { return parseSettings(.schedule, hasName: true) }
    if isWord(index, "channel") { return parseSettings(.channel, hasName: true) }
    if isWord(index, "memory") { return parseSettings(.memory, hasName: true) }
    if isWord(index, "webhook") { return parseSettings(.webhook, hasName: true) }
    if isWord(index, "tool") { return parseSettings(.tool, hasName: true) }
    if kind == .rightBrace {
      report(.unexpectedToken, "`}` closes nothing", at: tokens[index].range, suggestion: "remove it")
      bump()
      return errorNode(from: first)
    }
    reportExpected(.expectedDeclaration, "a declaration", suggestion: declarationHint)
    skipItem()
    return errorNode(from: first)
  }

  private var declarationHint: String {
    let word = kind == .identifier ? text(index) : ""
    if let near = NearestName.find(word, among: Self.itemWords.map { "\($0)" }).first {
      return "did you mean `\(near)`?"
    }
    return switch word {
    case "fn", "func", "def", "fun": "a function is declared with `function`"
    case "struct", "class", "interface", "enum": "a type is declared with `type Name = { field: T }`"
    case "with": "`with` stands in an agent: `agent name { with … { … } }`"
    default:
      "a file holds `agent`, `function`, `type`, `policy`, `metadata`, `schedule`, `channel`, `memory`, `webhook` and `tool`"
    }
  }

  /// Skips what is no item, braces as pairs.
  private mutating func skipItem() {
    var braces = 0
    repeat {
      if kind == .leftBrace { braces += 1 }
      if kind == .rightBrace { braces -= 1 }
      bump()
      if braces < 0 { return }
    } while kind != .endOfFile && !(braces == 0 && isFirstOnLine(index) && beginsItem(index))
      && !(braces > 0 && isAtLineStart(index) && beginsItem(index))
  }

  /// Whether a token stands in the first column.
  private func isAtLineStart(_ position: Int) -> Bool {
    let start = Int(tokens[position].start)
    return start == 0 || source.bytes[start - 1] == UInt8(ascii: "\n")
  }

  /// `type N = T`, with or without `;`.
  private mutating func parseTypeDeclaration() -> NodeID {
    let first = index
    let mark = pending.count
    bump()
    let name = expectName("the type's name", fallback: first)
    expect(.assign, "after the type's name")
    pending.append(parseType())
    return finish(.typeDeclaration, main: name, first: first, mark: mark)
  }

  /// `function f(…) -> T { … }`.
  mutating func parseFunction() -> NodeID {
    let first = index
    let mark = pending.count
    bump()
    let name = expectName("the function's name", fallback: first)
    if kind == .leftParenthesis {
      pending.append(parseParameters())
    } else {
      reportExpected(.unexpectedToken, "`(` after the function's name")
      pending.append(leaf(.parameters, main: index, first: index))
    }
    pending.append(parseResultType())
    pending.append(parseBlock())
    return finish(.function, main: name, first: first, mark: mark)
  }

  /// `agent name(…) -> R { … }`; the parentheses may be left out.
  private mutating func parseAgent() -> NodeID {
    let first = index
    let mark = pending.count
    bump()
    let name = expectName("the agent's name", fallback: first)
    pending.append(kind == .leftParenthesis ? parseParameters() : leaf(.parameters, main: index, first: index))
    pending.append(parseResultType())
    let opening = index
    if eat(.leftBrace) {
      parseStatements(inAgent: true)
      expectClosing(.rightBrace, of: opening)
    } else {
      reportExpected(.expectedBlock, "`{` and the agent's body")
      if !beginsItem(index) { skipItem() }
    }
    return finish(.agent, main: name, first: first, mark: mark)
  }

  /// A setting, a policy or a statement of an agent.
  mutating func parseAgentMember() -> NodeID {
    if isWord(index, "policy"), kind(ahead: 1).isWord { return parsePolicy() }
    let next = kind(ahead: 1)
    let isSetting = kind.isWord && (next == .colon || (next == .assign && isWord(index, "capabilities")))
    guard isSetting else { return parseStatement() }
    let entry = parseEntry()
    if !eat(.comma) { _ = eat(.semicolon) }
    return entry
  }
}
