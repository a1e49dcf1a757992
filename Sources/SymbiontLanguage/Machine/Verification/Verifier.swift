/// Checks a program once, so that the interpreter can read code, registers and tables without checking them again.
///
/// What it establishes: every opcode exists; every register lies in its frame, every call window too; every index into a
/// table is valid; every jump stays in its function; no function runs past its end; a direct call passes as many arguments
/// as there are parameters. What depends on values (types, closures, heap indices) the interpreter checks itself.
struct Verifier {
  private let program: Program

  /// The largest number of instructions, functions or table entries that the packed tables can address.
  static let largestTable = 1 << 31

  init(_ program: Program) { self.program = program }

  func verify() throws(VerificationError) {
    try verifyTables()
    var instructionCount = 0
    for (index, function) in program.functions.enumerated() {
      do throws(VerificationError) {
        try verify(function)
      } catch {
        throw VerificationError(error.reason, function: index, instruction: error.instruction)
      }
      instructionCount += function.instructions.count
    }
    guard instructionCount < Self.largestTable else {
      throw VerificationError("`\(instructionCount)` instructions are more than a program may have")
    }
  }

  private func verifyTables() throws(VerificationError) {
    for (index, constant) in program.constants.enumerated() {
      switch constant {
      case .int, .float, .string, .secret, .bool: continue
      default: throw VerificationError("constant `\(index)` is a `\(constant.typeName)`, which is never a constant")
      }
    }
    for (index, shape) in program.shapes.enumerated() {
      guard shape.count <= Int(UInt16.max) else {
        throw VerificationError("shape `\(index)` has `\(shape.count)` keys, more than a record literal may have")
      }
      var keys: Set<[UInt8]> = []
      for symbol in shape {
        guard symbol < program.symbols.count else {
          throw VerificationError("shape `\(index)` refers to symbol `\(symbol)`, which does not exist")
        }
        guard keys.insert(Array(program.symbols[Int(symbol)].utf8)).inserted else {
          throw VerificationError("shape `\(index)` has the key `\(program.symbols[Int(symbol)])` twice")
        }
      }
    }
    for (index, shape) in program.callShapes.enumerated() {
      guard (0...Int(UInt16.max)).contains(shape.positionalCount), shape.names.count <= Int(UInt16.max) else {
        throw VerificationError("call shape `\(index)` has `\(shape.positionalCount)` positional arguments")
      }
      guard Set(shape.names.map { Array($0.utf8) }).count == shape.names.count else {
        throw VerificationError("call shape `\(index)` names an argument twice")
      }
    }
    for agent in program.agents {
      guard program.functions.indices.contains(agent.function) else {
        throw VerificationError("agent `\(agent.name)` refers to function `\(agent.function)`, which does not exist")
      }
      guard program.functions[agent.function].parameterCount == agent.parameters.count else {
        throw VerificationError("agent `\(agent.name)` and its function differ in their number of parameters")
      }
    }
  }

  private func verify(_ function: FunctionCode) throws(VerificationError) {
    let registers = function.registerCount
    guard (1...FunctionCode.maximumRegisterCount).contains(registers) else {
      throw VerificationError("it has `\(registers)` registers")
    }
    guard function.parameterCount >= 0, function.captureCount >= 0,
      function.parameterCount <= registers, function.captureCount <= registers - function.parameterCount
    else {
      throw VerificationError("its parameters and captures do not fit its `\(registers)` registers")
    }
    let count = function.instructions.count
    guard function.offsets.count == count else {
      throw VerificationError("`\(function.offsets.count)` source offsets for `\(count)` instructions")
    }
    for handler in function.handlers {
      guard handler.range.upperBound <= count, handler.target < count, handler.register < registers else {
        throw VerificationError("handler of `\(handler.range)` points outside")
      }
    }
    for (index, instruction) in function.instructions.enumerated() {
      do throws(VerificationError) {
        try InstructionVerifier(program: program, function: function, index: index, instruction: instruction).verify()
      } catch {
        throw VerificationError(error.reason, instruction: index)
      }
    }
    guard let last = function.instructions.last, Opcode(rawValue: last.operation)?.endsFlow == true else {
      throw VerificationError("control runs past its end")
    }
  }
}
