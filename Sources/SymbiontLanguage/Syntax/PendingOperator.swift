/// An operator that waits for its right operand.
struct PendingOperator {
  let token: UInt32
  let precedence: OperatorPrecedence
}

/// How tightly binary operators bind, loosest first.
enum OperatorPrecedence: UInt8, Comparable {
  case or, and, equality, comparison, sum, product

  /// The precedence of an operator; `nil` for tokens that are none.
  init?(_ kind: TokenKind) {
    switch kind {
    case .orOr: self = .or
    case .andAnd: self = .and
    case .equal, .notEqual, .in: self = .equality
    case .less, .greater, .lessEqual, .greaterEqual: self = .comparison
    case .plus, .minus: self = .sum
    case .star, .slash, .percent: self = .product
    default: return nil
    }
  }

  /// Whether operators of this precedence may follow one another.
  var isAssociative: Bool { self != .equality && self != .comparison }

  static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
