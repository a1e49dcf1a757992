internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontStore

/// How a replay ended.
enum ReplayEnd {
  /// The journal is used up; what comes now is new.
  case live
  /// The last effect still waits for its event.
  case waiting
  /// The execution ended on the way.
  case ended
}

extension ExecutionEngine {
  /// Journal lines that one read fetches.
  private static let journalPage = 2_000

  /// Everything that rebuilds an execution.
  private struct Stored: Sendable {
    var execution: ExecutionRow
    var agent: AgentRow?
    var source: (name: String, source: [UInt8])?
    var snapshot: (sequence: Int, machine: [UInt8])?
  }

  /// Brings an execution back into memory; `nil` when it is finished, or its agent does not run.
  func load(_ id: ExecutionID) async throws(StoreError) -> ExecutionSession? {
    let stored = try await store.read { [programs] store -> Stored? in
      guard let execution = try store.execution(id), !execution.status.isFinished else { return nil }
      let isKnown = programs.program(hash: execution.program) != nil
      return Stored(
        execution: execution, agent: try store.agent(execution.agentID),
        source: isKnown ? nil : try store.program(hash: execution.program), snapshot: try store.snapshot(of: id))
    }
    guard let stored, let agent = stored.agent, agent.state == .running else { return nil }
    do {
      return try session(stored, agent)
    } catch {
      try await fail(id, error)
      return nil
    }
  }

  private func session(_ stored: Stored, _ agentRow: AgentRow) throws(ProgramError) -> ExecutionSession {
    let execution = stored.execution
    let program = try program(stored)
    guard let agent = program.agent(named: execution.agentName) else {
      throw ProgramError(kind: "AgentFailed", message: "the program declares no agent `\(execution.agentName)`")
    }
    let executable = program.executable
    let confinement = AgentConfiguration.confinement(agentRow)
    let limits = configuration.limits.machine
    var parameters: [Value] = []
    var fresh: Machine?
    if let function = execution.branchFunction {
      guard case .function(let closure)? = try? ValueCodec.decode(function) else {
        throw ProgramError(kind: "JournalDamaged", message: "the stored branch is no function")
      }
      fresh = try Machine(executable, closure: closure, arguments: [], limits: limits)
    } else {
      guard let input = try? ValueCodec.decode(execution.input) else {
        throw ProgramError(kind: "JournalDamaged", message: "the stored input cannot be read")
      }
      parameters = try AgentCall.bind(input, to: agent, types: program.program.types)
      fresh = try Machine(executable, function: agent.function, arguments: parameters, limits: limits)
    }
    // A snapshot only saves time: one that this program cannot read (an older compiler wrote it) is left out, and the
    // journal is replayed from the start.
    let restored = stored.snapshot.flatMap { snapshot in
      (try? Machine(decoding: snapshot.machine, for: executable)).map { (snapshot.sequence, $0) }
    }
    guard let fresh else { throw ProgramError(kind: "JournalDamaged", message: "there is nothing to run") }
    return ExecutionSession(
      id: execution.id, agentID: execution.agentID, program: program, agent: agent, parameters: parameters,
      limits: confinement.limits, tier: max(confinement.tier, agent.tier), deadline: execution.deadline,
      isBranch: execution.branchFunction != nil, machine: restored?.1 ?? fresh, sequence: restored?.0 ?? 0)
  }

  private func program(_ stored: Stored) throws(ProgramError) -> LoadedProgram {
    if let known = programs.program(hash: stored.execution.program) { return known }
    guard let source = stored.source else {
      throw ProgramError(kind: "JournalDamaged", message: "the program of the execution is not in the store")
    }
    do {
      return try programs.compile(SourceText(name: source.name, bytes: source.source))
    } catch {
      throw ProgramError(
        kind: "AgentFailed", message: "the pinned program does not compile any more: \(error.diagnostics)")
    }
  }

  /// Ends an execution that cannot be brought back.
  func fail(_ id: ExecutionID, _ error: ProgramError) async throws(StoreError) {
    _ = try await commit { store, records in try records.finish(id, .failed(error), in: store) }
  }

  // MARK: Replaying

  /// Feeds the machine the outcomes that the journal holds from where it stands.
  func replay(_ session: inout ExecutionSession, _ control: ActivationControl) async throws(StoreError) -> ReplayEnd {
    while true {
      let (id, sequence) = (session.id, session.sequence)
      let page = try await store.read { store in
        try store.effects(of: id, from: sequence, limit: Self.journalPage)
      }
      for row in page {
        if let end = try await replay(row, &session, control) { return end }
      }
      if page.count < Self.journalPage { return .live }
    }
  }

  /// Replays one line of the journal; gives the end when the replay is over.
  private func replay(
    _ row: EffectRow, _ session: inout ExecutionSession, _ control: ActivationControl
  ) async throws(StoreError) -> ReplayEnd? {
    var request: EffectRequest?
    if session.machine.state != .waitingForOutcome {
      guard let asked = await nextRequest(&session), asked.effect.rawValue == row.effect,
        RequestCodec.encode(asked) == row.request
      else {
        try await fail(
          session.id,
          ProgramError(
            kind: "ReplayMismatch", message: "effect \(row.sequence) of the journal is not what the program asks for"))
        return .ended
      }
      request = asked
    }
    switch row.state {
    case .waiting: return .waiting
    case .done:
      guard let bytes = row.outcome, let outcome = try? OutcomeCodec.decodeEffect(bytes) else {
        throw .corrupt("the outcome of effect `\(row.sequence)` of execution `\(session.id)`")
      }
      resume(&session, with: outcome)
      return nil
    case .intended:
      switch try await settle(request, &session, control) {
      case .resume(let outcome):
        resume(&session, with: outcome)
        return nil
      case .wait: return .waiting
      case .stopped: return .ended
      }
    }
  }

  private func nextRequest(_ session: inout ExecutionSession) async -> EffectRequest? {
    while true {
      switch step(&session) {
      case .effect(let request): return request
      case .outOfFuel: await Task.yield()
      case .completed, .failed: return nil
      }
    }
  }
}
