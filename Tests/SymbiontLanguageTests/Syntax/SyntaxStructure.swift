@testable import SymbiontLanguage

/// What must stay the same when a program is laid out anew, and what must hold for every tree.
enum SyntaxStructure {
  /// The nodes in order, each with its kind, its depth and its main token's text.
  static func describe(_ tree: SyntaxTree) -> [String] {
    var lines: [String] = []
    var stack: [(node: SyntaxTree.NodeID, depth: Int)] = [(tree.root, 0)]
    while let (node, depth) = stack.popLast() {
      let hasOwnText = tree.kind(node) != .missing && tree.kind(node) != .program && !isWithoutTokens(node, tree)
      lines.append("\(depth) \(tree.kind(node)) \(hasOwnText ? tree.mainText(node) : "")")
      for child in tree.children(node).reversed() { stack.append((child, depth + 1)) }
    }
    return lines
  }

  private static func isWithoutTokens(_ node: SyntaxTree.NodeID, _ tree: SyntaxTree) -> Bool {
    tree.nodes[Int(node)].firstToken == tree.nodes[Int(node)].endToken
  }

  /// A short form of a tree: `(kind main child child)`, missing children as `-`.
  static func expression(_ tree: SyntaxTree, _ node: SyntaxTree.NodeID) -> String {
    if tree.kind(node) == .missing { return "-" }
    let parts = ["\(tree.kind(node)):\(tree.mainText(node))"] + tree.children(node).map { expression(tree, $0) }
    return parts.count == 1 ? parts[0] : "(\(parts.joined(separator: " ")))"
  }

  /// The tokens without optional separators; `:` and `=` of settings are alike.
  static func significantTokens(_ tree: SyntaxTree) -> [String] {
    tree.tokens.compactMap { token in
      switch token.kind {
      case .comma, .semicolon: nil
      case .colon: "="
      default: tree.source.text(token.range)
      }
    }
  }

  /// The comments without the white space at their ends.
  static func comments(_ tree: SyntaxTree) -> [String] {
    tree.comments.map { comment in
      var text = tree.source.text(comment.range)[...]
      while let last = text.unicodeScalars.last, last == " " || last == "\t" || last == "\r" {
        text.unicodeScalars.removeLast()
      }
      return String(text)
    }
  }

  /// The first thing that is wrong with a tree, or `nil`.
  static func flaw(_ tree: SyntaxTree) -> String? {
    if let flaw = textFlaw(tree) { return flaw }
    guard tree.kind(tree.root) == .program, Int(tree.root) == tree.nodes.count - 1 else {
      return "the root is not last"
    }
    var heights: [Int] = []
    for (index, node) in tree.nodes.enumerated() {
      guard node.firstToken <= node.endToken, Int(node.endToken) <= tree.tokens.count else {
        return "tokens of \(index)"
      }
      guard Int(node.mainToken) < tree.tokens.count else { return "main token of \(index)" }
      guard Int(node.firstChild + node.childCount) <= tree.childIDs.count else { return "children of \(index)" }
      var height = 1
      for child in tree.children(UInt32(index)) {
        guard child < index else { return "child \(child) after \(index)" }
        let inner = tree.nodes[Int(child)]
        let isInside = inner.firstToken >= node.firstToken && inner.endToken <= max(node.endToken, inner.firstToken)
        guard isInside || inner.firstToken == inner.endToken else {
          return "\(inner.kind) leaves \(node.kind) \(index)"
        }
        height = max(height, heights[Int(child)] + 1)
      }
      guard height <= Parser.maximumHeight + 1 else { return "height of \(index)" }
      heights.append(height)
    }
    return nil
  }

  /// Tokens, comments and white space must cover the text in order.
  private static func textFlaw(_ tree: SyntaxTree) -> String? {
    var pieces = tree.tokens.dropLast().map(\.range) + tree.comments.map(\.range)
    pieces.sort { $0.lowerBound < $1.lowerBound }
    let end = UInt32(tree.source.bytes.count)
    guard tree.tokens.last == Token(kind: .endOfFile, start: end, end: end) else { return "the end of the file" }
    var offset: UInt32 = 0
    for piece in pieces + [end..<end] {
      guard piece.lowerBound >= offset else { return "pieces overlap at \(offset)" }
      for byte in tree.source.bytes[Int(offset)..<Int(piece.lowerBound)] {
        let isSpace = [0x20, 0x09, 0x0A, 0x0D].contains(byte) || (offset == 0 && [0xEF, 0xBB, 0xBF].contains(byte))
        guard isSpace else { return "byte \(byte) after \(offset) belongs to nothing" }
      }
      offset = piece.upperBound
    }
    for comment in tree.comments {
      let next = tree.tokens[Int(comment.nextToken)]
      guard next.start >= comment.range.upperBound else { return "a comment's next token" }
    }
    return nil
  }
}
