/// Builds the tree of a text.
///
/// A recursive descent parser that never fails: what cannot be understood becomes `error` and `missing` nodes with a
/// diagnostic, and parsing goes on at the next statement or item. Nesting is bounded by ``maximumDepth`` and
/// ``maximumHeight``, so that neither the parser nor any later walk over the tree can exhaust the stack.
///
/// Rules that the grammar leaves open:
/// - In an agent's body `word: e` is a setting, and so is `capabilities = e`; any other `x = e` assigns a variable.
/// - `{` begins a record when `word:` or `"text":` follows. Otherwise it is a block at the start of a statement, of a
///   lambda's body and of a match arm's body (so `x => {}` does nothing), and a record in any other expression.
/// - In the heads of `if`, `for`, `while`, `match` and `with`, `Name {` is a name before a block, not a record.
/// - In the guard of a match arm `x =>` is the guard's end, not a lambda; brackets allow lambdas and records again.
/// - A `;` may be left out before `}`. `if`, `match` and `try` at the start of a statement end it, unless `.` follows.
/// - The body of a match arm may be `return`, `throw`, `break`, `continue` or an assignment; it is then a block of one
///   statement without braces.
public struct Parser {
  /// How deep constructs may nest.
  ///
  /// Each level costs the parser some stack frames; this many fit a 512 KiB stack.
  package static let maximumDepth = 100
  /// How high a tree may become; long chains of operators grow the tree without nesting.
  package static let maximumHeight = 256

  let source: SourceText
  let tokens: [Token]
  /// The token to be read next.
  var index = 0
  /// The kind of the token to be read next.
  var kind = TokenKind.endOfFile
  /// The index after the last token that was read.
  var end = 0
  var nodes: [SyntaxTree.Node] = []
  var childIDs: [SyntaxTree.NodeID] = []
  var heights: [UInt16] = []
  /// Children of nodes under construction, and operands of expressions.
  var pending: [SyntaxTree.NodeID] = []
  /// Operators of expressions under construction.
  var operators: [PendingOperator] = []
  var depth = 0
  /// What the expression that is read may begin with.
  var context = ExpressionContext.anything
  var diagnostics = DiagnosticCollection()
  /// The token at which the last problem was reported; a second one there would be a consequence of the first.
  var lastProblem = -1
  /// Set when parsing was given up; nothing more is reported.
  var isSilenced = false

  private init(_ source: SourceText, _ tokens: [Token]) {
    self.source = source
    self.tokens = tokens
    nodes.reserveCapacity(tokens.count)
    heights.reserveCapacity(tokens.count)
    childIDs.reserveCapacity(tokens.count)
    skipUnknown()
  }

  /// Parses a text; all problems of the text are in the tree's diagnostics.
  public static func parse(_ source: SourceText) -> SyntaxTree {
    let lexer = Lexer.run(source)
    var parser = Parser(source, lexer.tokens)
    let root = parser.parseProgram()
    var diagnostics = lexer.diagnostics
    if let unclosed = lexer.unclosedString {
      // What follows a string that was never closed is inside out; reporting it would only confuse.
      parser.diagnostics.removeAll { $0.range.lowerBound > unclosed.lowerBound }
    }
    diagnostics.append(contentsOf: parser.diagnostics)
    return SyntaxTree(
      source: source, tokens: lexer.tokens, comments: lexer.comments, nodes: parser.nodes, childIDs: parser.childIDs,
      root: root, diagnostics: diagnostics.sorted(endOffset: UInt32(source.bytes.count)))
  }

  private mutating func parseProgram() -> SyntaxTree.NodeID {
    let mark = pending.count
    while kind != .endOfFile {
      if eat(.semicolon) { continue }
      let before = index
      pending.append(parseItem())
      if index == before { bump() }
    }
    return finish(.program, main: 0, first: 0, mark: mark)
  }

  // MARK: - Tokens

  /// Reads the next token.
  mutating func bump() {
    guard index < tokens.count - 1 else { return }
    index += 1
    end = index
    kind = tokens[index].kind
    if kind == .unknown { skipUnknown() }
  }

  /// Passes over tokens that the lexer could not name; it has reported them.
  private mutating func skipUnknown() {
    while index < tokens.count - 1, tokens[index].kind == .unknown { index += 1 }
    kind = tokens[index].kind
  }

  /// Reads the next token if it is of a kind.
  mutating func eat(_ expected: TokenKind) -> Bool {
    guard kind == expected else { return false }
    bump()
    return true
  }

  /// The kind of a token after the next one.
  func kind(ahead distance: Int) -> TokenKind { kind(at: index + distance) }

  func kind(at position: Int) -> TokenKind { tokens[min(position, tokens.count - 1)].kind }

  /// Whether a token is an identifier with a text.
  func isWord(_ position: Int, _ word: StaticString) -> Bool {
    let token = tokens[min(position, tokens.count - 1)]
    guard token.kind == .identifier, Int(token.end - token.start) == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { expected in
      source.bytes[Int(token.start)..<Int(token.end)].elementsEqual(expected)
    }
  }

  /// Whether a token is the first of its line.
  func isFirstOnLine(_ position: Int) -> Bool {
    guard position > 0 else { return true }
    return source.bytes[Int(tokens[position - 1].end)..<Int(tokens[position].start)].contains(UInt8(ascii: "\n"))
  }

  func text(_ position: Int) -> String { source.text(tokens[position].range) }
}
