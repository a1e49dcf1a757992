import Testing

@testable import SymbiontLanguage

@Suite("Generated and damaged programs")
struct GeneratedProgramTests {
  /// Programs of the bounded slice; the seeds are the numbers from 1.
  private static let programCount = 100
  private static let mutationCount = 300
  private static let smallFuel = 20_000

  private func generate(_ seed: UInt64) -> String {
    var options = ProgramGenerator.Options()
    options.usesEffects = seed.isMultiple(of: 2)
    var generator = ProgramGenerator(seed: seed, options: options)
    return generator.runnableProgram()
  }

  /// What an effect gives: something that depends on nothing but its number.
  private func outcome(_ number: Int) -> EffectOutcome {
    number.isMultiple(of: 3)
      ? .failure(ProgramError(kind: "Timeout", message: "effect \(number)")) : .value(.int(Int64(number)))
  }

  /// Runs to the end; `beforeEachRun` may replace the machine.
  private func run(
    _ program: ExecutableProgram, fuel: Int, total: Int = ProgramRunner.fuel,
    beforeEachRun: (inout Machine) throws -> Void = { _ in }
  ) throws -> (step: MachineStep, requests: [EffectRequest]) {
    let agent = try #require(program.program.agents.first { $0.name == "main" })
    var machine = try Machine(program, function: agent.function, arguments: [.int(7)])
    var requests: [EffectRequest] = []
    while machine.fuelUsed < UInt64(total) {
      try beforeEachRun(&machine)
      switch machine.run(program, fuel: fuel) {
      case .outOfFuel: continue
      case .effect(let request):
        requests.append(request)
        machine.resume(outcome(requests.count))
      case let step: return (step, requests)
      }
    }
    return (.outOfFuel, requests)
  }

  @Test("every runnable program compiles, is verified, and ends", arguments: PropertyCount.cases(programCount))
  func generatedProgramsRun(seed: UInt64) throws {
    let text = generate(seed)
    let program = try ProgramRunner.executable(text)
    let (step, _) = try run(program, fuel: ProgramRunner.fuel)
    switch step {
    case .completed(.record(let result)): #expect(!result.isEmpty, "seed \(seed)")
    case .failed(let error):
      // Only errors that programs can cause: nothing internal.
      #expect(error.kind != "MachineMisuse", "seed \(seed): \(error)")
      #expect(error.position != nil, "seed \(seed): \(error)")
    default: Issue.record("seed \(seed): \(step)\n\(text)")
    }
  }

  @Test(
    "a program that is written down and read back after every instruction ends the same",
    arguments: PropertyCount.cases(15))
  func snapshotsAtEveryInstruction(seed: UInt64) throws {
    let program = try ProgramRunner.executable(generate(seed))
    // Long programs would take long; their beginning says as much.
    let total = 3000
    let straight = try run(program, fuel: 1, total: total)
    let interrupted = try run(program, fuel: 1, total: total) { machine in
      machine = try Machine(decoding: machine.encoded(), for: program)
    }
    #expect(straight.step == interrupted.step, "seed \(seed)")
    #expect(straight.requests == interrupted.requests, "seed \(seed)")
  }

  @Test("compiling twice gives the same program", arguments: PropertyCount.cases(20))
  func deterministic(seed: UInt64) throws {
    let text = generate(seed)
    #expect(try ProgramRunner.executable(text).identity == ProgramRunner.executable(text).identity)
  }

  @Test("a damaged program is refused with findings, or runs without harm")
  func damagedPrograms() throws {
    for seed in PropertyCount.cases(Self.mutationCount) {
      var random = SeededGenerator(seed: seed)
      var generator = ProgramGenerator(seed: seed / 10)
      let text = random.once(in: 3) ? generator.program() : generator.runnableProgram()
      let source = SourceText(name: "damaged.symbi", bytes: damage(Array(text.utf8), &random))
      let result = SymbiCompiler.compile(source)
      #expect((result.program == nil) == result.hasErrors, "seed \(seed)")
      for finding in result.diagnostics {
        #expect(finding.range.upperBound <= UInt32(source.bytes.count), "seed \(seed): \(finding)")
      }
      guard let program = result.program else { continue }
      let executable = try ExecutableProgram(verifying: program)
      guard let agent = program.agents.first(where: { $0.name == "main" && $0.parameters.count == 1 }) else { continue }
      var machine = try Machine(executable, function: agent.function, arguments: [.int(7)])
      for number in 1...20 {
        guard case .effect = machine.run(executable, fuel: Self.smallFuel) else { break }
        machine.resume(outcome(number))
      }
    }
  }

  /// Removes, repeats, swaps or replaces a few words of a text.
  ///
  /// Half of the texts stay readable: there a word is replaced only by one of its kind.
  private func damage(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    let tokens = Array(Parser.parse(SourceText(name: "", bytes: bytes)).tokens.dropLast())
    var words = tokens.map { Array(bytes[Int($0.start)..<Int($0.end)]) }
    guard !words.isEmpty else { return bytes }
    let others = ["x", "main", "+", "{", "}", "(", ")", "=>", "let", "break", "null", "5", "[", "push", "if", ".", "="]
    let isGentle = random.once(in: 2)
    for _ in 0...random.below(3) {
      let place = random.below(words.count)
      switch isGentle ? 4 : random.below(4) {
      case 0: words[place] = []
      case 1: words.insert(words[random.below(words.count)], at: place)
      case 2: words.swapAt(place, random.below(words.count))
      case 3: words[place] = Array(random.pick(others).utf8)
      default:
        let alike = tokens.filter { isAlike($0.kind, tokens[place].kind) }
        let other = random.pick(alike)
        words[place] = Array(bytes[Int(other.start)..<Int(other.end)])
      }
    }
    return Array(words.joined(separator: [UInt8(ascii: " ")]))
  }

  private func isAlike(_ left: TokenKind, _ right: TokenKind) -> Bool {
    let groups: [Set<TokenKind>] = [
      [.integer, .float, .string, .true, .false, .null, .duration], [.plus, .minus, .star, .slash, .percent],
      [.less, .greater, .lessEqual, .greaterEqual, .equal, .notEqual, .in], [.andAnd, .orOr],
      [.assign, .plusAssign, .minusAssign], [.break, .continue],
    ]
    return left == right || groups.contains { $0.contains(left) && $0.contains(right) }
  }

  @Test("any program of the grammar is checked without a trap", arguments: PropertyCount.cases(100))
  func arbitraryPrograms(seed: UInt64) {
    var generator = ProgramGenerator(seed: seed)
    let source = SourceText(name: "any.symbi", text: generator.program())
    let result = SymbiCompiler.compile(source)
    #expect(result.tree.diagnostics.isEmpty, "seed \(seed)")
    for line in result.diagnostics { #expect(!DiagnosticRenderer.render(line, source).isEmpty) }
  }
}
