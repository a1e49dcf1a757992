/// Writes a program in its one normal layout: four spaces a level, at most 100 columns where lines can be broken, at most
/// one empty line in a row.
///
/// Comments and the contents of strings are kept. Formatting changes no structure: the formatted text parses to the same
/// tree, and formatting it again changes nothing.
public struct Formatter {
  let tree: SyntaxTree
  var operations: [FormatOperation] = []
  /// The comment to be written next.
  var nextComment = 0
  /// The token that was written last.
  var lastToken = -1

  private init(_ tree: SyntaxTree) {
    self.tree = tree
    operations.reserveCapacity(tree.tokens.count * 2)
  }

  /// The formatted text, or `nil` when the tree has errors: what was not understood cannot be laid out.
  public static func format(_ tree: SyntaxTree) -> String? {
    guard !tree.diagnostics.contains(where: { $0.severity == .error }) else { return nil }
    var formatter = Formatter(tree)
    formatter.formatProgram()
    return String(decoding: FormatLayout.write(formatter.operations, tree), as: UTF8.self)
  }

  private mutating func formatProgram() {
    var previous: SyntaxTree.NodeID?
    for item in tree.children(tree.root) {
      if let previous {
        let areAliases = tree.kind(previous) == .typeDeclaration && tree.kind(item) == .typeDeclaration
        separate(from: item, isBlank: !areAliases)
      }
      formatItem(item)
      previous = item
    }
    breakLine(.hardLine)
    writeComments(before: tree.tokens.count - 1)
  }

  // MARK: - Writing

  /// Writes a token and the comments before it.
  mutating func token(_ index: Int) {
    writeComments(before: index)
    operations.append(.token(index))
    lastToken = index
  }

  mutating func text(_ text: StaticString) { operations.append(.text(text)) }

  mutating func space() { operations.append(.space) }

  /// A place where the line may or must break; comments at the end of the line go before it.
  mutating func breakLine(_ operation: FormatOperation) {
    writeTrailingComments()
    operations.append(operation)
  }

  /// A new line before a sibling; an empty line of the source is kept.
  mutating func separate(from node: SyntaxTree.NodeID, isBlank: Bool = false) {
    writeTrailingComments()
    let first = firstToken(node)
    let hasComment = nextComment < tree.comments.count && Int(tree.comments[nextComment].nextToken) <= first
    let isBlank = isBlank || (!hasComment && lineFeeds(before: first) > 1)
    operations.append(isBlank ? .blankLine : .hardLine)
  }

  // MARK: - The tree

  func firstToken(_ node: SyntaxTree.NodeID) -> Int { Int(tree.nodes[Int(node)].firstToken) }

  func endToken(_ node: SyntaxTree.NodeID) -> Int { Int(tree.nodes[Int(node)].endToken) }

  func mainToken(_ node: SyntaxTree.NodeID) -> Int { Int(tree.nodes[Int(node)].mainToken) }

  func tokenKind(_ index: Int) -> TokenKind { tree.tokens[min(index, tree.tokens.count - 1)].kind }

  func isMissing(_ node: SyntaxTree.NodeID) -> Bool { tree.kind(node) == .missing }
}
