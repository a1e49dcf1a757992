internal import Crypto
internal import SymbiontCore
package import SymbiontLanguage
internal import SymbiontStore
internal import Synchronization

/// A program that was compiled and verified.
package final class LoadedProgram: Sendable {
  /// SHA-256 of the source.
  package let hash: [UInt8]
  package let executable: ExecutableProgram

  init(hash: [UInt8], executable: ExecutableProgram) {
    self.hash = hash
    self.executable = executable
  }

  package var program: Program { executable.program }

  package func agent(named name: String) -> AgentDescriptor? {
    program.agents.first { $0.name == name }
  }

  package static func hash(_ source: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: source)) }
}

/// Why a source does not become a program: its diagnostics as people read them.
struct CompilationFailure: Error, Sendable {
  let diagnostics: String
}

/// The compiled programs by hash, so that many agents share one.
final class ProgramCache: Sendable {
  /// Programs kept; the least recently added goes first.
  ///
  /// Compiling one again takes milliseconds.
  private static let capacity = 256

  private struct State {
    var programs: [[UInt8]: LoadedProgram] = [:]
    var order: [[UInt8]] = []
  }

  private let state = Mutex(State())

  func program(hash: [UInt8]) -> LoadedProgram? { state.withLock { $0.programs[hash] } }

  /// Compiles and verifies a source, or gives the program that it became before.
  func compile(_ source: SourceText) throws(CompilationFailure) -> LoadedProgram {
    let hash = LoadedProgram.hash(source.bytes)
    if let known = program(hash: hash) { return known }
    let result = SymbiCompiler.compile(source)
    guard let program = result.program else {
      let errors = result.diagnostics.filter { $0.severity == .error }
      throw CompilationFailure(
        diagnostics: errors.map { DiagnosticRenderer.render($0, source) }.joined(separator: "\n"))
    }
    let loaded: LoadedProgram
    do {
      loaded = LoadedProgram(hash: hash, executable: try ExecutableProgram(verifying: program))
    } catch {
      throw CompilationFailure(diagnostics: "the compiled program was refused by the verifier: \(error)")
    }
    state.withLock { state in
      if state.programs.updateValue(loaded, forKey: hash) == nil { state.order.append(hash) }
      if state.order.count > Self.capacity { state.programs[state.order.removeFirst()] = nil }
    }
    return loaded
  }

  /// An agent and the program that it has, compiled when it is not at hand; nil for the program when it does not compile.
  func load<Failure: StoreClientError>(
    _ agentID: AgentID, from store: Store, throwing: Failure.Type
  ) async throws(Failure) -> (agent: AgentRow, program: LoadedProgram?)? {
    let (agent, stored) = try await store.read(throwing: Failure.self) { [self] store in
      let agent = try store.agent(agentID)
      let isKnown = agent.map { program(hash: $0.program) != nil } ?? true
      return (agent, isKnown ? nil : try agent.flatMap { try store.program(hash: $0.program) })
    }
    guard let agent else { return nil }
    let compiled = stored.flatMap { try? compile(SourceText(name: $0.name, bytes: $0.source)) }
    return (agent, compiled ?? program(hash: agent.program))
  }
}
