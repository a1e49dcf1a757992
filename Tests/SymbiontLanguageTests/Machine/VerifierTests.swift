import SymbiontLanguage
import Testing

@Suite("verification of programs")
struct VerifierTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let line: Instruction
    let reason: String
    var testDescription: String { reason }

    init(_ line: Instruction, _ reason: String) { (self.line, self.reason) = (line, reason) }
  }

  /// A program with one of everything: 4 registers, a constant, a symbol, a shape of one key, a call shape of one argument,
  /// a type, a tool, and a second function that takes two arguments and one capture.
  private func program(_ instructions: [Instruction]) -> Program {
    var assembler = Assembler()
    _ = assembler.constant(.int(1))
    _ = assembler.shape(["a"])
    _ = assembler.callShape(1)
    _ = assembler.type(.int)
    _ = assembler.tool("t")
    assembler.function(registers: 4, [.op(.returnNull)])
    assembler.function(parameters: 2, captures: 1, registers: 4, [.op(.returnNull)])
    var program = assembler.program
    program.functions[0].instructions = instructions
    program.functions[0].offsets = instructions.map { _ in 0 }
    return program
  }

  @Test(
    "an instruction that points outside is refused",
    arguments: [
      Case(Instruction(bits: 250), "opcode `250` does not exist"),
      Case(Instruction(.loadNull, a: 4), "registers `4` to `5` do not lie among its `4`"),
      Case(Instruction(.add, a: 0, b: 0, c: 4), "registers `4` to `5` do not lie among its `4`"),
      Case(Instruction(.iterate, a: 2, x: 0), "registers `2` to `5` do not lie among its `4`"),
      Case(Instruction(.checkRange, a: 3), "registers `3` to `5` do not lie among its `4`"),
      Case(Instruction(.loadConstant, a: 0, x: 1), "constant `1` does not exist"),
      Case(Instruction(.loadConstant, a: 0, x: -1), "constant `4294967295` does not exist"),
      Case(Instruction(.getField, a: 0, b: 0, c: 1), "symbol `1` does not exist"),
      Case(Instruction(.setField, a: 0, b: 1, c: 0), "symbol `1` does not exist"),
      Case(Instruction(.checkType, a: 0, x: 1), "type `1` does not exist"),
      Case(Instruction(.jump, x: 5), "jump target `6` does not exist"),
      Case(Instruction(.jump, x: -2), "jump target `-1` does not exist"),
      Case(Instruction(.jumpIfEqual, a: 0, b: 0, c: 9), "jump target `10` does not exist"),
      Case(Instruction(.call, a: 0, b: 2, c: 0), "function `2` does not exist"),
      Case(Instruction(.call, a: 0, b: 0, c: 1), "function `0` cannot be called with `1` arguments"),
      Case(Instruction(.call, a: 0, b: 1, c: 2), "function `1` cannot be called with `2` arguments"),
      Case(Instruction(.callClosure, a: 3, b: 0, c: 2), "registers `3` to `5` do not lie among its `4`"),
      Case(Instruction(.callBuiltin, a: 0, b: 999, c: 1), "builtin `999` does not exist"),
      Case(Instruction(.callBuiltin, a: 0, b: Builtin.map.rawValue, c: 2), "builtin `44` does not exist"),
      Case(Instruction(.callBuiltin, a: 0, b: Builtin.len.rawValue, c: 2), "`len` cannot be called with `2` arguments"),
      Case(Instruction(.callEffect, a: 0, b: 999, c: 0), "effect `999` does not exist"),
      Case(Instruction(.callEffect, a: 0, b: Effect.tool.rawValue, c: 0), "effect `30` does not exist"),
      Case(Instruction(.callEffect, a: 0, b: 0, c: 1), "call shape `1` does not exist"),
      Case(Instruction(.callTool, a: 0, b: 1, c: 0), "tool `1` does not exist"),
      Case(Instruction(.makeClosure, a: 0, b: 1, c: 4), "registers `4` to `5` do not lie among its `4`"),
      Case(Instruction(.newArray, a: 0, b: 2, c: 3), "registers `2` to `5` do not lie among its `4`"),
      Case(Instruction(.newRecord, a: 0, b: 0, c: 1), "shape `1` does not exist"),
      Case(Instruction(.newRecord, a: 0, b: 4, c: 0), "registers `4` to `5` do not lie among its `4`"),
    ])
  func instructions(_ example: Case) {
    let program = program([example.line, Instruction(.returnNull)])
    let error = #expect(throws: VerificationError.self) { try ExecutableProgram(verifying: program) }
    #expect(
      error?.description
        == "invalid program: function 0, instruction 0: \(example.reason); compile the source again")
  }

  @Test("a function that runs past its end, or is malformed otherwise, is refused")
  func functions() {
    func reason(_ change: (inout Program) -> Void) -> String? {
      var changed = program([Instruction(.returnNull)])
      change(&changed)
      do throws(VerificationError) {
        _ = try ExecutableProgram(verifying: changed)
        return nil
      } catch {
        return error.reason
      }
    }
    #expect(reason { _ in } == nil)
    #expect(reason { $0.functions[0].instructions = [Instruction(.loadNull)] } == "control runs past its end")
    #expect(
      reason {
        $0.functions[0].instructions = []
        $0.functions[0].offsets = []
      } == "control runs past its end")
    #expect(reason { $0.functions[0].offsets = [] } == "`0` source offsets for `1` instructions")
    #expect(reason { $0.functions[0].registerCount = 0 } == "it has `0` registers")
    #expect(reason { $0.functions[0].registerCount = 4097 } == "it has `4097` registers")
    #expect(
      reason { $0.functions[1].captureCount = 3 } == "its parameters and captures do not fit its `4` registers")
    #expect(
      reason { $0.functions[0].handlers = [.init(range: 0..<2, target: 0, register: 0)] }
        == "handler of `0..<2` points outside")
    #expect(
      reason { $0.functions[0].handlers = [.init(range: 0..<1, target: 1, register: 0)] }
        == "handler of `0..<1` points outside")
    #expect(reason { $0.constants[0] = .array([]) } == "constant `0` is a `Array`, which is never a constant")
    #expect(reason { $0.shapes[0] = [1] } == "shape `0` refers to symbol `1`, which does not exist")
    #expect(reason { $0.shapes[0] = [0, 0] } == "shape `0` has the key `a` twice")
    #expect(reason { $0.callShapes[0].positionalCount = -1 } == "call shape `0` has `-1` positional arguments")
    #expect(reason { $0.callShapes[0].names = ["x", "x"] } == "call shape `0` names an argument twice")
    #expect(
      reason { $0.agents = [AgentDescriptor(name: "a", function: 9)] }
        == "agent `a` refers to function `9`, which does not exist")
    #expect(
      reason { $0.agents = [AgentDescriptor(name: "a", function: 1)] }
        == "agent `a` and its function differ in their number of parameters")
  }

  @Test("identities differ whenever a run could differ, and only then")
  func identity() throws {
    let base = program([Instruction(.returnNull)])
    let identity = try ExecutableProgram(verifying: base).identity
    #expect(try ExecutableProgram(verifying: base).identity == identity)
    #expect(identity.count == 32)
    var others: [Program] = []
    func vary(_ change: (inout Program) -> Void) {
      var changed = base
      change(&changed)
      others.append(changed)
    }
    vary { $0.constants[0] = .int(2) }
    vary { $0.constants[0] = .float(1) }
    vary { $0.symbols[0] = "b" }
    vary { $0.functions[1].registerCount = 5 }
    vary { $0.functions[0].instructions[0] = Instruction(.return) }
    vary { $0.callShapes[0].names = ["x"] }
    vary { $0.types.append(.bool) }
    vary { $0.functions[0].offsets[0] = 1 }
    let identities = try others.map { try ExecutableProgram(verifying: $0).identity }
    #expect(Set(identities + [identity]).count == others.count + 1)
  }

  @Test("random changes of valid programs are refused or run without harm", arguments: [UInt64(11), 12, 13, 14])
  func mutations(seed: UInt64) throws {
    var generator = SampleGenerator(seed: seed)
    var accepted = 0
    for round in 0..<400 {
      var assembler = Assembler()
      let main = PlaceProgram.assemble(&generator, into: &assembler, length: 20)
      var program = assembler.program
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let index = Int.random(in: program.functions[main].instructions.indices, using: &generator)
        program.functions[main].instructions[index].bits ^= 1 << UInt64.random(in: 0..<64, using: &generator)
      }
      guard let executable = try? ExecutableProgram(verifying: program) else { continue }
      accepted += 1
      var machine = try Machine(executable, function: main, arguments: [])
      for _ in 0..<50 {
        let step = machine.run(executable, fuel: 40)
        if case .effect = step { machine.resume(.value(.array([1, "x", ["k": 2]]))) }
        if machine.state == .finished { break }
        // Also what a mutated program leaves behind can be written and read.
        if round.isMultiple(of: 8) { machine = try Machine(decoding: machine.encoded(), for: executable) }
      }
    }
    #expect(accepted > 50, "seed \(seed)")
  }
}
