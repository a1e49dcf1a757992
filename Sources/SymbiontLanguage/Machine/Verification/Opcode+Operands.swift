/// What an operand of an instruction refers to.
enum OperandRole {
  case unused
  /// A register.
  case register
  /// The first of two or three registers.
  case registerPair, registerTriple
  /// A plain number.
  case number
  case constant, symbol, type
  /// A jump distance.
  case distance
}

/// The operands of an instruction that can be checked one by one.
///
/// Windows and tables are checked by the verifier itself.
struct OperandLayout {
  var a = OperandRole.unused
  var b = OperandRole.unused
  var c = OperandRole.unused
  /// The immediate, in place of `b` and `c`.
  var x = OperandRole.unused
}

extension Opcode {
  /// The operands.
  var operands: OperandLayout {
    switch self {
    case .loadNull, .return, .throw, .checkBool: OperandLayout(a: .register)
    case .loadBool: OperandLayout(a: .register, b: .number)
    case .loadInteger: OperandLayout(a: .register, x: .number)
    case .loadConstant: OperandLayout(a: .register, x: .constant)
    case .checkType: OperandLayout(a: .register, x: .type)
    case .move, .copy, .negate, .not, .append: OperandLayout(a: .register, b: .register)
    case .add, .subtract, .multiply, .divide, .remainder, .equal, .notEqual, .less, .lessOrEqual, .contained, .getIndex,
      .setIndex, .placeIndex, .peekIndex:
      OperandLayout(a: .register, b: .register, c: .register)
    case .addImmediate, .isArrayOfCount, .isArrayOfAtLeast, .arrayRest:
      OperandLayout(a: .register, b: .register, c: .number)
    case .jump: OperandLayout(x: .distance)
    case .jumpIfTrue, .jumpIfFalse, .jumpIfNull, .jumpIfNotNull: OperandLayout(a: .register, x: .distance)
    case .jumpIfEqual, .jumpIfNotEqual, .jumpIfLess, .jumpIfLessOrEqual, .jumpIfNotLess, .jumpIfNotLessOrEqual:
      OperandLayout(a: .register, b: .register, c: .distance)
    case .jumpIfNotEqualImmediate, .jumpIfNotLessImmediate, .jumpIfNotLessOrEqualImmediate,
      .jumpIfNotGreaterImmediate, .jumpIfNotGreaterOrEqualImmediate:
      OperandLayout(a: .register, b: .number, c: .distance)
    case .iterate, .iterateRange: OperandLayout(a: .registerTriple, x: .distance)
    case .checkRange: OperandLayout(a: .registerPair)
    case .call, .callBuiltin, .callEffect, .callTool: OperandLayout(a: .register)
    case .callClosure: OperandLayout(a: .register, b: .register)
    case .returnNull: OperandLayout()
    case .makeClosure, .newArray, .newRecord: OperandLayout(a: .register)
    case .getField, .hasField, .placeField, .peekField: OperandLayout(a: .register, b: .register, c: .symbol)
    case .setField: OperandLayout(a: .register, b: .symbol, c: .register)
    }
  }

  /// Whether the next instruction is never reached from this one.
  var endsFlow: Bool {
    switch self {
    case .jump, .return, .returnNull, .throw: true
    default: false
    }
  }
}
