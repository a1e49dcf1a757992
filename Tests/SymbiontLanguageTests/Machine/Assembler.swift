import SymbiontLanguage

/// One line of assembled code: an instruction, perhaps with a label as its target.
enum Line {
  case instruction(Instruction)
  case label(String)
  case jump(Opcode, Int, String)
  case branch(Opcode, Int, Int, String)

  static func op(_ opcode: Opcode, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0) -> Line {
    .instruction(
      Instruction(
        opcode, a: UInt16(truncatingIfNeeded: a), b: UInt16(truncatingIfNeeded: b), c: UInt16(truncatingIfNeeded: c)))
  }

  static func wide(_ opcode: Opcode, _ a: Int, _ x: Int) -> Line {
    .instruction(Instruction(opcode, a: UInt16(a), x: Int32(x)))
  }

  static func builtin(_ builtin: Builtin, window: Int, count: Int) -> Line {
    op(.callBuiltin, window, Int(builtin.rawValue), count)
  }
}

/// A `try` in assembled code: the labels around it, its handler and the register for the error.
struct Guarded {
  var from: String
  var to: String
  var handler: String
  var register: Int
}

/// Puts programs together for tests.
///
/// The source has a line for each instruction of a function, so positions tell them apart: instruction `n` is on line
/// `n + 1`.
struct Assembler {
  private(set) var program = Program(
    source: SourceText(name: "test.symbi", text: String(repeating: "\n", count: 4096)))

  mutating func constant(_ value: Value) -> Int {
    program.constants.append(value)
    return program.constants.count - 1
  }

  mutating func symbol(_ name: String) -> Int {
    if let known = program.symbols.firstIndex(of: name) { return known }
    program.symbols.append(name)
    return program.symbols.count - 1
  }

  mutating func shape(_ keys: [String]) -> Int {
    program.shapes.append(keys.map { UInt32(symbol($0)) })
    return program.shapes.count - 1
  }

  mutating func callShape(_ positionalCount: Int, _ names: [String] = []) -> Int {
    program.callShapes.append(Program.CallShape(positionalCount: positionalCount, names: names))
    return program.callShapes.count - 1
  }

  mutating func type(_ type: ValueType) -> Int { Int(program.types.append(type)) }

  mutating func tool(_ name: String) -> Int {
    program.tools.append(ToolDescriptor(name: name, command: ["true"]))
    return program.tools.count - 1
  }

  @discardableResult
  mutating func function(
    parameters: Int = 0, captures: Int = 0, registers: Int = 12, guarded: [Guarded] = [], _ lines: [Line]
  ) -> Int {
    var labels: [String: Int] = [:]
    var position = 0
    for line in lines {
      if case .label(let name) = line { labels[name] = position } else { position += 1 }
    }
    var instructions: [Instruction] = []
    func distance(_ label: String) -> Int { (labels[label] ?? 0) - instructions.count - 1 }
    for line in lines {
      switch line {
      case .label: continue
      case .instruction(let instruction): instructions.append(instruction)
      case .jump(let opcode, let a, let label):
        instructions.append(Instruction(opcode, a: UInt16(a), x: Int32(distance(label))))
      case .branch(let opcode, let a, let b, let label):
        instructions.append(
          Instruction(
            opcode, a: UInt16(a), b: UInt16(bitPattern: Int16(b)), c: UInt16(bitPattern: Int16(distance(label)))))
      }
    }
    program.functions.append(
      FunctionCode(
        name: "test", parameterCount: parameters, captureCount: captures, registerCount: registers,
        instructions: instructions, offsets: instructions.indices.map { UInt32($0) },
        handlers: guarded.map { guarded in
          FunctionCode.Handler(
            range: UInt32(labels[guarded.from] ?? 0)..<UInt32(labels[guarded.to] ?? 0),
            target: UInt32(labels[guarded.handler] ?? 0), register: UInt16(guarded.register))
        }))
    return program.functions.count - 1
  }

  func executable() throws -> ExecutableProgram { try ExecutableProgram(verifying: program) }

  /// Runs a function to its end with more fuel than any test needs.
  func run(_ function: Int = 0, _ arguments: [Value] = [], limits: MachineLimits = MachineLimits()) throws
    -> MachineStep
  {
    let executable = try executable()
    var machine = try Machine(executable, function: function, arguments: arguments, limits: limits)
    return machine.run(executable, fuel: Self.plentyOfFuel)
  }

  static let plentyOfFuel = 50_000_000
}

extension MachineStep {
  /// The result of a program that returned.
  var result: Value? {
    guard case .completed(let value) = self else { return nil }
    return value
  }

  /// The error of a program that failed.
  var error: ProgramError? {
    guard case .failed(let error) = self else { return nil }
    return error
  }
}

/// Runs one instruction on `R[0]`, `R[1]` … and returns `R[register]`.
func evaluate(
  _ lines: [Line], _ arguments: [Value], returning register: Int = 0, prepare: (inout Assembler) -> Void = { _ in }
) throws -> MachineStep {
  var assembler = Assembler()
  prepare(&assembler)
  let function = assembler.function(parameters: arguments.count, lines + [.op(.return, register)])
  return try assembler.run(function, arguments)
}
