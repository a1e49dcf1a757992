internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontRecovery
internal import SymbiontStore

extension Runtime {
  /// Repeats the calls of an agent that failed and are to be repeated, each once, and waits for their ends.
  ///
  /// A repetition that an earlier runtime began is waited for, not begun again.
  ///
  /// - Throws: the first failure; the calls that failed stay to be repeated.
  func repeatCalls(of agentID: AgentID) async throws(RuntimeError) {
    var tried: Set<ExecutionID> = []
    var failure: RuntimeError?
    // Calls that fail meanwhile join.
    while true {
      let calls = try await ofStore { store in try store.recoveryCalls(of: agentID) }
      let open = calls.filter { tried.insert($0.executionID).inserted }
      guard !open.isEmpty else { break }
      var repetitions: [(call: ExecutionID, repetition: ExecutionID)] = []
      for call in open {
        if let repetition = try await beginRepetition(of: call, agentID) {
          repetitions.append((call.executionID, repetition))
        }
      }
      for (call, repetition) in repetitions {
        if let error = try await endRepetition(repetition, of: call, agentID) { failure = failure ?? error }
      }
    }
    if let failure { throw failure }
  }

  /// Forgets the calls that are to be repeated.
  func forgetRepeatedCalls(of agentID: AgentID) async throws(RuntimeError) {
    do throws(LifecycleError) {
      try await store.write(throwing: LifecycleError.self) { store in try store.removeRecoveryCalls(of: agentID) }
    } catch { throw .lifecycle(error) }
  }

  /// Starts a repetition, or finds the one that goes on; nil when nothing is left to repeat.
  private func beginRepetition(
    of call: RecoveryCallRow, _ agentID: AgentID
  ) async throws(RuntimeError) -> ExecutionID? {
    let now = configuration.time.now()
    let engine = engine
    let (id, consequences): (ExecutionID?, Consequences)
    do throws(LifecycleError) {
      (id, consequences) = try await store.write(isolated: true, throwing: LifecycleError.self) { store in
        var records = ExecutionRecords(now: now)
        if let last = call.repeatID, let execution = try store.execution(last), !execution.status.isFinished {
          return (last, records.consequences)
        }
        guard let agent = try store.agent(agentID) else { throw LifecycleError.agentNotFound(agentID: agentID) }
        guard agent.state == .running else {
          throw LifecycleError.invalidStateTransition(from: agent.state, to: .running)
        }
        guard let failed = try store.execution(call.executionID), let input = try? ValueCodec.decode(failed.input)
        else { return (nil, records.consequences) }
        var row = ExecutionRow(calling: agent, input: input, at: now)
        row.origin = .recovery
        try store.setRecoveryRepeat(row.id, of: call.executionID, agentID: agentID)
        try records.start(row, in: store)
        return (row.id, records.consequences)
      }
    } catch { throw .lifecycle(error) }
    engine.apply(consequences)
    return id
  }

  /// Waits for a repetition; gives why it failed, and has no need of the call any more when it did not.
  private func endRepetition(
    _ repetition: ExecutionID, of call: ExecutionID, _ agentID: AgentID
  ) async throws(RuntimeError) -> RuntimeError? {
    let outcome: ExecutionOutcome
    do throws(ExecutionError) { outcome = try await self.outcome(of: repetition) } catch {
      if case .shuttingDown = error { throw .lifecycle(.shuttingDown) }
      return .lifecycle(.storeFailed(reason: error.message))
    }
    if case .failed(let error) = outcome {
      return .errorHandler(
        .recoveryFailed(agentID: agentID, reason: "the call failed again: \(error.kind): \(error.message)"))
    }
    do throws(LifecycleError) {
      try await store.write(throwing: LifecycleError.self) { store in
        try store.removeRecoveryCall(call, of: agentID)
      }
    } catch { throw .lifecycle(error) }
    return nil
  }

  private func ofStore<T: Sendable>(
    _ body: @escaping @Sendable (borrowing StoreTransaction) throws -> T
  ) async throws(RuntimeError) -> T {
    do throws(LifecycleError) { return try await store.read(throwing: LifecycleError.self, body) } catch {
      throw .lifecycle(error)
    }
  }
}
