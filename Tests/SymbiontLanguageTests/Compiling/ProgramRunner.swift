import Testing

@testable import SymbiontLanguage

/// Compiles and runs programs for tests.
enum ProgramRunner {
  /// More instructions than any test program needs, few enough that a loop without end ends.
  static let fuel = 2_000_000

  struct CompilationFailure: Error, CustomStringConvertible {
    let description: String
  }

  /// The executable program of a text that must have no errors.
  static func executable(_ text: String, options: CompilerOptions = CompilerOptions()) throws -> ExecutableProgram {
    let source = SourceText(name: "test.symbi", text: text)
    let result = SymbiCompiler.compile(source, options: options)
    guard let program = result.program else {
      throw CompilationFailure(description: rendered(result).joined(separator: "\n"))
    }
    do {
      return try ExecutableProgram(verifying: program)
    } catch {
      throw CompilationFailure(description: "\(error)\n\(program.disassembly())")
    }
  }

  /// All findings, as they are shown.
  static func rendered(_ result: CompilationResult) -> [String] {
    result.diagnostics.map { DiagnosticRenderer.render($0, result.tree.source) }
  }

  /// All that is reported about a text; one without an agent is the body of one.
  static func report(_ text: String) -> String {
    let whole = text.contains("agent ") ? text : "agent main {\n\(text)\n}"
    return rendered(SymbiCompiler.check(SourceText(name: "t", text: whole))).joined(separator: "\n")
  }

  /// Runs the agent `main` of a text; a text without an agent is the body of one.
  static func run(
    _ text: String, arguments: [Value] = [], outcomes: [EffectOutcome] = [],
    options: CompilerOptions = CompilerOptions()
  ) throws -> (step: MachineStep, requests: [EffectRequest]) {
    let whole = text.contains("agent main") ? text : "agent main {\n\(text)\n}"
    let program = try executable(whole, options: options)
    let agent = try #require(program.program.agents.first { $0.name == "main" })
    var machine = try Machine(program, function: agent.function, arguments: arguments)
    var requests: [EffectRequest] = []
    var pending = outcomes[...]
    while true {
      let step = machine.run(program, fuel: fuel)
      guard case .effect(let request) = step else { return (step, requests) }
      requests.append(request)
      machine.resume(pending.popFirst() ?? .value(.null))
    }
  }

  /// The result as JSON, or `Kind: message @line:column` of the error.
  static func result(_ text: String, arguments: [Value] = [], outcomes: [EffectOutcome] = []) throws -> String {
    switch try run(text, arguments: arguments, outcomes: outcomes).step {
    case .completed(let value): return json(value)
    case .failed(let error):
      let position = error.position.map { " @\($0.line):\($0.column)" } ?? ""
      return "\(error.kind): \(error.message)\(position)"
    case .outOfFuel: return "out of fuel"
    case .effect: return "effect"
    }
  }

  static func json(_ value: Value) -> String {
    (try? ValueJSON.print(value)) ?? "<\(value.typeName)>"
  }
}
