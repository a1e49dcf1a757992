extension Program {
  /// The code of all functions as text, for tests and for people who look into the compiler.
  package func disassembly() -> String {
    functions.enumerated().map { index, function in disassembly(of: function, number: index) }.joined(separator: "\n")
  }

  private func disassembly(of function: FunctionCode, number: Int) -> String {
    var text = "function \(number) \(function.name)(\(function.parameterCount)"
    if function.captureCount > 0 { text += " + \(function.captureCount)" }
    text += ") registers \(function.registerCount)\n"
    for (position, instruction) in function.instructions.enumerated() {
      text += "  \(position): \(disassembly(of: instruction, at: position))\n"
    }
    for handler in function.handlers {
      text += "  catch \(handler.range.lowerBound)..<\(handler.range.upperBound) -> "
      text += "\(handler.target) in R\(handler.register)\n"
    }
    return text
  }

  private func disassembly(of instruction: Instruction, at position: Int) -> String {
    guard let opcode = Opcode(rawValue: instruction.operation) else { return "?\(instruction.operation)" }
    let (a, b, c) = (instruction.a, instruction.b, instruction.c)
    func symbol(_ index: Int) -> String { symbols.indices.contains(index) ? ".\(symbols[index])" : "?\(index)" }
    func target(_ distance: Int) -> String { "-> \(position + 1 + distance)" }
    let operands =
      switch opcode {
      case .loadNull, .return, .throw, .checkBool, .checkRange: "R\(a)"
      case .returnNull: ""
      case .loadBool: "R\(a) \(b != 0)"
      case .loadInteger: "R\(a) \(instruction.x)"
      case .loadConstant: "R\(a) \(constantText(instruction.x))"
      case .checkType: "R\(a) type \(instruction.x)"
      case .move, .copy, .negate, .not, .append: "R\(a) R\(b)"
      case .addImmediate: "R\(a) R\(b) \(instruction.signedC)"
      case .jump: target(instruction.x)
      case .jumpIfTrue, .jumpIfFalse, .jumpIfNull, .jumpIfNotNull, .iterate, .iterateRange:
        "R\(a) \(target(instruction.x))"
      case .jumpIfEqual, .jumpIfNotEqual, .jumpIfLess, .jumpIfLessOrEqual, .jumpIfNotLess, .jumpIfNotLessOrEqual:
        "R\(a) R\(b) \(target(instruction.signedC))"
      case .jumpIfNotEqualImmediate, .jumpIfNotLessImmediate, .jumpIfNotLessOrEqualImmediate,
        .jumpIfNotGreaterImmediate, .jumpIfNotGreaterOrEqualImmediate:
        "R\(a) \(instruction.signedB) \(target(instruction.signedC))"
      case .call, .callTool: "R\(a) \(b) \(c)"
      case .callClosure, .newArray, .makeClosure, .newRecord: "R\(a) \(b) \(c)"
      case .callBuiltin: "R\(a) \(Builtin(rawValue: UInt16(b)).map { "\($0)" } ?? "?") \(c)"
      case .callEffect: "R\(a) \(Effect(rawValue: UInt16(b)).map { "\($0)" } ?? "?") \(c)"
      case .getField, .placeField, .peekField, .hasField: "R\(a) R\(b) \(symbol(c))"
      case .setField: "R\(a) \(symbol(b)) R\(c)"
      case .isArrayOfCount, .isArrayOfAtLeast, .arrayRest: "R\(a) R\(b) \(c)"
      default: "R\(a) R\(b) R\(c)"
      }
    return operands.isEmpty ? "\(opcode)" : "\(opcode) \(operands)"
  }

  private func constantText(_ index: Int) -> String {
    guard constants.indices.contains(index) else { return "?\(index)" }
    return (try? ValueJSON.print(constants[index])) ?? "constant \(index)"
  }
}
