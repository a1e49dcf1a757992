import FoundationEssentials
import SymbiontCore
import SymbiontStore

extension RecoveryRecords {
  /// What is known of the agent and of the breaker of the operation.
  func intake(
    _ agentID: AgentID, _ operation: OperationName, _ agent: RecoveryAgentRow?, at time: Timestamp,
    in store: borrowing StoreTransaction
  ) throws -> ErrorIntake {
    let breaker = try store.recoveryBreaker(agentID, operation: operation.description).map(CircuitBreaker.init)
    return ErrorIntake(
      configuration, agent: agent ?? RecoveryAgentRow(agentID: agentID), breaker: breaker ?? CircuitBreaker(), at: time)
  }

  /// Counts an error.
  func count(
    _ incident: ErrorIntake.Incident, _ agent: RecoveryAgentRow?, in store: borrowing StoreTransaction
  ) throws -> ErrorIntake {
    var intake = try intake(incident.agentID, incident.operation, agent, at: incident.time, in: store)
    try intake.count(incident) { try store.recoveryErrorTime(incident.agentID, number: $0) }
    return intake
  }

  /// The error as it is counted: one of more operations than have a breaker of their own is the agent's.
  func withBoundedOperation(
    _ incident: ErrorIntake.Incident, in store: borrowing StoreTransaction
  ) throws -> ErrorIntake.Incident {
    let operation = incident.operation
    guard operation != .agent, try store.recoveryBreaker(incident.agentID, operation: operation.description) == nil,
      try store.countRecoveryBreakers(of: incident.agentID) >= Self.maximumOperations
    else { return incident }
    var bounded = incident
    bounded.operation = .agent
    return bounded
  }

  /// The strategy of a recovery that is under way for the same operation, or for the agent as a whole, and is at least as
  /// strong; weaker ones and those that nobody ended within the window make room.
  ///
  /// The recovery of a group that has nothing left to do about the agent answers none of its errors. There is one recovery
  /// of an operation at a time, so that what was asked for joins it as such: it is to be done when that one is over.
  func underWay(
    _ incident: ErrorIntake.Incident, atLeast strategy: RecoveryStrategy, group: String?,
    in store: borrowing StoreTransaction
  ) throws -> RecoveryStrategy? {
    if strategy.isRestart, let group, try isAboutToStart(incident.agentID, group: group, in: store) {
      return strategy
    }
    for row in try store.recoveryPlans(of: incident.agentID) {
      let found = try RecoveryStrategy(row)
      let isNew = incident.time - row.startedAt < configuration.errorAggregationWindow
      let isSame = row.operation == incident.operation.description
      if row.group != nil, isNew || !isSame, strategy.isWeakerThanRestart, try RecoveryPlan(row).isDoneWithItsAgent {
        if isSame { return strategy }
        continue
      }
      let isForAgent = RecoveryLadder.strength(of: found) > RecoveryLadder.strength(of: .retryOnce)
      guard isForAgent || isSame else { continue }
      // A restart of the group has started the agent already: that it failed again is no part of it.
      let isOver = row.group != nil && found.isRestart && strategy.isRestart
      if !isOver, RecoveryLadder.strength(of: found) >= RecoveryLadder.strength(of: strategy), isNew {
        return found
      }
      _ = try store.removeRecoveryPlan(row.agentID, operation: row.operation, number: row.number)
    }
    return nil
  }

  /// Whether a restart of the group that is under way has still to start the agent: its end is a part of that.
  func isAboutToStart(_ agentID: AgentID, group: String, in store: borrowing StoreTransaction) throws -> Bool {
    try store.recoveryPlans(ofGroup: group).contains { try RecoveryPlan($0).isToStart(agentID) }
  }

  /// Begins a recovery; a restart of a supervised agent follows the rules of its group.
  ///
  /// - Parameter left: The agents about which nothing is done.
  func begin(
    _ strategy: RecoveryStrategy, _ operation: OperationName, _ intake: inout ErrorIntake, supervised: Supervisor?,
    leaving left: Set<AgentID> = [], in store: borrowing StoreTransaction
  ) throws -> RecoveryPlan {
    let agentID = intake.agent.agentID
    guard case .restart(let preserveState) = strategy, var supervisor = supervised,
      supervisor.group.members.contains(where: { $0.agentID == agentID })
    else {
      let steps = RecoveryPlan.steps(of: strategy, agentID: agentID)
      return try begin((strategy, steps), nil, operation, &intake, in: store)
    }
    let verdict = supervisor.ended(agentID, .failed, at: intake.time)
    try put(supervisor, in: store)
    return try begin(
      verdict.plan(preserveState: preserveState), supervisor.group.name, operation, &intake, leaving: left, in: store)
  }

  /// Begins a recovery of these steps, but for those about agents that are left as they are.
  func begin(
    _ recovery: (strategy: RecoveryStrategy, steps: [RecoveryStep]), _ group: String?, _ operation: OperationName,
    _ intake: inout ErrorIntake, leaving left: Set<AgentID> = [], in store: borrowing StoreTransaction
  ) throws -> RecoveryPlan {
    var progress = RecoveryProgress()
    if case .failover(let backup) = recovery.strategy { progress.backup = backup }
    let plan = RecoveryPlan(
      agentID: intake.agent.agentID, operation: operation, number: intake.agent.lastNumber,
      strategy: recovery.strategy, steps: recovery.steps.map { $0.leaving(left) }, group: group,
      backoffMultiplier: configuration.recoveryBackoffMultiplier, startedAt: intake.time, progress: progress)
    intake.countAttempt(recovery.strategy)
    if !plan.steps.isEmpty { try store.putRecoveryPlan(RecoveryPlanRow(plan)) }
    return plan
  }

  /// A recovery with the steps that it has now, where it stands; nil when it is not under way any more.
  func stored(_ plan: RecoveryPlan, in store: borrowing StoreTransaction) throws -> RecoveryPlan? {
    // Nothing was to be done, so nothing was kept.
    if plan.steps.isEmpty { return plan }
    let row = try store.recoveryPlans(of: plan.agentID).first {
      $0.operation == plan.operation.description && $0.number == plan.number
    }
    return try row.map { try RecoveryPlan($0).standing(at: plan.progress) }
  }

  func remove(_ plan: RecoveryPlan, in store: borrowing StoreTransaction) throws -> Bool {
    // Nothing was to be done, so nothing was kept.
    if plan.steps.isEmpty { return true }
    return try store.removeRecoveryPlan(plan.agentID, operation: plan.operation.description, number: plan.number)
  }

  /// Keeps what an error left, and no more errors than are allowed.
  func keep(
    _ intake: ErrorIntake, _ incident: ErrorIntake.Incident, _ before: RecoveryAgentRow?,
    in store: borrowing StoreTransaction
  ) throws -> AgentChange {
    let number = intake.agent.lastNumber
    try store.insertRecoveryError(
      RecoveryErrorRow(
        agentID: incident.agentID, number: number, occurredAt: intake.time, type: incident.type,
        operation: incident.operation.description, record: incident.record))
    if number > configuration.maxErrorHistory {
      try store.removeRecoveryErrors(of: incident.agentID, through: number - configuration.maxErrorHistory)
    }
    return try keep(intake, of: incident.agentID, incident.operation, before, in: store)
  }

  func keep(
    _ intake: ErrorIntake, of agentID: AgentID, _ operation: OperationName, _ before: RecoveryAgentRow?,
    in store: borrowing StoreTransaction
  ) throws -> AgentChange {
    try store.putRecoveryAgent(intake.agent)
    if intake.breaker.isPristine {
      try store.removeRecoveryBreaker(agentID, operation: operation.description)
    } else {
      try store.putRecoveryBreaker(RecoveryBreakerRow(intake.breaker, agentID, operation))
    }
    return AgentChange(
      agentID: agentID, before: before, after: intake.agent,
      breaker: (operation, .init(breaker: intake.breaker, limits: intake.limits)))
  }

  func supervisor(_ name: String?, in store: borrowing StoreTransaction) throws -> Supervisor? {
    guard let name, let row = try store.recoveryGroup(named: name) else { return nil }
    return try Supervisor(row)
  }

  func put(_ supervisor: Supervisor, in store: borrowing StoreTransaction) throws {
    try store.putRecoveryGroup(RecoveryGroupRow(supervisor))
  }
}

extension RecoveryStrategy {
  /// The weakest that does something for one operation.
  fileprivate static let retryOnce = RecoveryStrategy.retry(maxAttempts: 1, backoff: .zero)

  fileprivate var isRestart: Bool {
    if case .restart = self { true } else { false }
  }

  fileprivate var isWeakerThanRestart: Bool {
    RecoveryLadder.strength(of: self) < RecoveryLadder.strength(of: .restart(preserveState: true))
  }

  init(_ row: RecoveryPlanRow) throws {
    guard let strategy = RecoveryStrategy(text: row.strategy) else {
      throw StoreError.corrupt("a recovery of agent `\(row.agentID)` has the strategy `\(row.strategy)`")
    }
    self = strategy
  }
}

extension RecoveryStep {
  /// The agent about which a person decided.
  var left: AgentID? {
    if case .leave(let agentID) = self { agentID } else { nil }
  }

  /// The same step, or none when it is about one of these agents.
  fileprivate func leaving(_ agents: Set<AgentID>) -> RecoveryStep {
    switch self {
    case .stop(let agentID), .start(let agentID, _), .terminate(let agentID, _):
      agents.contains(agentID) ? .leave(agentID) : self
    case .repeatOperation, .findBackup, .moveInbox, .moveTasks, .suspend, .leave: self
    }
  }
}

extension RecoveryPlan {
  /// The agent of the step that is under way, for a plan of a group.
  var memberUnderWay: AgentID? {
    guard steps.indices.contains(progress.doneSteps) else { return nil }
    switch steps[progress.doneSteps] {
    case .start(let agentID, _), .stop(let agentID): return agentID
    case .repeatOperation, .findBackup, .moveInbox, .moveTasks, .suspend, .terminate, .leave: return nil
    }
  }

  /// The agents about which a person decided.
  var left: Set<AgentID> { Set(steps.compactMap(\.left)) }

  /// Whether a recovery of a group does nothing more about the agent whose error it answers; one that ends the group has
  /// ended it otherwise.
  fileprivate var isDoneWithItsAgent: Bool { strategy.isRestart ? !isToStart(agentID) : left.contains(agentID) }

  /// What is left when a person decided about the agent of the step that is under way; nil when nobody did.
  var skippingDecided: RecoveryPlan? {
    guard steps.indices.contains(progress.doneSteps), steps[progress.doneSteps].left != nil else { return nil }
    var rest = self
    rest.progress.doneSteps += 1
    return rest
  }

  /// Whether agents keep their memory.
  var preservesState: Bool {
    if case .restart(preserveState: false) = strategy { false } else { true }
  }

  /// A plan as it was kept.
  init(_ row: RecoveryPlanRow) throws {
    let strategy = try RecoveryStrategy(row)
    let steps =
      row.steps.isEmpty
      ? RecoveryPlan.steps(of: strategy, agentID: row.agentID)
      : try JSONDecoder().decode([RecoveryStep].self, from: Data(row.steps))
    guard row.doneSteps >= 0, row.doneSteps <= steps.count else {
      throw StoreError.corrupt("a recovery of agent `\(row.agentID)` has done `\(row.doneSteps)` of its steps")
    }
    self.init(
      agentID: row.agentID, operation: OperationName(row.operation), number: row.number, strategy: strategy,
      steps: steps, group: row.group, backoffMultiplier: row.multiplier, startedAt: row.startedAt,
      progress: .init(attempt: row.attempt, doneSteps: row.doneSteps, backup: row.backup))
  }
}

extension RecoveryPlanRow {
  /// Steps that follow from the strategy are not kept beside it.
  init(_ plan: RecoveryPlan) throws {
    let follows = plan.steps == RecoveryPlan.steps(of: plan.strategy, agentID: plan.agentID)
    self.init(
      agentID: plan.agentID, operation: plan.operation.description, number: plan.number, strategy: plan.strategy.text,
      steps: follows ? [] : Array(try JSONEncoder().encode(plan.steps)), group: plan.group,
      multiplier: plan.backoffMultiplier, startedAt: plan.startedAt, attempt: plan.progress.attempt,
      doneSteps: plan.progress.doneSteps, backup: plan.progress.backup)
  }
}

extension CircuitBreaker {
  init(_ row: RecoveryBreakerRow) {
    self.init(failures: row.failures, lastFailureAt: row.lastFailureAt, openUntil: row.openUntil)
  }
}

extension RecoveryBreakerRow {
  init(_ breaker: CircuitBreaker, _ agentID: AgentID, _ operation: OperationName) {
    self.init(
      agentID: agentID, operation: operation.description, failures: breaker.failures,
      lastFailureAt: breaker.lastFailureAt, openUntil: breaker.openUntil)
  }
}

extension Supervisor {
  init(_ row: RecoveryGroupRow) throws {
    self.init(
      try JSONDecoder().decode(SupervisionGroup.self, from: Data(row.definition)), restarts: row.restarts,
      isShutDown: row.isShutDown)
  }
}

extension RecoveryGroupRow {
  init(_ supervisor: Supervisor) throws {
    self.init(
      name: supervisor.group.name, definition: Array(try JSONEncoder().encode(supervisor.group)),
      restarts: supervisor.restarts, isShutDown: supervisor.isShutDown)
  }
}
