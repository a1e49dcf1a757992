/// A parsed file that keeps every byte: tokens, comments and nodes refer to the source by offsets.
///
/// Nodes live in one flat array and name their children by index, so that a tree costs a few allocations, is `Sendable`
/// and is walked without reference counting. ``SyntaxKind`` gives the layout of each kind. The tree of a broken file is
/// whole too: `error` and `missing` nodes stand where the text could not be understood.
public struct SyntaxTree: Sendable {
  /// An index into ``nodes``.
  public typealias NodeID = UInt32

  /// One node.
  public struct Node: Sendable, Hashable {
    /// What it is.
    public let kind: SyntaxKind
    /// The index of the token that names it, see ``SyntaxKind``.
    public let mainToken: UInt32
    /// The index of its first token.
    public let firstToken: UInt32
    /// The index after its last token; equal to ``firstToken`` for `missing`.
    public let endToken: UInt32
    /// Where its children start in ``SyntaxTree/childIDs``.
    public let firstChild: UInt32
    /// How many children it has.
    public let childCount: UInt32

    /// Makes a node.
    public init(
      kind: SyntaxKind, mainToken: UInt32, firstToken: UInt32, endToken: UInt32, firstChild: UInt32, childCount: UInt32
    ) {
      self.kind = kind
      self.mainToken = mainToken
      self.firstToken = firstToken
      self.endToken = endToken
      self.firstChild = firstChild
      self.childCount = childCount
    }
  }

  /// The text that was parsed.
  public let source: SourceText
  /// All tokens in order; the last is `endOfFile`.
  public let tokens: [Token]
  /// All comments in order.
  public let comments: [Comment]
  /// All nodes; a node stands after its children.
  public let nodes: [Node]
  /// The children of all nodes, each node's in one run.
  public let childIDs: [NodeID]
  /// The `program` node.
  public let root: NodeID
  /// What the lexer and the parser found, by position.
  public let diagnostics: [Diagnostic]

  /// Makes a tree of its parts; the parser's way out.
  package init(
    source: SourceText, tokens: [Token], comments: [Comment], nodes: [Node], childIDs: [NodeID], root: NodeID,
    diagnostics: [Diagnostic]
  ) {
    self.source = source
    self.tokens = tokens
    self.comments = comments
    self.nodes = nodes
    self.childIDs = childIDs
    self.root = root
    self.diagnostics = diagnostics
  }

  /// The kind of a node.
  public func kind(_ node: NodeID) -> SyntaxKind { nodes[Int(node)].kind }

  /// The children of a node.
  public func children(_ node: NodeID) -> ArraySlice<NodeID> {
    let node = nodes[Int(node)]
    return childIDs[Int(node.firstChild)..<Int(node.firstChild + node.childCount)]
  }

  /// A child by its place; the caller knows the layout.
  public func child(_ node: NodeID, _ index: Int) -> NodeID { childIDs[Int(nodes[Int(node)].firstChild) + index] }

  /// The main token of a node.
  public func mainToken(_ node: NodeID) -> Token { tokens[Int(nodes[Int(node)].mainToken)] }

  /// The text of a node's main token.
  public func mainText(_ node: NodeID) -> String { source.text(mainToken(node).range) }

  /// The bytes from a node's first token to its last.
  public func range(_ node: NodeID) -> Range<UInt32> {
    let node = nodes[Int(node)]
    let start = tokens[Int(node.firstToken)].start
    guard node.endToken > node.firstToken else { return start..<start }
    return start..<tokens[Int(node.endToken) - 1].end
  }
}
