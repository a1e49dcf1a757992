import Foundation
import SymbiontLanguage
import Testing

@Suite("snapshots of machines")
struct SnapshotTests {
  /// Runs one instruction at a time, through bytes each time.
  private func runInSnapshots(_ executable: ExecutableProgram, _ function: Int, _ arguments: [Value]) throws
    -> MachineStep
  {
    var machine = try Machine(executable, function: function, arguments: arguments)
    while true {
      let bytes = machine.encoded()
      machine = try Machine(decoding: bytes, for: executable)
      #expect(machine.encoded() == bytes, "what is read is written again as the same bytes")
      let step = machine.run(executable, fuel: 1)
      if step != .outOfFuel { return step }
    }
  }

  @Test("a machine written and read at every instruction gives the same result", arguments: [UInt64(31), 32, 33])
  func everyInstruction(seed: UInt64) throws {
    var generator = SampleGenerator(seed: seed)
    for _ in 0..<20 {
      var assembler = Assembler()
      let program = PlaceProgram(&generator, into: &assembler, length: 25)
      let main = assembler.function(registers: 2 * PlaceProgram.variableCount + 2, program.lines)
      #expect(
        try runInSnapshots(try assembler.executable(), main, []) == .completed(.array(program.model)), "seed \(seed)")
    }
    #expect(try runInSnapshots(try CallTests.fibonacci().executable(), 0, [.int(8)]) == .completed(.int(21)))
  }

  @Test("large records, closures, secrets, texts and every number survive")
  func contents() throws {
    var assembler = Assembler()
    let lambda = assembler.function(parameters: 1, captures: 1, [.op(.return, 1)])
    let secret = assembler.constant(.secret(SecretReference(path: "db/password")))
    let main = assembler.function(
      parameters: 1,
      [
        .op(.makeClosure, 1, lambda, 0), .wide(.loadConstant, 2, secret), .op(.newArray, 3, 0, 3), .op(.return, 3),
      ])
    let wide = Value.record(Record((0..<100).map { ("nøkkel \($0)", .float(Double($0) / 3)) }))
    let argument: Value = .array([
      wide, .int(.min), .int(.max), .float(-0.0), .float(.infinity), .bool(true), .null, "", "日本語",
      .secret(SecretReference(path: "own")),
    ])
    let expected: Value = .array([
      argument, .function(FunctionValue(function: UInt32(lambda), captures: [argument])),
      .secret(SecretReference(path: "db/password")),
    ])
    #expect(try runInSnapshots(try assembler.executable(), main, [argument]) == .completed(expected))
  }

  @Test("a waiting machine is resumed after a snapshot, before or after it got its outcome")
  func waiting() throws {
    var assembler = Assembler()
    let shape = assembler.callShape(0)
    let main = assembler.function([.op(.callEffect, 0, Int(Effect.receive.rawValue), shape), .op(.return, 0)])
    let executable = try assembler.executable()
    let outcomes: [EffectOutcome] = [
      .value(["k": .array([1])]), .failure(ProgramError(kind: "Timeout", message: "late")),
      .failure(
        ProgramError(
          kind: "Timeout", message: "late", data: 3, position: SourcePosition(offset: 7, line: 2, column: 3))),
    ]
    for outcome in outcomes {
      var machine = try Machine(executable, function: main, arguments: [])
      _ = machine.run(executable, fuel: 10)
      var later = try Machine(decoding: machine.encoded(), for: executable)
      #expect(later.state == .waitingForOutcome)
      machine.resume(outcome)
      var resumed = try Machine(decoding: machine.encoded(), for: executable)
      #expect(resumed.state == .ready)
      later.resume(outcome)
      let expected = machine.run(executable, fuel: 10)
      #expect(resumed.run(executable, fuel: 10) == expected)
      #expect(later.run(executable, fuel: 10) == expected)
      let finished = try Machine(decoding: machine.encoded(), for: executable)
      #expect(finished.state == .finished)
      #expect(finished.fuelUsed == machine.fuelUsed)
    }
  }

  @Test("a machine is coded as its snapshot, and decoded with its program only")
  func coding() throws {
    let executable = try CallTests.fibonacci().executable()
    var machine = try Machine(executable, function: 0, arguments: [.int(9)])
    _ = machine.run(executable, fuel: 20)
    let data = try JSONEncoder().encode([machine])
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([Machine].self, from: data) }
    let decoder = JSONDecoder()
    decoder.userInfo[try #require(CodingUserInfoKey.executableProgram)] = executable
    var decoded = try #require(try decoder.decode([Machine].self, from: data).first)
    #expect(decoded.run(executable, fuel: Assembler.plentyOfFuel) == .completed(.int(34)))
    #expect(throws: DecodingError.self) { try decoder.decode(Machine.self, from: Data(#""AQID""#.utf8)) }
  }

  @Test("a snapshot of another program, version or size is refused by name")
  func refusals() throws {
    let executable = try CallTests.fibonacci().executable()
    var other = Assembler()
    other.function(parameters: 1, [.op(.return, 0)])
    let foreign = try other.executable()
    let machine = try Machine(executable, function: 0, arguments: [.int(3)])
    let bytes = machine.encoded()
    #expect(throws: SnapshotError.otherProgram(identity: executable.identity)) {
      try Machine(decoding: bytes, for: foreign)
    }
    #expect(throws: SnapshotError.unsupportedVersion(9)) {
      try Machine(decoding: [9] + bytes.dropFirst(), for: executable)
    }
    #expect(throws: SnapshotError.self) { try Machine(decoding: [], for: executable) }
    #expect(throws: SnapshotError.self) { try Machine(decoding: bytes + [0], for: executable) }
    for count in bytes.indices {
      #expect(throws: SnapshotError.self) { try Machine(decoding: Array(bytes[..<count]), for: executable) }
    }
    var deep = machine
    _ = deep.run(executable, fuel: 6)
    #expect(throws: SnapshotError.exceedsLimit("`1` nested calls")) {
      try Machine(decoding: deep.encoded(), for: executable, limits: MachineLimits(stackDepth: 1))
    }
  }

  @Test("damaged and forged snapshots are refused or run without harm", arguments: [UInt64(41), 42, 43, 44])
  func hostile(seed: UInt64) throws {
    var generator = SampleGenerator(seed: seed)
    var accepted = 0
    for _ in 0..<25 {
      var assembler = Assembler()
      let main = PlaceProgram.assemble(&generator, into: &assembler, length: 30)
      let executable = try assembler.executable()
      var machine = try Machine(executable, function: main, arguments: [])
      _ = machine.run(executable, fuel: Int.random(in: 5...150, using: &generator))
      let bytes = machine.encoded()
      for _ in 0..<100 {
        var changed = bytes
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
          // Behind version and identity, where nothing else would be found.
          let index = Int.random(in: 33..<changed.count, using: &generator)
          switch Int.random(in: 0..<4, using: &generator) {
          case 0: changed[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
          case 1: changed[index] = UInt8.random(in: .min ... .max, using: &generator)
          case 2: changed.remove(at: index)
          default: changed.insert(UInt8.random(in: 0...12, using: &generator), at: index)
          }
        }
        guard var forged = try? Machine(decoding: changed, for: executable) else { continue }
        accepted += 1
        _ = forged.run(executable, fuel: 300)
        _ = forged.encoded()
      }
    }
    #expect(accepted > 100, "seed \(seed)")
  }
}
