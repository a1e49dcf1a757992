/// Builtins on numbers, and conversions.
extension Engine {
  func callNumberBuiltin(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    switch arguments.builtin {
    case .int: try int(arguments)
    case .float: try float(arguments)
    case .string: try string(arguments)
    case .typeOf: try newText(arguments[0].typeName)
    case .abs: try absolute(arguments)
    case .min: try extreme(arguments, .less)
    case .max: try extreme(arguments, .greater)
    case .round: try round(arguments)
    case .floor: try whole(arguments, .down)
    default: try whole(arguments, .up)
    }
  }

  private func int(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    let x = arguments[0]
    switch x.tag {
    case Tag.int: return x
    case Tag.float: return try truncated(arguments, x.float)
    case Tag.string:
      do throws(NumberTextError) {
        return Cell(int: try NumberText.int(text(x)))
      } catch {
        throw arguments.invalid(error.reason == .outOfRange ? .overflow : .formatError, error.description)
      }
    default: throw arguments.wrong(0, "an int, a float or a String")
    }
  }

  private func float(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    let x = arguments[0]
    switch x.tag {
    case Tag.float: return x
    case Tag.int: return Cell(float: x.number)
    case Tag.string:
      do throws(NumberTextError) {
        return Cell(float: try NumberText.float(text(x)))
      } catch {
        throw arguments.invalid(error.reason == .outOfRange ? .overflow : .formatError, error.description)
      }
    default: throw arguments.wrong(0, "an int, a float or a String")
    }
  }

  private func string(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    let x = arguments[0]
    if x.isString { return x }
    if x.isInt { return try newText(decimal: x.int) }
    return try newText(try printed(arguments.window, limit: state.pointee.limits.stringBytes))
  }

  private func absolute(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    let x = arguments[0]
    if x.isFloat { return Cell(float: x.float.magnitude) }
    guard x.isInt else { throw arguments.wrong(0, "an int or a float") }
    guard let magnitude = Int64(exactly: x.int.magnitude) else {
      throw arguments.invalid(.overflow, "the magnitude of `\(x.int)` does not fit an int of 64 bits")
    }
    return Cell(int: magnitude)
  }

  /// The smallest or largest of an array or of several arguments; of equal ones the first.
  private func extreme(_ arguments: BuiltinArguments, _ wanted: Ordering) throws(Thrown) -> Cell {
    let candidates: UnsafeBufferPointer<Cell>
    if arguments.count == 1 {
      try arguments.expect(0, Tag.array, "an Array or several values")
      candidates = UnsafeBufferPointer(elements(arguments[0]))
    } else {
      candidates = UnsafeBufferPointer(start: arguments.window, count: arguments.count)
    }
    guard var best = candidates.first else {
      throw arguments.invalid(.indexError, "an empty Array has no such element")
    }
    if !best.isNumber, !best.isString {
      throw arguments.invalid(.typeError, "`\(best.typeName)` has no order; use numbers or Strings")
    }
    for candidate in candidates.dropFirst() {
      try spend(1)
      if try order(candidate, best, operation: wanted == .less ? "min" : "max") == wanted { best = candidate }
    }
    return best
  }

  /// The largest number of decimal places that a float can distinguish.
  private static var mostDigits: Int { 15 }

  private func round(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    let x = arguments[0]
    guard x.isNumber else { throw arguments.wrong(0, "an int or a float") }
    let digits = arguments.count > 1 ? try arguments.int(1) : 0
    guard (0...Self.mostDigits).contains(digits) else {
      throw arguments.invalid(.indexError, "`\(digits)` digits; choose 0 to \(Self.mostDigits)")
    }
    if x.isInt { return digits == 0 ? x : Cell(float: x.number) }
    if digits == 0 { return try whole(arguments, .toNearestOrAwayFromZero) }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (x.float * scale).rounded(.toNearestOrAwayFromZero)
    // Floats too large to be scaled have no decimal places.
    return Cell(float: scaled.isFinite ? scaled / scale : x.float)
  }

  private func whole(_ arguments: BuiltinArguments, _ rule: FloatingPointRoundingRule) throws(Thrown) -> Cell {
    let x = arguments[0]
    guard x.isNumber else { throw arguments.wrong(0, "an int or a float") }
    return x.isInt ? x : try truncated(arguments, x.float.rounded(rule))
  }

  private func truncated(_ arguments: BuiltinArguments, _ value: Double) throws(Thrown) -> Cell {
    do throws(NumberTextError) {
      return Cell(int: try NumberText.int(truncating: value))
    } catch {
      throw arguments.invalid(.overflow, error.description)
    }
  }
}
