import Testing

@testable import SymbiontLanguage

@Suite("containers are values")
struct ValueSemanticsTests {
  @Test(
    "random programs over nested places agree with a model of real copies", arguments: [UInt64(1), 2, 3, 4, 5, 6, 7, 8])
  func model(seed: UInt64) throws {
    var generator = SampleGenerator(seed: seed)
    for _ in 0..<60 {
      var assembler = Assembler()
      let program = PlaceProgram(&generator, into: &assembler, length: 40)
      let main = assembler.function(registers: 2 * PlaceProgram.variableCount + 2, program.lines)
      #expect(try assembler.run(main).result == .array(program.model), "seed \(seed)")
    }
  }

  @Test("collecting before every allocation changes nothing", arguments: [UInt64(21), 22, 23, 24])
  func collections(seed: UInt64) throws {
    var limits = MachineLimits()
    limits.collectsAtEveryAllocation = true
    var generator = SampleGenerator(seed: seed)
    for _ in 0..<40 {
      var assembler = Assembler()
      let program = PlaceProgram(&generator, into: &assembler, length: 40)
      let main = assembler.function(registers: 2 * PlaceProgram.variableCount + 2, program.lines)
      #expect(try assembler.run(main, limits: limits).result == .array(program.model), "seed \(seed)")
    }
  }

  @Test("a collection during builtins, closures, errors and effects loses nothing")
  func collectionsElsewhere() throws {
    var limits = MachineLimits()
    limits.collectsAtEveryAllocation = true
    #expect(try CallTests.fibonacci().run(0, [.int(10)], limits: limits).result == .int(55))
    for example in BuiltinTests.examples {
      var assembler = Assembler()
      let lines: [Line] = [
        .builtin(example.builtin, window: 0, count: example.arguments.count), .op(.newArray, 0, 0, 1), .op(.return, 0),
      ]
      let function = assembler.function(parameters: example.arguments.count, lines)
      let plain = try assembler.run(function, example.arguments)
      #expect(try assembler.run(function, example.arguments, limits: limits) == plain, "\(example.testDescription)")
    }
  }
}
