extension Formatter {
  /// Writes the comments that stand before a token and were not written yet.
  mutating func writeComments(before token: Int) {
    while nextComment < tree.comments.count, Int(tree.comments[nextComment].nextToken) <= token {
      switch lineFeedsBeforeComment(nextComment) {
      case 0: operations.append(isLineComment(nextComment) ? .space : .commentSpace)
      case 1: operations.append(.hardLine)
      default: operations.append(.blankLine)
      }
      operations.append(.comment(nextComment))
      writeBreakAfterComment(nextComment)
      nextComment += 1
    }
  }

  /// Writes the comments that follow the last token on its line.
  mutating func writeTrailingComments() {
    guard lastToken >= 0 else { return }
    var reach = lastToken + 1
    while tokenKind(reach) == .comma || tokenKind(reach) == .semicolon { reach += 1 }
    while nextComment < tree.comments.count, Int(tree.comments[nextComment].nextToken) <= reach,
      lineFeedsBeforeComment(nextComment) == 0
    {
      let isLine = isLineComment(nextComment)
      operations.append(isLine ? .space : .commentSpace)
      operations.append(.comment(nextComment))
      if isLine { operations.append(.hardLine) }
      nextComment += 1
    }
  }

  /// Whether comments wait that stand before a token.
  func hasComments(before token: Int) -> Bool {
    nextComment < tree.comments.count && Int(tree.comments[nextComment].nextToken) <= token
  }

  private mutating func writeBreakAfterComment(_ comment: Int) {
    let end = Int(tree.comments[comment].range.upperBound)
    let isFollowed =
      comment + 1 < tree.comments.count && tree.comments[comment + 1].nextToken == tree.comments[comment].nextToken
    let next = isFollowed ? Int(tree.comments[comment + 1].range.lowerBound) : startOfToken(after: comment)
    switch lineFeeds(end..<max(end, next)) {
    case 0 where !isLineComment(comment): operations.append(.commentSpace)
    case 0, 1: operations.append(.hardLine)
    default: operations.append(isFollowed ? .hardLine : .blankLine)
    }
  }

  private func startOfToken(after comment: Int) -> Int {
    Int(tree.tokens[Int(tree.comments[comment].nextToken)].start)
  }

  private func isLineComment(_ comment: Int) -> Bool {
    let start = Int(tree.comments[comment].range.lowerBound)
    return tree.source.bytes[start] == UInt8(ascii: "#") || tree.source.bytes[start + 1] == UInt8(ascii: "/")
  }

  /// The line feeds between a comment and what stands before it.
  private func lineFeedsBeforeComment(_ index: Int) -> Int {
    let comment = tree.comments[index]
    var previous = comment.nextToken > 0 ? Int(tree.tokens[Int(comment.nextToken) - 1].end) : 0
    if index > 0 { previous = max(previous, Int(tree.comments[index - 1].range.upperBound)) }
    return lineFeeds(previous..<max(previous, Int(comment.range.lowerBound)))
  }

  /// The line feeds between a token and what was written before it.
  func lineFeeds(before token: Int) -> Int {
    var previous = token > 0 ? Int(tree.tokens[token - 1].end) : 0
    if nextComment > 0 { previous = max(previous, Int(tree.comments[nextComment - 1].range.upperBound)) }
    return lineFeeds(previous..<max(previous, Int(tree.tokens[token].start)))
  }

  private func lineFeeds(_ range: Range<Int>) -> Int {
    tree.source.bytes[range].reduce(0) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
  }
}
