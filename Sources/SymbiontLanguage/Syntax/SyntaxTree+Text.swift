extension SyntaxTree {
  /// The bytes of a token, for the decoding of literals.
  package func bytes(ofToken index: UInt32) -> ArraySlice<UInt8> {
    let token = tokens[Int(index)]
    return source.bytes[Int(token.start)..<Int(token.end)]
  }

  /// The bytes of a node's main token.
  package func mainBytes(_ node: NodeID) -> ArraySlice<UInt8> { bytes(ofToken: nodes[Int(node)].mainToken) }

  /// What a node's main token names: the value of a string, the text of any other token.
  ///
  /// For keys of records and settings.
  package func mainName(_ node: NodeID) -> String {
    mainToken(node).kind == .string ? StringLiteral.decode(mainBytes(node)) : mainText(node)
  }
}
