/// The slow path: every instruction in its whole meaning.
extension Engine {
  /// Executes an instruction.
  ///
  /// - Parameter counter: The instruction after it, counted over the whole program.
  @inline(never)
  func execute(
    _ instruction: Instruction, _ frame: UnsafeMutablePointer<Cell>, counter: Int, _ request: inout EffectRequest?
  ) -> Continuation {
    do throws(Thrown) {
      let operation = unsafeBitCast(instruction.operation, to: Opcode.self)
      switch operation {
      case .add, .addImmediate, .subtract, .multiply, .divide, .remainder, .negate, .not, .equal, .notEqual, .less,
        .lessOrEqual, .contained:
        frame[instruction.a] = try operate(operation, instruction, frame)
        return .next
      case .jumpIfTrue, .jumpIfFalse: throw notABool(frame[instruction.a])
      case .jumpIfEqual, .jumpIfNotEqual, .jumpIfLess, .jumpIfLessOrEqual, .jumpIfNotLess, .jumpIfNotLessOrEqual:
        return try decide(operation, frame[instruction.a], frame[instruction.b]) ? .jump(instruction.signedC) : .next
      case .jumpIfNotEqualImmediate, .jumpIfNotLessImmediate, .jumpIfNotLessOrEqualImmediate,
        .jumpIfNotGreaterImmediate, .jumpIfNotGreaterOrEqualImmediate:
        return try decide(operation, frame[instruction.a], Cell(int: instruction.signedB))
          ? .jump(instruction.signedC) : .next
      case .iterate: return try iterate(frame + instruction.a) ? .next : .jump(instruction.x)
      case .iterateRange, .checkRange: throw wrongRange(frame + instruction.a)
      case .checkBool: throw notABool(frame[instruction.a])
      case .throw: throw throwValue(frame + instruction.a)
      case .call:
        try enter(instruction.b, frame + instruction.a, argumentCount: instruction.c, returning: counter)
        return .elsewhere
      case .callClosure:
        try enter(
          closure: frame[instruction.b], frame + instruction.a, argumentCount: instruction.c, returning: counter)
        return .elsewhere
      case .callEffect, .callTool:
        try ask(instruction, frame + instruction.a, counter: counter, &request)
        return .exit(.effect)
      case .return, .returnNull:
        // With a caller it is done on the fast path.
        state.pointee.inFlight = operation == .return ? frame[instruction.a] : .null
        return .exit(.completed)
      default:
        try access(operation, instruction, frame)
        return .next
      }
    } catch {
      return unwind(programCounter: counter) ? .elsewhere : .exit(.failed)
    }
  }

  /// The result of an operator.
  private func operate(
    _ operation: Opcode, _ instruction: Instruction, _ frame: UnsafeMutablePointer<Cell>
  ) throws(Thrown) -> Cell {
    let (x, y) = (frame + instruction.b, frame + instruction.c)
    switch operation {
    case .add: return try add(x, y)
    case .addImmediate:
      var immediate = Cell(int: instruction.signedC)
      return try add(x, &immediate)
    case .subtract: return try subtract(x.pointee, y.pointee)
    case .multiply: return try multiply(x.pointee, y.pointee)
    case .divide: return try divide(x.pointee, y.pointee)
    case .remainder: return try remainder(x.pointee, y.pointee)
    case .negate: return try negate(x.pointee)
    case .equal: return Cell(bool: try areEqual(x.pointee, y.pointee))
    case .notEqual: return Cell(bool: try !areEqual(x.pointee, y.pointee))
    case .less: return Cell(bool: try isLess(x.pointee, y.pointee))
    case .lessOrEqual: return Cell(bool: try isLessOrEqual(x.pointee, y.pointee))
    case .contained: return Cell(bool: try contains(y.pointee, x.pointee))
    default: throw notABool(x.pointee)
    }
  }

  /// Whether a comparing jump is taken.
  private func decide(_ operation: Opcode, _ x: Cell, _ y: Cell) throws(Thrown) -> Bool {
    switch operation {
    case .jumpIfEqual: try areEqual(x, y)
    case .jumpIfNotEqual, .jumpIfNotEqualImmediate: try !areEqual(x, y)
    case .jumpIfLess: try isLess(x, y)
    case .jumpIfLessOrEqual: try isLessOrEqual(x, y)
    case .jumpIfNotLess, .jumpIfNotLessImmediate: try !isLess(x, y)
    case .jumpIfNotLessOrEqual, .jumpIfNotLessOrEqualImmediate: try !isLessOrEqual(x, y)
    case .jumpIfNotGreaterImmediate: try !isLess(y, x)
    default: try !isLessOrEqual(y, x)
    }
  }

  private func isLess(_ x: Cell, _ y: Cell) throws(Thrown) -> Bool { try order(x, y, operation: "<") == .less }

  private func isLessOrEqual(_ x: Cell, _ y: Cell) throws(Thrown) -> Bool {
    let order = try order(x, y, operation: "<=")
    return order == .less || order == .equal
  }

  /// Instructions that make, read, write or look at containers, and calls of builtins.
  private func access(
    _ operation: Opcode, _ instruction: Instruction, _ frame: UnsafeMutablePointer<Cell>
  ) throws(Thrown) {
    let (a, b, c) = (frame + instruction.a, frame + instruction.b, frame + instruction.c)
    switch operation {
    case .callBuiltin: try callBuiltin(UInt16(truncatingIfNeeded: instruction.b), a, count: instruction.c)
    case .makeClosure:
      let captureCount = image.pointee.function(instruction.b).captureCount
      a.pointee = try newClosure(function: instruction.b, captures: c, count: captureCount)
    case .newArray: a.pointee = try newArray(b, count: instruction.c)
    case .newRecord: a.pointee = try newRecord(shape: instruction.c, b)
    case .append: try append(a, b)
    case .getField, .peekField:
      let value = try getField(b.pointee, image.pointee.symbols[instruction.c])
      if operation == .getField { share(value) }
      a.pointee = value
    case .getIndex, .peekIndex:
      let value = try getIndex(b, c.pointee)
      if operation == .getIndex { share(value) }
      a.pointee = value
    case .setField: try setField(place: a, image.pointee.symbols[instruction.b], c)
    case .setIndex: try setIndex(a, b, c)
    case .placeField: a.pointee = try placeField(b, Cell(string: image.pointee.symbols[instruction.c]))
    case .placeIndex: a.pointee = try placeIndex(b, c.pointee)
    case .checkType: try check(a, type: instruction.x)
    case .hasField:
      let position = b.pointee.isRecord ? try position(b.pointee, image.pointee.symbols[instruction.c]) : nil
      a.pointee = Cell(bool: position != nil)
    case .arrayRest: a.pointee = try rest(b, from: instruction.c)
    case .isArrayOfCount: a.pointee = Cell(bool: b.pointee.isArray && elements(b.pointee).count == instruction.c)
    case .isArrayOfAtLeast: a.pointee = Cell(bool: b.pointee.isArray && elements(b.pointee).count >= instruction.c)
    default: return
    }
  }

  /// Prepares the request of an effect or tool call.
  private func ask(
    _ instruction: Instruction, _ window: UnsafePointer<Cell>, counter: Int, _ request: inout EffectRequest?
  ) throws(Thrown) {
    let isTool = instruction.operation == Opcode.callTool.rawValue
    // The verifier has seen that the effect exists.
    let effect = isTool ? Effect.tool : Effect(rawValue: UInt16(truncatingIfNeeded: instruction.b)) ?? .tool
    let position = position(programCounter: counter - 1, function: state.pointee.function)
    request = try self.request(
      effect, tool: isTool ? instruction.b : nil, shape: instruction.c, window, at: position)
    state.pointee.window = window - UnsafePointer(state.pointee.registers)
  }
}
