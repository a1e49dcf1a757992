internal import Logging
internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontRecovery
internal import SymbiontStore

extension ExecutionEngine {
  /// Performs an outside effect, unless its breaker is open; one that fails is performed again when the strategy for its
  /// error says so and nothing can happen twice by it.
  ///
  /// Nil when the execution was stopped.
  func attempt(
    _ effect: OutsideEffect, _ name: String, _ session: ExecutionSession, _ control: ActivationControl, isRepeated: Bool
  ) async -> EffectOutcome? {
    guard let errorHandler, recovers else {
      return await perform(effect, session, control, isRepeated: isRepeated)
    }
    let (agentID, operation) = (session.agentID, OperationName(name))
    var trial: BreakerTrial?
    do throws(ErrorHandlerError) { trial = try errorHandler.trial(agentID, operation: operation) } catch {
      if case .circuitOpen = error { return .failure(.circuitOpen(name, error)) }
    }
    guard let outcome = await perform(effect, session, control, isRepeated: isRepeated) else {
      // Nobody tells how it ended.
      giveBack(trial)
      return nil
    }
    do throws(ErrorHandlerError) {
      guard case .failure(let error) = outcome, error.isOfOperation else {
        try await errorHandler.recordSuccess(agentID, operation: operation)
        return outcome
      }
      let taken = try await errorHandler.report(failure(error, of: effect, operation, agentID))
      if let plan = taken?.plan {
        return try await retry(effect, after: outcome, plan, session, control, isFirst: !isRepeated)
      }
      guard case .retry(let most, let backoff)? = taken?.joined else { return outcome }
      return try await retryBeside(
        effect, after: outcome, (most, backoff), operation, session, control, isFirst: !isRepeated)
    } catch {
      logger.error(
        "an error of an agent was not handled: \(error.message)",
        metadata: ["agent": "\(agentID)", "code": "\(error.code)"])
      return outcome
    }
  }

  private func failure(
    _ error: ProgramError, of effect: OutsideEffect, _ operation: OperationName, _ agentID: AgentID
  ) -> DefaultErrorHandler.AgentFailure {
    .init(
      agentID: agentID, operation: operation, type: error.errorType, record: error.record(ProgramError.effectCode),
      isRepeatable: effect.isIdempotent || error.isBeforeAnything, mayRestart: false)
  }

  /// Performs an effect again as a retry says that is under way for the same operation of another execution: that one
  /// repeats its own effect, and no other.
  private func retryBeside(
    _ effect: OutsideEffect, after first: EffectOutcome, _ rule: (most: Int, backoff: Duration),
    _ operation: OperationName, _ session: ExecutionSession, _ control: ActivationControl, isFirst: Bool
  ) async throws(ErrorHandlerError) -> EffectOutcome? {
    guard let errorHandler else { return first }
    var (outcome, wait) = (first, rule.backoff)
    for _ in 0..<rule.most {
      guard case .failure(let error) = outcome, effect.isIdempotent || error.isBeforeAnything else { return outcome }
      guard await pause(wait, control) else {
        if isFirst, error.isBeforeAnything { await forgetIntent(session) }
        return nil
      }
      let trial: BreakerTrial?
      do throws(ErrorHandlerError) { trial = try errorHandler.trial(session.agentID, operation: operation) } catch {
        guard case .circuitOpen = error else { throw error }
        return .failure(.circuitOpen("\(operation)", error))
      }
      guard let next = await perform(effect, session, control, isRepeated: true) else {
        giveBack(trial)
        return nil
      }
      outcome = next
      guard case .failure(let error) = next, error.isOfOperation else {
        try await errorHandler.recordSuccess(session.agentID, operation: operation)
        return next
      }
      let taken = try await errorHandler.report(failure(error, of: effect, operation, session.agentID))
      if let plan = taken?.plan {
        return try await retry(effect, after: next, plan, session, control, isFirst: isFirst)
      }
      guard taken?.joined?.isRetry ?? false else { return next }
      wait = min(wait * errorHandler.configuration.recoveryBackoffMultiplier, RecoveryPlan.longestBackoff)
    }
    return outcome
  }

  /// Lets time pass; false when the execution was stopped meanwhile.
  private func pause(_ duration: Duration, _ control: ActivationControl) async -> Bool {
    guard let environment = errorHandler?.environment else { return true }
    return await control.unlessStopped { (try? await environment.sleep(duration)) != nil } ?? false
  }

  /// Performs an effect again as a plan says, and gives its last outcome.
  private func retry(
    _ effect: OutsideEffect, after first: EffectOutcome, _ plan: RecoveryPlan, _ session: ExecutionSession,
    _ control: ActivationControl, isFirst: Bool
  ) async throws(ErrorHandlerError) -> EffectOutcome? {
    guard let errorHandler else { return first }
    let id = session.effectID
    let repetition = EffectRepetition(first) { [self] in await performUnstopped(effect, id, isRepeated: true) }
    let end = await control.unlessStopped { () -> Result<RecoveryOutcome, ErrorHandlerError> in
      do throws(ErrorHandlerError) {
        return .success(try await errorHandler.carryOutAlone(plan, by: repetition))
      } catch {
        return .failure(error)
      }
    }
    guard let end else {
      // The execution performs it again when it goes on, and its failures count then.
      try await errorHandler.abandon(plan)
      if isFirst, case .failure(let error) = repetition.outcome, error.isBeforeAnything { await forgetIntent(session) }
      return nil
    }
    if case .failure(let error) = end { throw error }
    return repetition.outcome
  }

  /// An effect that was surely not begun is asked for anew when its execution goes on; that it was intended is forgotten.
  private func forgetIntent(_ session: ExecutionSession) async {
    let (id, sequence) = (session.id, session.sequence)
    do throws(StoreError) {
      try await store.write { store in try store.removeIntendedEffect(sequence, of: id) }
    } catch {
      logger.error("an effect that was not begun counts as unknown: \(error)", metadata: ["execution": "\(id)"])
    }
  }
}
