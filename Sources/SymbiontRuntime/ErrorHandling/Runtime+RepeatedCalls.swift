internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontRecovery
internal import SymbiontStore

/// What calls came to that were repeated.
enum RepetitionEnd: Sendable {
  /// None failed, and one at least succeeded.
  case succeeded
  /// The first failure.
  case failed(ProgramError)
  /// None came to an end of its own: they were cancelled, or there was none.
  case nothing
}

extension Runtime {
  func hasCallsToRepeat(_ agentID: AgentID) async throws(RuntimeError) -> Bool {
    try await ofStore { store in try !store.recoveryCalls(of: agentID).isEmpty }
  }

  /// Repeats the calls of an agent that failed and are to be repeated, each once, and waits for their ends.
  ///
  /// A repetition that an earlier runtime began is waited for, not begun again.
  ///
  /// The calls that failed stay to be repeated.
  func repeatCalls(of agentID: AgentID) async throws(RuntimeError) -> RepetitionEnd {
    var tried: Set<ExecutionID> = []
    var failure: ProgramError?
    var hasSucceeded = false
    // Calls that fail meanwhile join.
    while true {
      let calls = try await ofStore { store in try store.recoveryCalls(of: agentID) }
      let open = calls.map(\.executionID).filter { tried.insert($0).inserted }
      guard !open.isEmpty else { break }
      var repetitions: [ExecutionID] = []
      for call in open {
        if let repetition = try await beginRepetition(of: call, agentID) { repetitions.append(repetition) }
      }
      for repetition in repetitions {
        switch try await end(of: repetition) {
        case .completed: hasSucceeded = true
        case .failed(let error): failure = failure ?? error
        case .cancelled: break
        }
      }
    }
    if let failure { return .failed(failure) }
    return hasSucceeded ? .succeeded : .nothing
  }

  /// Starts a repetition, or finds the one that goes on; nil when nothing is left to repeat.
  private func beginRepetition(
    of call: ExecutionID, _ agentID: AgentID
  ) async throws(RuntimeError) -> ExecutionID? {
    let now = configuration.time.now()
    let engine = engine
    let (id, consequences): (ExecutionID?, Consequences)
    do throws(LifecycleError) {
      (id, consequences) = try await store.write(isolated: true, throwing: LifecycleError.self) { store in
        var records = ExecutionRecords(now: now)
        guard let known = try store.recoveryCall(call, of: agentID) else { return (nil, records.consequences) }
        if let last = known.repeatID, let execution = try store.execution(last), !execution.status.isFinished {
          return (last, records.consequences)
        }
        guard let agent = try store.agent(agentID) else { throw LifecycleError.agentNotFound(agentID: agentID) }
        // One of a suspended agent waits until that is resumed.
        guard agent.state == .running || agent.state == .suspended else {
          throw LifecycleError.invalidStateTransition(from: agent.state, to: .running)
        }
        guard let failed = try store.execution(call), let input = try? ValueCodec.decode(failed.input)
        else { return (nil, records.consequences) }
        var row = ExecutionRow(calling: agent, input: input, at: now)
        row.origin = .recovery
        try store.setRecoveryRepeat(row.id, of: call, agentID: agentID)
        try records.start(row, in: store)
        return (row.id, records.consequences)
      }
    } catch { throw .lifecycle(error) }
    engine.apply(consequences)
    return id
  }

  /// Waits for a repetition.
  private func end(of repetition: ExecutionID) async throws(RuntimeError) -> ExecutionOutcome {
    do throws(ExecutionError) { return try await outcome(of: repetition) } catch {
      if case .shuttingDown = error { throw .lifecycle(.shuttingDown) }
      throw .lifecycle(.storeFailed(reason: error.message))
    }
  }

  private func ofStore<T: Sendable>(
    _ body: @escaping @Sendable (borrowing StoreTransaction) throws -> T
  ) async throws(RuntimeError) -> T {
    do throws(LifecycleError) { return try await store.read(throwing: LifecycleError.self, body) } catch {
      throw .lifecycle(error)
    }
  }
}
