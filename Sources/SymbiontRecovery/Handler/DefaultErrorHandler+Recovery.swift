public import SymbiontCore
import SymbiontStore
import Synchronization

extension DefaultErrorHandler {
  /// Counts an error, decides, and carries the decision out through the performer until the agent is recovered, isolated
  /// or ended, or nothing is left to try.
  ///
  /// One recovery of an operation is carried out at a time; another error of it meanwhile is counted and joins. When the
  /// process ends in between, ``resumeRecoveries(by:)`` goes on.
  ///
  /// - Throws: ``ErrorHandlerError/storeFailed(reason:)``; ``ErrorHandlerError/shuttingDown``.
  public func recover(
    _ agentID: AgentID, from error: RuntimeError, operation: OperationName = .agent,
    by performer: some RecoveryPerformer
  ) async throws(ErrorHandlerError) -> RecoveryOutcome {
    switch try await take(agentID, error, operation) {
    case .begun(let plan): return try await carryOut(plan, by: performer)
    case .joined(let strategy): return .joined(strategy)
    case .failFast(let until): return .failedFast(until: until)
    case .exhausted(_, let plan?): return try await carryOut(plan, by: performer)
    case .exhausted(let attempts, nil): return .joined(.exhausted(after: attempts))
    }
  }

  /// Carries out a recovery that was begun, from where it stands.
  public func carryOut(
    _ plan: RecoveryPlan, by performer: some RecoveryPerformer
  ) async throws(ErrorHandlerError) -> RecoveryOutcome {
    try await RecoveryExecutor(handler: self, performer: performer).carryOut(plan)
  }

  /// The same, and tells of each stronger recovery that follows when one fails.
  package func carryOut(
    _ plan: RecoveryPlan, by performer: some RecoveryPerformer, onNext: @escaping @Sendable (RecoveryPlan) -> Void
  ) async throws(ErrorHandlerError) -> RecoveryOutcome {
    try await RecoveryExecutor(handler: self, performer: performer, onNext: onNext).carryOut(plan)
  }

  /// The same, but nothing stronger follows when it fails.
  package func carryOutAlone(
    _ plan: RecoveryPlan, by performer: some RecoveryPerformer
  ) async throws(ErrorHandlerError) -> RecoveryOutcome {
    try await RecoveryExecutor(handler: self, performer: performer, escalates: false).carryOut(plan)
  }

  /// The recoveries whose outcome is not known, the oldest first: what a former runtime left, or others carry out.
  public func pendingRecoveries() async throws(ErrorHandlerError) -> [RecoveryPlan] {
    try await store.read(throwing: ErrorHandlerError.self) { store in try store.recoveryPlans().map(RecoveryPlan.init) }
  }

  /// Those of one agent.
  package func pendingRecoveries(of agentID: AgentID) async throws(ErrorHandlerError) -> [RecoveryPlan] {
    try await store.read(throwing: ErrorHandlerError.self) { store in
      try store.recoveryPlans(of: agentID).map(RecoveryPlan.init)
    }
  }

  /// Those that follow the rules of a group.
  package func pendingRecoveries(ofGroup name: String) async throws(ErrorHandlerError) -> [RecoveryPlan] {
    try await store.read(throwing: ErrorHandlerError.self) { store in
      try store.recoveryPlans(ofGroup: name).map(RecoveryPlan.init)
    }
  }

  /// Goes on with every recovery that a former runtime left, one after the other; to be called before anything else is.
  ///
  /// What was under way at the crash is done again, as part of the same attempt.
  public func resumeRecoveries(
    by performer: some RecoveryPerformer
  ) async throws(ErrorHandlerError) -> [(plan: RecoveryPlan, outcome: RecoveryOutcome)] {
    var outcomes: [(plan: RecoveryPlan, outcome: RecoveryOutcome)] = []
    for plan in try await pendingRecoveries() {
      outcomes.append((plan, try await carryOut(plan, by: performer)))
    }
    return outcomes
  }

  /// Takes the good end of a recovery: what a retry shows closes the breaker; after a restart or a failover the next call
  /// decides about it.
  ///
  /// - Returns: Whether it was taken: of a recovery that is not under way any more nothing is.
  @discardableResult
  public func recordSuccess(of plan: RecoveryPlan) async throws(ErrorHandlerError) -> Bool {
    let now = try admittedTime()
    return try await commit { [records] store in
      try records.succeed(plan, at: now, in: store)
    } apply: { (change: AgentChange?, state) in
      if let change { state.apply(change) }
      return change != nil
    }
  }

  /// Takes the bad end of a recovery, and begins the next stronger one; when a person decided about the agent of the step
  /// that failed, that is no failure, and the recovery goes on behind it.
  ///
  /// - Returns: What is to be carried out next; nil when nothing is left, or when the recovery was not under way any more.
  public func recordFailure(
    of plan: RecoveryPlan, _ error: RuntimeError
  ) async throws(ErrorHandlerError) -> RecoveryPlan? {
    let incident = try incident(plan.agentID, error, plan.operation)
    let group = groupName(of: plan.agentID)
    return try await commit { [records] store in
      try records.fail(plan, incident, group: group, in: store)
    } apply: { (result: (RecoveryPlan?, AgentChange?), state) in
      if let change = result.1 { state.apply(change) }
      return result.0
    }
  }

  /// Takes an attempt that failed while others are left; false when the recovery is not under way any more.
  func recordAttempt(of plan: RecoveryPlan, _ error: RuntimeError) async throws(ErrorHandlerError) -> Bool {
    let incident = try incident(plan.agentID, error, plan.operation)
    guard incident.isOfOperation else { return try await recordProgress(of: plan) }
    return try await commit { [records] store in
      try records.takeAttempt(incident, of: plan, in: store)
    } apply: { (result: (Bool, AgentChange), state) in
      state.apply(result.1)
      return result.0
    }
  }

  /// Records how far a recovery has come; false when it is not under way any more.
  func recordProgress(of plan: RecoveryPlan) async throws(ErrorHandlerError) -> Bool {
    _ = try admittedTime()
    return try await commit { [records] store in
      try records.advance(plan, in: store)
    } apply: { isUnderWay, _ in
      isUnderWay
    }
  }

  /// The time now, by which breakers open and close.
  package var now: Timestamp {
    let elapsed = environment.elapsed()
    return state.withLock { $0.now(elapsed: elapsed) }
  }
}
