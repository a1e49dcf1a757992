/// The slow paths of arithmetic: floats, strings, overflow and wrong types.
extension Engine {
  /// `left + right`.
  ///
  /// The operands are registers, because joining strings may move them.
  @inline(never)
  func add(_ left: UnsafePointer<Cell>, _ right: UnsafePointer<Cell>) throws(Thrown) -> Cell {
    let (x, y) = (left.pointee, right.pointee)
    if x.isInt, y.isInt { throw overflow("+", x, y) }
    if x.isNumber, y.isNumber { return Cell(float: x.number + y.number) }
    if x.isString, y.isString { return try join(left, right) }
    if x.isString || y.isString {
      let other = x.isString ? y : x
      throw raise(
        .typeError,
        "cannot add `\(x.typeName)` and `\(y.typeName)`; turn the `\(other.typeName)` into text with `string(x)`")
    }
    throw wrongOperands("add", x, y)
  }

  /// `left - right`.
  @inline(never)
  func subtract(_ x: Cell, _ y: Cell) throws(Thrown) -> Cell {
    if x.isInt, y.isInt { throw overflow("-", x, y) }
    guard x.isNumber, y.isNumber else { throw wrongOperands("subtract", x, y) }
    return Cell(float: x.number - y.number)
  }

  /// `left * right`.
  @inline(never)
  func multiply(_ x: Cell, _ y: Cell) throws(Thrown) -> Cell {
    if x.isInt, y.isInt { throw overflow("*", x, y) }
    guard x.isNumber, y.isNumber else { throw wrongOperands("multiply", x, y) }
    return Cell(float: x.number * y.number)
  }

  /// `left / right`: of ints the quotient rounded towards zero.
  @inline(never)
  func divide(_ x: Cell, _ y: Cell) throws(Thrown) -> Cell {
    guard x.isNumber, y.isNumber else { throw wrongOperands("divide", x, y) }
    guard y.number != 0 else { throw divisionByZero("/", x) }
    guard x.isInt, y.isInt else { return Cell(float: x.number / y.number) }
    let (quotient, overflows) = x.int.dividedReportingOverflow(by: y.int)
    if overflows { throw overflow("/", x, y) }
    return Cell(int: quotient)
  }

  /// `left % right`: the sign is the dividend's.
  @inline(never)
  func remainder(_ x: Cell, _ y: Cell) throws(Thrown) -> Cell {
    guard x.isNumber, y.isNumber else { throw wrongOperands("take the remainder of", x, y) }
    guard y.number != 0 else { throw divisionByZero("%", x) }
    guard x.isInt, y.isInt else { return Cell(float: x.number.truncatingRemainder(dividingBy: y.number)) }
    // The smallest int by -1 overflows as a division; its remainder is zero all the same.
    return Cell(int: x.int.remainderReportingOverflow(dividingBy: y.int).partialValue)
  }

  /// `-value`.
  @inline(never)
  func negate(_ x: Cell) throws(Thrown) -> Cell {
    if x.isFloat { return Cell(float: -x.float) }
    guard x.isInt else {
      throw raise(.typeError, "cannot negate `\(x.typeName)`; only an int or a float has a negative")
    }
    let (negative, overflows) = Int64(0).subtractingReportingOverflow(x.int)
    if overflows { throw raise(.overflow, "`-(\(x.int))` does not fit an int of 64 bits") }
    return Cell(int: negative)
  }

  private func join(_ left: UnsafePointer<Cell>, _ right: UnsafePointer<Cell>) throws(Thrown) -> Cell {
    let firstCount = bytes(left.pointee).count
    let secondCount = bytes(right.pointee).count
    if secondCount == 0 { return left.pointee }
    if firstCount == 0 { return right.pointee }
    let count = firstCount + secondCount
    try checkTextLength(count)
    try ensure(HeapObject.stringWords(byteCount: count))
    try spend(count / HeapObject.wordBytes)
    let scalars = scalarCount(left.pointee) + scalarCount(right.pointee)
    let (cell, target) = takeText(byteCount: count, scalarCount: scalars)
    if let start = bytes(left.pointee).baseAddress { target.update(from: start, count: firstCount) }
    if let start = bytes(right.pointee).baseAddress { (target + firstCount).update(from: start, count: secondCount) }
    return cell
  }

  @inline(never)
  private func wrongOperands(_ verb: String, _ x: Cell, _ y: Cell) -> Thrown {
    let preposition = verb == "add" || verb == "multiply" || verb == "take the remainder of" ? "and" : "by"
    let joint = verb == "subtract" ? "from" : preposition
    let (first, second) = verb == "subtract" ? (y, x) : (x, y)
    return raise(.typeError, "cannot \(verb) `\(first.typeName)` \(joint) `\(second.typeName)`; both must be numbers")
  }

  @inline(never)
  private func overflow(_ operation: String, _ x: Cell, _ y: Cell) -> Thrown {
    raise(
      .overflow, "`\(x.int) \(operation) \(y.int)` does not fit an int of 64 bits; use floats for numbers this large")
  }

  @inline(never)
  private func divisionByZero(_ operation: String, _ x: Cell) -> Thrown {
    let dividend = x.isInt ? NumberText.print(x.int) : NumberText.print(x.float)
    return raise(.divisionByZero, "`\(dividend) \(operation) 0` has no result; check the divisor first")
  }

  /// What a condition or a logical operator got instead of a bool.
  @inline(never)
  func notABool(_ cell: Cell) -> Thrown {
    raise(.typeError, "a condition must be a bool, not `\(cell.typeName)`; compare it with something")
  }
}
