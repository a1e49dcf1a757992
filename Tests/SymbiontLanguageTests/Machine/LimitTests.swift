import SymbiontLanguage
import Testing

@Suite("limits of a machine")
struct LimitTests {
  /// Runs lines until they fail for good, catching nothing.
  private func kind(_ lines: [Line], _ arguments: [Value] = [], _ limits: MachineLimits) throws -> String? {
    var assembler = Assembler()
    let function = assembler.function(parameters: arguments.count, lines + [.op(.return, 0)])
    return try assembler.run(function, arguments, limits: limits).error?.kind
  }

  @Test("endless recursion reaches the depth limit, and can be caught")
  func depth() throws {
    var assembler = Assembler()
    let endless = assembler.function([.op(.call, 0, 0, 0), .op(.return, 0)])
    let kindSymbol = assembler.symbol("kind")
    let catching = assembler.function(
      guarded: [Guarded(from: "try", to: "end", handler: "end", register: 1)],
      [.label("try"), .op(.call, 0, endless, 0), .label("end"), .op(.getField, 0, 1, kindSymbol), .op(.return, 0)])
    let error = try assembler.run(endless).error
    #expect(error?.message == "calls are nested deeper than the limit of `10000`; use a loop")
    #expect(try assembler.run(catching).result == .string("LimitExceeded"))
    #expect(try assembler.run(catching, limits: MachineLimits(registers: 1)).result == .string("LimitExceeded"))
  }

  @Test("a growing array reaches the heap limit or the element limit")
  func growth() throws {
    let lines: [Line] = [
      .op(.newArray, 0, 0, 0), .label("next"), .op(.append, 0, 0), .jump(.jump, 0, "next"),
    ]
    let integers: [Line] = [
      .op(.newArray, 0, 0, 0), .wide(.loadInteger, 1, 1), .label("next"), .op(.append, 0, 1), .jump(.jump, 0, "next"),
    ]
    #expect(try kind(lines, [], MachineLimits(heapBytes: 1 << 16)) == "LimitExceeded")
    #expect(try kind(integers, [], MachineLimits(heapBytes: 1 << 16)) == "LimitExceeded")
    #expect(try kind(integers, [], MachineLimits(collectionCount: 1000)) == "LimitExceeded")
  }

  @Test("a doubling string reaches the string limit")
  func strings() throws {
    let lines: [Line] = [.label("next"), .op(.add, 0, 0, 0), .jump(.jump, 0, "next")]
    #expect(try kind(lines, ["ab"], MachineLimits(stringBytes: 1 << 12)) == "LimitExceeded")
  }

  @Test("garbage does not count: a loop that drops what it makes never reaches the limit")
  func garbage() throws {
    var assembler = Assembler()
    let function = assembler.function(
      parameters: 1,
      [
        .wide(.loadInteger, 1, 0), .label("next"), .op(.newArray, 2, 0, 1), .op(.add, 3, 0, 0),
        .op(.addImmediate, 1, 1, 1), .wide(.loadInteger, 4, 20_000), .branch(.jumpIfLess, 1, 4, "next"),
        .op(.return, 2),
      ])
    let text = String(repeating: "x", count: 100)
    let step = try assembler.run(function, [.string(text)], limits: MachineLimits(heapBytes: 1 << 14))
    #expect(step.result == .array([.string(text)]))
  }

  @Test("deep and widely shared values are compared, printed and handed out within bounds")
  func sharedStructures() throws {
    // R0 and R1 become [x, x] of themselves, sixty times: two to the power of sixty leaves in a few words.
    func doubled(_ end: [Line]) -> [Line] {
      [
        .wide(.loadInteger, 2, 0), .label("next"), .op(.copy, 3, 0), .op(.copy, 4, 0), .op(.newArray, 0, 3, 2),
        .op(.copy, 3, 1), .op(.copy, 4, 1), .op(.newArray, 1, 3, 2), .op(.addImmediate, 2, 2, 1),
        .branch(.jumpIfNotGreaterOrEqualImmediate, 2, 60, "next"),
      ] + end
    }
    let limits = MachineLimits(operationSteps: 1 << 16)
    #expect(try kind(doubled([.op(.equal, 0, 0, 1)]), [.int(1), .int(1)], limits) == "LimitExceeded")
    #expect(try kind(doubled([.builtin(.toJSON, window: 0, count: 1)]), [.int(1), .int(1)], limits) == "LimitExceeded")
    #expect(try kind(doubled([]), [.int(1), .int(1)], limits) == "LimitExceeded")
  }

  @Test("a value nested a million times is collected and compared without the native stack")
  func depthOfValues() throws {
    func nest(_ end: [Line]) -> [Line] {
      [
        .wide(.loadInteger, 2, 0), .wide(.loadInteger, 5, 200_000), .label("next"), .op(.newArray, 0, 0, 1),
        .op(.newArray, 1, 1, 1), .op(.addImmediate, 2, 2, 1), .branch(.jumpIfLess, 2, 5, "next"),
      ] + end
    }
    #expect(try evaluate(nest([.op(.equal, 0, 0, 1)]), [.int(1), .float(1)]).result == .bool(true))
    #expect(try evaluate(nest([.op(.equal, 0, 0, 1)]), [.int(1), .int(2)]).result == .bool(false))
    #expect(try kind(nest([]), [.int(1), .int(1)], MachineLimits()) == "LimitExceeded")
  }

  @Test("what an effect or result carries is bounded in size and depth")
  func borders() throws {
    let limits = MachineLimits(effectValueBytes: 64, valueDepth: 3)
    var assembler = Assembler()
    let shape = assembler.callShape(1)
    let identity = assembler.function(parameters: 1, [.op(.return, 0)])
    let effect = assembler.function(
      parameters: 1, [.op(.callEffect, 0, Int(Effect.forget.rawValue), shape), .op(.return, 0)])
    let long = Value.string(String(repeating: "x", count: 65))
    #expect(try assembler.run(identity, [long], limits: limits).error?.kind == "LimitExceeded")
    #expect(try assembler.run(effect, [long], limits: limits).error?.kind == "LimitExceeded")
    let deep: Value = .array([.array([.array([.array([])])])])
    #expect(throws: ProgramError.self) { _ = try assembler.run(identity, [deep], limits: limits) }
    #expect(try assembler.run(identity, [.array([.array([.array([])])])], limits: limits).result != nil)
  }

  @Test("errors kept above the heap limit fail the machine in the end")
  func errorReserve() throws {
    var assembler = Assembler()
    let function = assembler.function(
      guarded: [Guarded(from: "try", to: "caught", handler: "caught", register: 1)],
      [
        .op(.newArray, 0, 0, 0), .label("try"), .op(.getIndex, 2, 0, 0), .label("caught"), .op(.append, 0, 1),
        .jump(.jump, 0, "try"),
      ])
    let error = try assembler.run(function, limits: MachineLimits(heapBytes: 1 << 14)).error
    #expect(error?.kind == "LimitExceeded")
  }

  @Test("allocations that fail again and again pay for their collections")
  func fuelOfVainCollections() throws {
    var assembler = Assembler()
    let function = assembler.function(
      guarded: [Guarded(from: "fill", to: "full", handler: "full", register: 2)],
      [
        .op(.newArray, 0, 0, 0), .wide(.loadInteger, 1, 1), .label("fill"), .op(.append, 0, 1), .jump(.jump, 0, "fill"),
        .label("full"), .jump(.jump, 0, "fill"),
      ])
    let executable = try assembler.executable()
    let heapBytes = 1 << 20
    var machine = try Machine(
      executable, function: function, arguments: [], limits: MachineLimits(heapBytes: heapBytes))
    #expect(machine.run(executable, fuel: 100_000) == .outOfFuel)
    let before = machine.fuelUsed
    #expect(machine.run(executable, fuel: 1) == .outOfFuel)
    #expect(machine.run(executable, fuel: 3) == .outOfFuel)
    #expect(machine.fuelUsed - before > 1_000)
  }

  @Test("a fresh machine that waits is small")
  func density() throws {
    var assembler = Assembler()
    let shape = assembler.callShape(0)
    let function = assembler.function(
      parameters: 1, registers: 16, [.op(.callEffect, 1, Int(Effect.receive.rawValue), shape), .op(.return, 1)])
    let executable = try assembler.executable()
    var machine = try Machine(executable, function: function, arguments: [["name": "agent", "count": 3]])
    _ = machine.run(executable, fuel: 10)
    #expect(machine.residentBytes < 1400)
    #expect(machine.encoded().count < 160)
  }

  @Test("big operations use more fuel than one instruction")
  func fuelOfOperations() throws {
    var assembler = Assembler()
    let function = assembler.function(parameters: 1, [.builtin(.sort, window: 0, count: 1), .op(.return, 0)])
    let executable = try assembler.executable()
    var machine = try Machine(
      executable, function: function, arguments: [.array((0..<10_000).map { .int($0 * 7919 % 10_007) })])
    let before = machine.fuelUsed
    #expect(machine.run(executable, fuel: 1) == .outOfFuel)
    #expect(machine.fuelUsed - before > 5_000)
  }
}
