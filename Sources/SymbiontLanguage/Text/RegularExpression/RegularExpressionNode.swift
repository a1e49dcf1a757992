/// A parsed pattern.
indirect enum RegularExpressionNode: Sendable {
  /// A condition on a place in the text.
  enum Assertion: Sendable {
    case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary
  }

  case empty
  case scalar(UInt32)
  case set(ScalarSet)
  case assertion(Assertion)
  case concatenation([RegularExpressionNode])
  case alternation([RegularExpressionNode])
  case repetition(RegularExpressionNode, minimum: Int, maximum: Int?, isLazy: Bool)
  /// A capturing group, counted from 1.
  case group(RegularExpressionNode, index: Int)

  /// Whether it matches the empty text somewhere.
  var isNullable: Bool {
    switch self {
    case .empty, .assertion: true
    case .scalar, .set: false
    case .concatenation(let nodes): nodes.allSatisfy(\.isNullable)
    case .alternation(let nodes): nodes.contains(where: \.isNullable)
    case .repetition(let node, let minimum, _, _): minimum == 0 || node.isNullable
    case .group(let node, _): node.isNullable
    }
  }
}
