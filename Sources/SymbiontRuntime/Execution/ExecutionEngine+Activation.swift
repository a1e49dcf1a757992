internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontStore
internal import Synchronization

extension ExecutionEngine {
  /// Runs an execution until it waits, ends or is stopped.
  ///
  /// Gives its session when that should stay in memory.
  func advance(_ activation: EngineState.Activation) async throws(StoreError) -> ExecutionSession? {
    let resident = activation.session.flatMap { session in isHeld(session.agentID) ? nil : session }
    guard var session = try await resident.orLoad({ () throws(StoreError) in try await load(activation.id) }) else {
      return nil
    }
    notify(event(.activated, session))
    idle.withLock { $0.began(session.id, of: session.agentID, limits: session.limits) }
    session.fuelUsed = 0
    switch try await replay(&session, activation.control) {
    case .waiting: return session
    case .ended: return nil
    case .live: break
    }
    while true {
      switch activation.control.stopReason {
      case .cancel: return nil
      case .pause, .abort:
        try await flush(&session)
        return nil
      case nil: break
      }
      switch step(&session) {
      case .outOfFuel: await Task.yield()
      case .completed(let value):
        try await finish(&session, completed(value, session))
        return nil
      case .failed(let error):
        try await finish(&session, .failed(error))
        return nil
      case .effect(let request):
        switch try await perform(request, &session, activation.control) {
        case .resume(let outcome): resume(&session, with: outcome)
        case .wait: return session
        case .stopped: return nil
        }
      }
    }
  }

  private func isHeld(_ agentID: AgentID) -> Bool { state.withLock { $0.held.contains(agentID) } }

  /// Runs the machine for one slice; a machine that has used up its activation's fuel fails.
  func step(_ session: inout ExecutionSession) -> MachineStep {
    guard session.fuelUsed < configuration.limits.fuelPerActivation else {
      return .failed(
        ProgramError(
          kind: "LimitExceeded",
          message: "the execution ran \(configuration.limits.fuelPerActivation) instructions without waiting"))
    }
    guard session.sequence < configuration.limits.effectsPerExecution else {
      return .failed(
        ProgramError(
          kind: "LimitExceeded", message: "the execution used its \(configuration.limits.effectsPerExecution) effects"))
    }
    let step = session.machine.run(session.program.executable, fuel: configuration.limits.fuelSlice)
    if case .outOfFuel = step { session.fuelUsed += configuration.limits.fuelSlice }
    return step
  }

  func resume(_ session: inout ExecutionSession, with outcome: EffectOutcome) {
    session.machine.resume(outcome)
    session.sequence += 1
    session.unsavedEffects += 1
  }

  /// The result of an agent is checked against its declared type; a branch returns what it likes.
  private func completed(_ value: Value, _ session: ExecutionSession) -> ExecutionOutcome {
    if session.isBranch { return .completed(value) }
    guard EffectPlanner.storable(value) != nil else {
      return .failed(ProgramError(kind: "TypeError", message: "result: a function cannot leave its program"))
    }
    do {
      return .completed(
        try AgentCall.checkResult(value, of: session.agent, types: session.program.program.types))
    } catch {
      return .failed(error)
    }
  }

  /// Commits the end of an execution with everything that is still to be recorded.
  private func finish(_ session: inout ExecutionSession, _ outcome: ExecutionOutcome) async throws(StoreError) {
    let id = session.id
    let deferred = session.deferred
    try await commit { store, records in
      for row in deferred { try store.insertEffect(row, of: id) }
      try records.finish(id, outcome, in: store)
    }
    session.deferred = []
  }

  /// Commits the outcomes that nothing outside has seen yet.
  func flush(_ session: inout ExecutionSession) async throws(StoreError) {
    guard !session.deferred.isEmpty else { return }
    let id = session.id
    let deferred = session.deferred
    try await store.write { store in
      for row in deferred { try store.insertEffect(row, of: id) }
    }
    session.deferred = []
  }

  func event(_ kind: ExecutionEvent.Kind, _ session: ExecutionSession) -> ExecutionEvent {
    ExecutionEvent(execution: session.id, agent: session.agent.name, sequence: session.sequence, kind: kind)
  }
}

extension Optional where Wrapped == ExecutionSession {
  /// The session, or what loading gives.
  fileprivate func orLoad(
    _ load: () async throws(StoreError) -> ExecutionSession?
  ) async throws(StoreError) -> ExecutionSession? {
    if let self { return self }
    return try await load()
  }
}
