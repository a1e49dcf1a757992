extension Lexer {
  /// A word: an identifier, a reserved word, `_`, or the beginning of `vault://…`.
  mutating func scanWord() {
    let start = offset
    var end = offset
    var packed: UInt64 = 0
    while end < bytes.count, Self.isWordByte(bytes[end]) {
      packed = packed &<< 8 | UInt64(bytes[end])
      end += 1
    }
    let length = end - start
    if length == 1, bytes[start] == UInt8(ascii: "_") { return take(.underscore, 1) }
    if length == 5, byte(at: end) == UInt8(ascii: ":"), isSecretScheme(start) { return scanSecretReference() }
    let kind = length <= ReservedWords.maximumLength ? reservedWords.kind(packed: packed, length: length) : .identifier
    take(kind, length)
  }

  private func isSecretScheme(_ start: Int) -> Bool {
    let scheme: StaticString = "vault://"
    guard start + scheme.utf8CodeUnitCount <= bytes.count else { return false }
    return scheme.withUTF8Buffer { expected in
      bytes[start..<start + expected.count].elementsEqual(expected)
    }
  }

  /// `vault://path/to/secret`: the path takes letters, digits and `_ - . /`.
  private mutating func scanSecretReference() {
    let start = offset
    let pathStart = start + 8
    var end = pathStart
    while end < bytes.count, Self.isSecretPathByte(bytes[end]) { end += 1 }
    if end == pathStart {
      diagnostics.report(
        .emptySecretReference, "`vault://` names no secret", at: UInt32(start)..<UInt32(end),
        suggestion: "write its path, for example `vault://team/api_key`")
    }
    take(.secretReference, end - start)
  }

  private static func isSecretPathByte(_ byte: UInt8) -> Bool {
    isWordByte(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }
}
