/// Checks one instruction of a function whose registers are known to be sensible.
struct InstructionVerifier {
  let program: Program
  let function: FunctionCode
  let index: Int
  let instruction: Instruction

  func verify() throws(VerificationError) {
    guard let opcode = Opcode(rawValue: instruction.operation) else {
      throw VerificationError("opcode `\(instruction.operation)` does not exist")
    }
    let operands = opcode.operands
    try check(operands.a, UInt16(instruction.a), signed: instruction.a)
    try check(operands.b, UInt16(instruction.b), signed: instruction.signedB)
    try check(operands.c, UInt16(instruction.c), signed: instruction.signedC)
    try check(operands.x, UInt32(bitPattern: Int32(instruction.x)), signed: instruction.x)
    try verifyWindow(opcode)
  }

  private func check(_ role: OperandRole, _ value: some UnsignedInteger, signed: Int) throws(VerificationError) {
    switch role {
    case .unused, .number: return
    case .register: try checkRegisters(Int(value), count: 1)
    case .registerPair: try checkRegisters(Int(value), count: 2)
    case .registerTriple: try checkRegisters(Int(value), count: 3)
    case .constant: try checkIndex(Int(value), count: program.constants.count, of: "constant")
    case .symbol: try checkIndex(Int(value), count: program.symbols.count, of: "symbol")
    case .type: try checkIndex(Int(value), count: program.types.count, of: "type")
    case .distance: try checkIndex(index + 1 + signed, count: function.instructions.count, of: "jump target")
    }
  }

  private func checkRegisters(_ first: Int, count: Int) throws(VerificationError) {
    guard first + count <= function.registerCount else {
      throw VerificationError(
        "registers `\(first)` to `\(first + count)` do not lie among its `\(function.registerCount)`")
    }
  }

  private func checkIndex(_ index: Int, count: Int, of table: String) throws(VerificationError) {
    guard index >= 0, index < count else { throw VerificationError("\(table) `\(index)` does not exist") }
  }

  private func verifyWindow(_ opcode: Opcode) throws(VerificationError) {
    let (a, b, c) = (instruction.a, instruction.b, instruction.c)
    switch opcode {
    case .call:
      try checkIndex(b, count: program.functions.count, of: "function")
      let callee = program.functions[b]
      guard callee.captureCount == 0, callee.parameterCount == c else {
        throw VerificationError("function `\(b)` cannot be called with `\(c)` arguments")
      }
      try checkRegisters(a, count: c)
    case .callClosure:
      try checkRegisters(a, count: c)
    case .callBuiltin:
      guard let builtin = Builtin(rawValue: UInt16(b)), let counts = builtin.argumentCounts else {
        throw VerificationError("builtin `\(b)` does not exist")
      }
      guard counts.contains(c) else { throw VerificationError("`\(builtin)` cannot be called with `\(c)` arguments") }
      try checkRegisters(a, count: c)
    case .callEffect, .callTool:
      if opcode == .callTool {
        try checkIndex(b, count: program.tools.count, of: "tool")
      } else {
        guard let effect = Effect(rawValue: UInt16(b)), effect != .tool else {
          throw VerificationError("effect `\(b)` does not exist")
        }
      }
      try checkIndex(c, count: program.callShapes.count, of: "call shape")
      try checkRegisters(a, count: program.callShapes[c].positionalCount + program.callShapes[c].names.count)
    case .makeClosure:
      try checkIndex(b, count: program.functions.count, of: "function")
      try checkRegisters(c, count: program.functions[b].captureCount)
    case .newArray:
      try checkRegisters(b, count: c)
    case .newRecord:
      try checkIndex(c, count: program.shapes.count, of: "shape")
      try checkRegisters(b, count: program.shapes[c].count)
    default: return
    }
  }
}
