internal import Logging
internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontRecovery

extension ExecutionEngine {
  /// Performs an outside effect, unless its breaker is open; one that fails is performed again when the strategy for its
  /// error says so and nothing can happen twice by it.
  ///
  /// Nil when the execution was stopped.
  func attempt(
    _ effect: OutsideEffect, _ name: String, _ session: ExecutionSession, _ control: ActivationControl, isRepeated: Bool
  ) async -> EffectOutcome? {
    guard let errorHandler else { return await perform(effect, session, control, isRepeated: isRepeated) }
    let (agentID, operation) = (session.agentID, OperationName(name))
    do throws(ErrorHandlerError) { try errorHandler.admit(agentID, operation: operation) } catch {
      if case .circuitOpen = error { return .failure(.circuitOpen(name, error)) }
    }
    guard let outcome = await perform(effect, session, control, isRepeated: isRepeated) else { return nil }
    do throws(ErrorHandlerError) {
      guard case .failure(let error) = outcome, error.isOfOperation else {
        try await errorHandler.recordSuccess(agentID, operation: operation)
        return outcome
      }
      let failure = DefaultErrorHandler.AgentFailure(
        agentID: agentID, operation: operation, type: error.errorType, record: error.record(ProgramError.effectCode),
        isRepeatable: effect.isIdempotent || error.isBeforeAnything, mayRestart: false)
      guard let taken = try await errorHandler.report(failure) else { return outcome }
      guard let plan = taken.plan, case .retry = plan.strategy else {
        recoveries?.take(taken, of: agentID)
        return outcome
      }
      return try await retry(effect, after: outcome, plan, session, control)
    } catch {
      logger.error(
        "an error of an agent was not handled: \(error.message)",
        metadata: ["agent": "\(agentID)", "code": "\(error.code)"])
      return outcome
    }
  }

  /// Performs an effect again as a plan says, and gives its last outcome.
  private func retry(
    _ effect: OutsideEffect, after first: EffectOutcome, _ plan: RecoveryPlan, _ session: ExecutionSession,
    _ control: ActivationControl
  ) async throws(ErrorHandlerError) -> EffectOutcome? {
    guard let errorHandler, let recoveries else { return first }
    let id = session.effectID
    let repetition = EffectRepetition(first) { [self] in await performUnstopped(effect, id, isRepeated: true) }
    let end = await withTaskGroup(of: Result<RecoveryOutcome, ErrorHandlerError>?.self) { group in
      group.addTask {
        do throws(ErrorHandlerError) {
          return .success(
            try await errorHandler.carryOut(plan, by: repetition) { stronger in recoveries.add(.carryOut(stronger)) })
        } catch {
          return .failure(error)
        }
      }
      group.addTask {
        await control.untilStopped()
        return nil
      }
      let end = await group.next() ?? nil
      group.cancelAll()
      return end
    }
    guard let end else {
      // The execution performs it again when it goes on, and its failures count then.
      try await errorHandler.abandon(plan)
      return nil
    }
    if case .failure(let error) = end { throw error }
    return repetition.outcome
  }
}
