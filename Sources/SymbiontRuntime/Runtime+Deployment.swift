public import SymbiontCore
public import SymbiontLanguage
internal import SymbiontStore

extension Runtime {
  /// Brings every agent of a source to the state `Running`: agents of the same name keep their id, memory and counters
  /// and get the new program; others are created.
  ///
  /// - Parameters:
  ///   - source: A program that compiles.
  ///   - mode: The mode of agents that are created.
  /// - Throws: ``LifecycleError``; `InitializationFailed` carries the diagnostics.
  public func deploy(
    _ source: SourceText, mode: ExecutionMode = .persistent
  ) async throws(LifecycleError) -> [AgentInstance] {
    let programs = programs
    let program: LoadedProgram
    do { program = try programs.compile(source) } catch { throw .programInvalid(reason: "\n\(error.diagnostics)") }
    var deployed: [AgentInstance] = []
    for agent in program.program.agents {
      deployed.append(try await deploy(agent, of: source, mode: mode))
    }
    return deployed
  }

  private func deploy(
    _ agent: AgentDescriptor, of source: SourceText, mode: ExecutionMode
  ) async throws(LifecycleError) -> AgentInstance {
    let known = try await store.read(throwing: LifecycleError.self) { store in try store.agent(named: agent.name)?.id }
    var config = AgentConfig(
      id: known ?? AgentID(), name: agent.name, dslSource: String(decoding: source.bytes, as: UTF8.self),
      executionMode: mode, capabilities: agent.capabilities.map { Capability(name: $0) },
      metadata: ["source_file": source.name])
    guard let known else {
      return try await lifecycle.launchAgent(config)
    }
    let current = try await lifecycle.getAgent(known)
    config.resourceLimits = current.config.resourceLimits
    config.executionMode = current.config.executionMode
    try await lifecycle.updateAgentConfig(known, config: config)
    switch current.state {
    // It was started by an earlier runtime, perhaps on another machine.
    case .running, .waiting: try await lifecycle.attest(known)
    case .suspended: try await lifecycle.resumeAgent(known)
    case .ready, .completed: try await lifecycle.startAgent(known)
    case .created, .failed:
      try await lifecycle.initializeAgent(known)
      try await lifecycle.startAgent(known)
    case .initializing, .terminating, .terminated:
      throw .invalidStateTransition(from: current.state, to: .running)
    }
    return try await lifecycle.getAgent(known)
  }
}
