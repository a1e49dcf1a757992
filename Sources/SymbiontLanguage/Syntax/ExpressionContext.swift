/// What an expression may hold where it is read; brackets lift every restriction.
enum ExpressionContext {
  /// Everything.
  case anything
  /// Before a block: `Name {` is a name before the block, not a record.
  case head
  /// Before `=>`: `x =>` is a name before the arrow, not a lambda.
  case guardCondition

  var allowsRecords: Bool { self != .head }

  var allowsLambdas: Bool { self != .guardCondition }
}
