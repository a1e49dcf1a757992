import SymbiontCore
import SymbiontStore

/// What is written about errors and recoveries, all of it within one transaction of the store.
struct RecoveryRecords: Sendable {
  let configuration: ErrorHandlerConfig

  /// What became of an error.
  enum Answer: Sendable {
    /// This recovery was begun for it.
    case begun(RecoveryPlan)
    /// A recovery that is under way is at least as strong.
    case joined(RecoveryStrategy)
    /// The breaker of the operation is open.
    case failFast(until: Timestamp)
    /// As many recoveries in a row failed as are allowed: the agent is suspended by this recovery, or by one under way.
    case exhausted(attempts: Int, RecoveryPlan?)
  }

  /// How many operations of an agent have a breaker of their own; errors of further ones count as the agent's.
  static let maximumOperations = 64

  /// Counts an error, decides, and begins what is decided.
  func take(
    _ reported: ErrorIntake.Incident, strategy: RecoveryStrategy, group: String?, escalates: Bool = true,
    in store: borrowing StoreTransaction
  ) throws -> (Answer, AgentChange) {
    let incident = try withBoundedOperation(reported, in: store)
    let before = try store.recoveryAgent(incident.agentID)
    var intake = try count(incident, before, in: store)
    let answer: Answer
    switch intake.decide(strategy, escalates: escalates) {
    case .failFast(let until): answer = .failFast(until: until)
    case .exhausted(let attempts):
      let strategy = RecoveryStrategy.exhausted(after: attempts)
      let isUnderWay = try underWay(incident, atLeast: strategy, group: nil, in: store) != nil
      answer = .exhausted(
        attempts: attempts,
        isUnderWay ? nil : try begin(strategy, incident.operation, &intake, supervised: nil, in: store))
    case .recover(let strategy):
      if let joined = try underWay(incident, atLeast: strategy, group: group, in: store) {
        answer = .joined(joined)
      } else {
        let supervisor = try supervisor(group, in: store)
        answer = .begun(try begin(strategy, incident.operation, &intake, supervised: supervisor, in: store))
      }
    }
    return (answer, try keep(intake, incident, before, in: store))
  }

  /// Counts an error about which nothing is done.
  func count(_ reported: ErrorIntake.Incident, in store: borrowing StoreTransaction) throws -> AgentChange {
    let incident = try withBoundedOperation(reported, in: store)
    let before = try store.recoveryAgent(incident.agentID)
    let intake = try count(incident, before, in: store)
    return try keep(intake, incident, before, in: store)
  }

  /// Counts an error of an attempt whose recovery goes on; false when that recovery is not under way any more.
  func takeAttempt(
    _ incident: ErrorIntake.Incident, of plan: RecoveryPlan, in store: borrowing StoreTransaction
  ) throws -> (Bool, AgentChange) {
    let before = try store.recoveryAgent(incident.agentID)
    let intake = try count(incident, before, in: store)
    return (try advance(plan, in: store), try keep(intake, incident, before, in: store))
  }

  /// Records how far a recovery has come.
  func advance(_ plan: RecoveryPlan, in store: borrowing StoreTransaction) throws -> Bool {
    try store.updateRecoveryPlan(
      plan.agentID, operation: plan.operation.description, number: plan.number, attempt: plan.progress.attempt,
      doneSteps: plan.progress.doneSteps, backup: plan.progress.backup)
  }

  /// Takes the good end of a recovery; nil when it is not under way any more.
  func succeed(_ plan: RecoveryPlan, at time: Timestamp, in store: borrowing StoreTransaction) throws -> AgentChange? {
    guard try remove(plan, in: store) else { return nil }
    let before = try store.recoveryAgent(plan.agentID)
    var intake = try intake(plan.agentID, plan.operation, before, at: time, in: store)
    intake.succeeded(plan.strategy)
    return try keep(intake, of: plan.agentID, plan.operation, before, in: store)
  }

  /// Takes the bad end of a recovery and begins the next stronger one; the plan is nil when nothing is left, the change
  /// when the recovery is not under way any more, or goes on because a person decided about the agent of its step.
  func fail(
    _ plan: RecoveryPlan, _ incident: ErrorIntake.Incident, group: String?, in store: borrowing StoreTransaction
  ) throws -> (RecoveryPlan?, AgentChange?) {
    guard let stored = try stored(plan, in: store) else { return (nil, nil) }
    if let rest = stored.skippingDecided {
      return (try advance(rest, in: store) ? rest : nil, nil)
    }
    guard try remove(stored, in: store) else { return (nil, nil) }
    let before = try store.recoveryAgent(plan.agentID)
    var intake = try count(incident, before, in: store)
    let next = try next(after: stored, &intake, group: group, in: store)
    return (next, try keep(intake, incident, before, in: store))
  }

  /// What follows on a recovery that failed, without the agents about which a person decided; nil when nothing is left.
  private func next(
    after plan: RecoveryPlan, _ intake: inout ErrorIntake, group: String?, in store: borrowing StoreTransaction
  ) throws -> RecoveryPlan? {
    let left = plan.left
    if var supervisor = try supervisor(plan.group, in: store), let member = plan.memberUnderWay {
      // The intensity of the group bounds its restarts, and nothing else.
      let verdict = supervisor.startFailed(member, at: intake.time)
      try put(supervisor, in: store)
      return try begin(
        verdict.plan(preserveState: plan.preservesState), plan.group, plan.operation, &intake, leaving: left, in: store)
    }
    if plan.group != nil, case .terminate = plan.strategy {
      // One member that does not end does not keep the others running.
      let rest = Array(plan.steps.dropFirst(plan.progress.doneSteps + 1))
      guard rest.contains(where: { $0.left == nil }) else { return nil }
      return try begin((plan.strategy, rest), plan.group, plan.operation, &intake, in: store)
    }
    // Nothing more is done about an agent about which a person decided.
    guard !left.contains(plan.agentID) else { return nil }
    intake.failed(plan.strategy)
    let strategy = RecoveryDecision.afterFailure(
      of: plan.strategy, failedRecoveries: intake.agent.failuresInRow,
      maximumRecoveries: configuration.maxRecoveryAttempts)
    let supervisor = try supervisor(group, in: store)
    return try strategy.map {
      try begin($0, plan.operation, &intake, supervised: supervisor, leaving: left, in: store)
    }
  }

  /// Takes a success of an operation.
  func succeed(
    _ agentID: AgentID, _ operation: OperationName, at time: Timestamp, in store: borrowing StoreTransaction
  ) throws -> AgentChange? {
    guard let before = try store.recoveryAgent(agentID) else { return nil }
    var intake = try intake(agentID, operation, before, at: time, in: store)
    intake.operationSucceeded()
    return try keep(intake, of: agentID, operation, before, in: store)
  }

  /// Takes the end of a supervised agent that did not fail; one that a recovery under way brought about is part of it.
  func ended(
    _ agentID: AgentID, group: String, at time: Timestamp, in store: borrowing StoreTransaction
  ) throws -> (RecoveryPlan?, AgentChange?) {
    // It may have been told twice, and been started again since.
    if let agent = try store.agentStanding(agentID), agent.state != .completed { return (nil, nil) }
    guard try store.recoveryPlans(of: agentID).isEmpty, try !isAboutToStart(agentID, group: group, in: store),
      var supervisor = try supervisor(group, in: store)
    else { return (nil, nil) }
    let verdict = supervisor.ended(agentID, .normal, at: time)
    try put(supervisor, in: store)
    guard verdict != .leave else { return (nil, nil) }
    let before = try store.recoveryAgent(agentID)
    var intake = try intake(agentID, .agent, before, at: time, in: store)
    let plan = try begin(verdict.plan(preserveState: true), group, .agent, &intake, in: store)
    return (plan, try keep(intake, of: agentID, .agent, before, in: store))
  }
}
