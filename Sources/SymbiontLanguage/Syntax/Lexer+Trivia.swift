extension Lexer {
  /// `// …` or `# …` to the end of the line; the line's ending is not part of it.
  mutating func scanLineComment() {
    let start = offset
    var end = offset
    while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
    offset = end
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    comments.append(Comment(range: range(start..<end), nextToken: UInt32(tokens.count)))
  }

  /// `/* … */`; such comments nest.
  mutating func scanBlockComment() {
    let start = offset
    var depth = 0
    repeat {
      let pair = (byte(at: offset), byte(at: offset + 1))
      if pair == (UInt8(ascii: "/"), UInt8(ascii: "*")) {
        depth += 1
        offset += 2
      } else if pair == (UInt8(ascii: "*"), UInt8(ascii: "/")) {
        depth -= 1
        offset += 2
      } else {
        offset += 1
      }
    } while depth > 0 && offset < bytes.count
    offset = min(offset, bytes.count)
    if depth > 0 {
      diagnostics.report(
        .unclosedComment, "the comment is not closed", at: range(start..<start + 2),
        suggestion: "add `*/`; a `/*` inside a comment needs its own")
    }
    comments.append(Comment(range: range(start..<offset), nextToken: UInt32(tokens.count)))
  }
}
