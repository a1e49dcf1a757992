extension TokenKind {
  /// The word, when the kind is a reserved word.
  package var reservedWord: String? {
    switch self {
    case .let: "let"
    case .return: "return"
    case .if: "if"
    case .else: "else"
    case .for: "for"
    case .in: "in"
    case .while: "while"
    case .break: "break"
    case .continue: "continue"
    case .match: "match"
    case .try: "try"
    case .catch: "catch"
    case .throw: "throw"
    case .true: "true"
    case .false: "false"
    case .null: "null"
    case .not: "not"
    default: nil
    }
  }

  /// Whether it is written as a word: an identifier or a reserved word.
  ///
  /// Such a token may be a key or a field's name.
  package var isWord: Bool {
    switch self {
    case .identifier, .let, .return, .if, .else, .for, .in, .while, .break, .continue, .match, .try, .catch, .throw,
      .true,
      .false, .null, .not:
      true
    default: false
    }
  }

  /// Whether it assigns, as `=` and `+=` do.
  package var isAssignment: Bool {
    switch self {
    case .assign, .plusAssign, .minusAssign, .starAssign, .slashAssign, .percentAssign: true
    default: false
    }
  }

  /// Whether a statement can begin with it that is no plain expression.
  var beginsStatement: Bool {
    switch self {
    case .let, .return, .if, .for, .while, .break, .continue, .match, .try, .throw: true
    default: false
    }
  }

  /// Whether a statement can begin with it, but no expression.
  var beginsOnlyStatement: Bool { beginsStatement && !beginsExpression }

  /// Whether an expression can begin with it.
  var beginsExpression: Bool {
    switch self {
    case .identifier, .integer, .float, .duration, .string, .secretReference, .true, .false, .null, .not, .bang, .minus,
      .leftParenthesis, .leftBrace, .leftBracket, .if, .match, .try, .underscore:
      true
    default: false
    }
  }

  /// How a missing token of the kind is named in a message.
  var spelling: String {
    switch self {
    case .leftParenthesis: "("
    case .rightParenthesis: ")"
    case .leftBrace: "{"
    case .rightBrace: "}"
    case .leftBracket: "["
    case .rightBracket: "]"
    case .comma: ","
    case .semicolon: ";"
    case .colon: ":"
    case .arrow: "->"
    case .fatArrow: "=>"
    case .assign: "="
    case .greater: ">"
    default: reservedWord ?? "\(self)"
    }
  }
}
