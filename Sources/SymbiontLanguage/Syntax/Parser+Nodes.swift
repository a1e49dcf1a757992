extension Parser {
  typealias NodeID = SyntaxTree.NodeID

  /// Makes a node of the pending children from a mark on; it ends with the last token that was read.
  mutating func finish(_ kind: SyntaxKind, main: Int, first: Int, mark: Int) -> NodeID {
    append(kind, main: main, first: first, end: max(end, first), children: mark..<pending.count)
  }

  /// Makes a node without children.
  mutating func leaf(_ kind: SyntaxKind, main: Int, first: Int) -> NodeID {
    append(kind, main: main, first: first, end: max(end, first), children: pending.count..<pending.count)
  }

  /// Makes a node of the next token, which is read.
  mutating func tokenLeaf(_ kind: SyntaxKind) -> NodeID {
    let first = index
    bump()
    return leaf(kind, main: first, first: first)
  }

  /// A child that is absent.
  mutating func missing() -> NodeID {
    append(.missing, main: index, first: index, end: index, children: pending.count..<pending.count)
  }

  /// Text that was not understood, from a token to the last that was read.
  mutating func errorNode(from first: Int) -> NodeID {
    append(.error, main: first, first: first, end: max(end, first), children: pending.count..<pending.count)
  }

  /// Makes a node of pending children and removes these.
  mutating func append(_ kind: SyntaxKind, main: Int, first: Int, end: Int, children: Range<Int>) -> NodeID {
    var kind = kind
    var height: UInt16 = 0
    let firstChild = childIDs.count
    for position in children {
      let child = pending[position]
      height = max(height, heights[Int(child)])
      childIDs.append(child)
    }
    pending.removeLast(pending.count - children.lowerBound)
    var childCount = children.count
    if Int(height) >= Self.maximumHeight, kind != .program {
      reportDepth()
      childIDs.removeSubrange(firstChild...)
      (kind, height, childCount) = (.error, 0, 0)
    }
    heights.append(height + 1)
    nodes.append(
      SyntaxTree.Node(
        kind: kind, mainToken: UInt32(main), firstToken: UInt32(first), endToken: UInt32(end),
        firstChild: UInt32(firstChild), childCount: UInt32(childCount)))
    return NodeID(nodes.count - 1)
  }

  /// Counts one level of nesting; `false` when there are too many, and then the rest of the file is skipped.
  mutating func enter() -> Bool {
    depth += 1
    guard depth > Self.maximumDepth else { return true }
    reportDepth()
    return false
  }

  mutating func leave() { depth -= 1 }

  private mutating func reportDepth() {
    report(
      .nestedTooDeeply, "the code is nested too deeply", at: tokens[index].range,
      suggestion: "move a part of it into a function or name it with `let`")
    isSilenced = true
    index = tokens.count - 1
    kind = .endOfFile
    end = index
  }
}
