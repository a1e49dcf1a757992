import SymbiontLanguage
import Testing

@Suite("calls, closures, errors and effects")
struct CallTests {
  /// `fib(n)` by recursion.
  static func fibonacci() -> Assembler {
    var assembler = Assembler()
    assembler.function(
      parameters: 1, registers: 4,
      [
        .branch(.jumpIfNotLessImmediate, 0, 2, "deeper"), .op(.return, 0), .label("deeper"),
        .op(.addImmediate, 1, 0, -1), .op(.call, 1, 0, 1), .op(.addImmediate, 2, 0, -2), .op(.call, 2, 0, 1),
        .op(.add, 1, 1, 2), .op(.return, 1),
      ])
    return assembler
  }

  @Test("recursion returns to its callers")
  func recursion() throws {
    #expect(try Self.fibonacci().run(0, [.int(15)]).result == .int(610))
  }

  @Test("a closure carries what it captured, and copies of it do not share later changes")
  func closures() throws {
    var assembler = Assembler()
    // (x) => capture ++ [x]
    let lambda = assembler.function(parameters: 1, captures: 1, registers: 3, [.op(.append, 1, 0), .op(.return, 1)])
    let main = assembler.function(
      [
        .op(.newArray, 0, 0, 0), .op(.copy, 1, 0), .op(.makeClosure, 1, lambda, 1), .wide(.loadInteger, 2, 5),
        .op(.callClosure, 2, 1, 1), .wide(.loadInteger, 3, 6), .op(.callClosure, 3, 1, 1), .op(.newArray, 0, 2, 2),
        .op(.return, 0),
      ])
    #expect(try assembler.run(main).result == .array([.array([5]), .array([6])]))
  }

  @Test("calling needs a function and as many arguments as it takes")
  func wrongCalls() throws {
    var assembler = Assembler()
    let lambda = assembler.function(parameters: 2, [.op(.returnNull)])
    let wrongCount = assembler.function([.op(.makeClosure, 1, lambda, 0), .op(.callClosure, 0, 1, 1), .op(.return, 0)])
    let notAFunction = assembler.function(parameters: 1, [.op(.callClosure, 1, 0, 0), .op(.return, 1)])
    #expect(try assembler.run(wrongCount).error?.message == "the function takes `2` arguments, not `1`")
    #expect(
      try assembler.run(notAFunction, [.int(1)]).error?.message
        == "cannot call `int`; only a function can be called")
  }

  @Test("an error is caught by the innermost handler, in whatever frame it is")
  func handlers() throws {
    var assembler = Assembler()
    let failing = assembler.function(parameters: 2, [.op(.divide, 0, 0, 1), .op(.return, 0)])
    let message = assembler.symbol("message")
    let position = assembler.symbol("position")
    let main = assembler.function(
      guarded: [
        Guarded(from: "inner", to: "innerEnd", handler: "caught", register: 5),
        Guarded(from: "outer", to: "end", handler: "outerCaught", register: 5),
      ],
      [
        .label("outer"), .wide(.loadInteger, 0, 1), .wide(.loadInteger, 1, 0), .label("inner"),
        .op(.call, 0, failing, 2), .op(.return, 0), .label("innerEnd"), .label("caught"),
        .op(.getField, 6, 5, message), .op(.getField, 7, 5, position), .op(.newArray, 0, 6, 2), .op(.return, 0),
        .label("end"), .label("outerCaught"), .op(.returnNull),
      ])
    let expected: Value = .array(["`1 / 0` has no result; check the divisor first", ["line": 1, "column": 1]])
    #expect(try assembler.run(main).result == expected)
  }

  @Test("a thrown error keeps the position of its first throw; other values are wrapped")
  func throwing() throws {
    var assembler = Assembler()
    let kind = assembler.constant("Custom")
    let text = assembler.constant("went wrong")
    let rethrowing = assembler.function(
      guarded: [Guarded(from: "try", to: "tryEnd", handler: "caught", register: 3)],
      [
        .wide(.loadConstant, 0, kind), .wide(.loadConstant, 1, text), .op(.loadNull, 2), .op(.loadNull, 2),
        .builtin(.error, window: 0, count: 3), .label("try"), .op(.throw, 0), .label("tryEnd"), .label("caught"),
        .op(.throw, 3),
      ])
    let wrapping = assembler.function(parameters: 1, [.op(.throw, 0)])
    let error = try assembler.run(rethrowing).error
    #expect(error == ProgramError(kind: "Custom", message: "went wrong", position: error?.position))
    #expect(error?.position?.line == 6)
    let wrapped = try assembler.run(wrapping, [.array([1, "a"])]).error
    #expect(wrapped?.kind == "Thrown")
    #expect(wrapped?.message == #"[1,"a"]"#)
    #expect(wrapped?.data == .array([1, "a"]))
    #expect(wrapped?.position == SourcePosition(offset: 0, line: 1, column: 1))
  }

  @Test("an effect stops the machine with its arguments, and its outcome is the result")
  func effects() throws {
    var assembler = Assembler()
    let shape = assembler.callShape(2, ["timeout"])
    let main = assembler.function(
      parameters: 3, [.op(.callEffect, 0, Int(Effect.ask.rawValue), shape), .op(.newArray, 0, 0, 1), .op(.return, 0)])
    let executable = try assembler.executable()
    var machine = try Machine(executable, function: main, arguments: ["judge", ["n": 1], .int(5)])
    let request = EffectRequest(
      effect: .ask, arguments: ["judge", ["n": 1]], options: ["timeout": 5],
      position: SourcePosition(offset: 0, line: 1, column: 1))
    #expect(machine.run(executable, fuel: 100) == .effect(request))
    #expect(machine.state == .waitingForOutcome)
    machine.resume(.value(["verdict": "yes"]))
    #expect(machine.state == .ready)
    #expect(machine.run(executable, fuel: 100) == .completed(.array([["verdict": "yes"]])))
    #expect(machine.state == .finished)
    // Three instructions, and what the values cost that crossed the border.
    #expect(machine.fuelUsed == 5)
  }

  @Test("a tool call names the tool")
  func tools() throws {
    var assembler = Assembler()
    let tool = assembler.tool("count")
    let shape = assembler.callShape(0, ["text"])
    let main = assembler.function(parameters: 1, [.op(.callTool, 0, tool, shape), .op(.return, 0)])
    let executable = try assembler.executable()
    var machine = try Machine(executable, function: main, arguments: ["abc"])
    guard case .effect(let request) = machine.run(executable, fuel: 100) else {
      Issue.record("no effect")
      return
    }
    #expect(request.effect == .tool)
    #expect(request.tool == tool)
    #expect(request.arguments.isEmpty)
    #expect(request.options == ["text": "abc"])
  }

  @Test("a failed effect can be caught, and fails the program when it is not")
  func failedEffects() throws {
    var assembler = Assembler()
    let shape = assembler.callShape(0)
    let call: Line = .op(.callEffect, 0, Int(Effect.now.rawValue), shape)
    let catching = assembler.function(
      guarded: [Guarded(from: "try", to: "end", handler: "end", register: 2)],
      [.label("try"), call, .op(.return, 0), .label("end"), .op(.return, 2)])
    let failing = assembler.function([call, .op(.return, 0)])
    let executable = try assembler.executable()
    let failure = ProgramError(kind: "PolicyDenied", message: "no", data: ["rule": 3])
    var machine = try Machine(executable, function: catching, arguments: [])
    _ = machine.run(executable, fuel: 10)
    machine.resume(.failure(failure))
    #expect(
      machine.run(executable, fuel: 10)
        == .completed([
          "kind": "PolicyDenied", "message": "no", "position": ["line": 1, "column": 1], "data": ["rule": 3],
        ]))
    machine = try Machine(executable, function: failing, arguments: [])
    _ = machine.run(executable, fuel: 10)
    machine.resume(.failure(failure))
    let error = machine.run(executable, fuel: 10).error
    #expect(error?.kind == "PolicyDenied")
    #expect(error?.data == ["rule": 3])
    #expect(machine.state == .finished)
  }

  @Test("a closure handed out with an effect runs as a branch of its own")
  func branches() throws {
    var assembler = Assembler()
    let lambda = assembler.function(parameters: 1, captures: 1, [.op(.add, 0, 0, 1), .op(.return, 0)])
    let shape = assembler.callShape(1)
    let main = assembler.function(
      parameters: 1,
      [.op(.makeClosure, 1, lambda, 0), .op(.callEffect, 1, Int(Effect.parallel.rawValue), shape), .op(.return, 1)])
    let executable = try assembler.executable()
    var machine = try Machine(executable, function: main, arguments: [.int(40)])
    guard case .effect(let request) = machine.run(executable, fuel: 100),
      case .function(let closure) = request.arguments[0]
    else {
      Issue.record("no closure")
      return
    }
    var branch = try Machine(executable, closure: closure, arguments: [.int(2)])
    #expect(branch.run(executable, fuel: 100) == .completed(.int(42)))
    machine.resume(.value(.function(closure)))
    #expect(machine.run(executable, fuel: 100) == .completed(.function(closure)))
    let foreign = FunctionValue(function: 99)
    #expect(throws: ProgramError.self) { _ = try Machine(executable, closure: foreign, arguments: []) }
  }

  @Test("running a machine out of turn, or with another program, is refused and changes nothing")
  func misuse() throws {
    let executable = try Self.fibonacci().executable()
    var other = Assembler()
    other.function(parameters: 1, [.op(.return, 0)])
    var machine = try Machine(executable, function: 0, arguments: [.int(3)])
    #expect(machine.run(try other.executable(), fuel: 10).error?.kind == "MachineMisuse")
    machine.resume(.value(.int(1)))
    #expect(machine.run(executable, fuel: 1000) == .completed(.int(2)))
    #expect(machine.run(executable, fuel: 1000).error?.kind == "MachineMisuse")
  }

  @Test("a machine is refused for a function or arguments that the program does not have")
  func wrongStart() throws {
    let executable = try Self.fibonacci().executable()
    #expect(throws: ProgramError.self) { _ = try Machine(executable, function: 7, arguments: []) }
    #expect(throws: ProgramError.self) { _ = try Machine(executable, function: -1, arguments: []) }
    #expect(throws: ProgramError.self) { _ = try Machine(executable, function: 0, arguments: []) }
  }

  @Test("copies of a machine go on independently, and slices of fuel add up to the same")
  func copies() throws {
    let executable = try Self.fibonacci().executable()
    var whole = try Machine(executable, function: 0, arguments: [.int(10)])
    var sliced = whole
    let result = whole.run(executable, fuel: Assembler.plentyOfFuel)
    var step = MachineStep.outOfFuel
    var copies: [Machine] = []
    while step == .outOfFuel {
      copies.append(sliced)
      step = sliced.run(executable, fuel: 7)
    }
    #expect(step == result)
    #expect(sliced.fuelUsed == whole.fuelUsed)
    for copy in copies {
      var copy = copy
      #expect(copy.run(executable, fuel: Assembler.plentyOfFuel) == result)
      #expect(copy.fuelUsed == whole.fuelUsed)
    }
  }
}
