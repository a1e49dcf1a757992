package import SymbiontCore
package import SymbiontStore
import Synchronization

/// What a runtime needs whose agents fail and succeed in transactions of their own: an error is durable together with what
/// failed.
extension DefaultErrorHandler {
  /// An error of an agent that is not one of the runtime's components.
  package struct AgentFailure: Sendable {
    package var agentID: AgentID
    package var operation: OperationName
    package var type: ErrorType
    package var record: ErrorRecord
    /// Whether what failed can be done again; else whoever asked for it has the failure, and decides.
    package var isRepeatable: Bool
    /// Whether anything but a retry may be done about it.
    package var mayRestart: Bool

    package init(
      agentID: AgentID, operation: OperationName = .agent, type: ErrorType, record: ErrorRecord, isRepeatable: Bool,
      mayRestart: Bool = true
    ) {
      self.agentID = agentID
      self.operation = operation
      self.type = type
      self.record = record
      self.isRepeatable = isRepeatable
      self.mayRestart = mayRestart
    }

    /// Whether a strategy has something to do; errors about which nothing is to be done are counted, and bring nothing
    /// stronger, however many there are.
    func allows(_ strategy: RecoveryStrategy) -> Bool {
      switch strategy {
      case .none: false
      case .retry: isRepeatable
      case .restart, .failover, .terminate, .manual: mayRestart
      }
    }
  }

  /// What a transaction made of an error or a success, to be told by ``apply(_:)`` when it is durable.
  package struct Taken: Sendable {
    /// What is to be carried out.
    package let plan: RecoveryPlan?
    /// The recovery under way that answers the error, too.
    package let joined: RecoveryStrategy?
    /// Until when the breaker of the operation was open before the error, when that is why nothing is done now.
    package let openUntil: Timestamp?
    let change: AgentChange?
    /// Whether calls go through again that failed at once before.
    package var closesBreaker: Bool { change?.breaker?.1.breaker.isPristine ?? false }

    init(
      _ change: AgentChange?, plan: RecoveryPlan? = nil, joined: RecoveryStrategy? = nil,
      openUntil: Timestamp? = nil
    ) {
      self.plan = plan
      self.joined = joined
      self.openUntil = openUntil
      self.change = change
    }
  }

  /// Counts an error of an agent within a transaction of the caller, and decides about it; a recovery that it brings is
  /// durable with it.
  package func take(_ failure: AgentFailure, in store: borrowing StoreTransaction) throws -> Taken? {
    guard let now = try? admittedTime() else { return nil }
    let (strategy, group) = state.withLock { state in
      (state.strategies.strategy(for: failure.type, of: failure.agentID), state.groups[failure.agentID])
    }
    let incident = ErrorIntake.Incident(
      agentID: failure.agentID, operation: failure.operation, type: failure.type,
      record: ErrorRecord(
        code: failure.record.code, message: failure.record.message.cut(toBytes: Self.maximumMessageBytes),
        isRetryable: failure.record.isRetryable), time: now)
    guard failure.allows(strategy) else {
      return Taken(try records.count(incident, in: store))
    }
    let (answer, change) = try records.take(
      incident, strategy: strategy, group: group, escalates: failure.mayRestart, in: store)
    return switch answer {
    case .begun(let plan): Taken(change, plan: plan.steps.isEmpty ? nil : plan)
    case .joined(let strategy): Taken(change, joined: strategy)
    case .failFast(let until): Taken(change, openUntil: until)
    case .exhausted(let attempts, let plan):
      Taken(change, plan: plan, joined: plan == nil ? .exhausted(after: attempts) : nil)
    }
  }

  /// The same in a transaction of its own.
  package func report(_ failure: AgentFailure) async throws(ErrorHandlerError) -> Taken? {
    try await commit { store in
      try self.take(failure, in: store)
    } apply: { taken, state in
      if let change = taken?.change { state.apply(change) }
      return taken
    }
  }

  /// Takes a success of an operation within a transaction of the caller; nil when there was no failure before it.
  package func takeSuccess(
    _ agentID: AgentID, operation: OperationName = .agent, in store: borrowing StoreTransaction
  ) throws -> Taken? {
    guard hasFailures(agentID, operation: operation), let now = try? admittedTime() else { return nil }
    let change = try records.succeed(agentID, operation, at: now, in: store)
    return Taken(change)
  }

  /// Follows transactions that are durable, to be called in the order of the commits.
  package func apply(_ taken: [Taken]) {
    guard !taken.isEmpty else { return }
    state.withLock { state in
      for change in taken.compactMap(\.change) { state.apply(change) }
    }
  }

  /// Whether the last end of the operation was a failure.
  package func hasFailures(_ agentID: AgentID, operation: OperationName = .agent) -> Bool {
    state.withLock { $0.breaker(agentID, operation) != nil }
  }

  /// The group of an agent; nil when it is in none.
  package func groupName(of agentID: AgentID) -> String? { state.withLock { $0.groups[agentID] } }

  /// Forgets, within a transaction of the caller, what was to be done about an agent that a recovery ends for good; that
  /// recovery itself stays under way.
  package static func removeRecoveries(ofEnded agentID: AgentID, in store: borrowing StoreTransaction) throws {
    for row in try store.recoveryPlans(of: agentID) {
      if case .terminate = try RecoveryStrategy(row) { continue }
      _ = try store.removeRecoveryPlan(row.agentID, operation: row.operation, number: row.number)
    }
  }

  /// Forgets, within a transaction of the caller and without a verdict, retries of an agent that have nothing left to
  /// repeat: what they were to repeat was cancelled.
  package static func removeRetries(of agentID: AgentID, in store: borrowing StoreTransaction) throws {
    for row in try store.recoveryPlans(of: agentID) where row.operation == OperationName.agent.description {
      guard case .retry = try RecoveryStrategy(row) else { continue }
      _ = try store.removeRecoveryPlan(row.agentID, operation: row.operation, number: row.number)
    }
  }

  /// Forgets an agent within a transaction of the caller.
  ///
  /// - Returns: What is to be called when that is durable.
  package func forget(_ agentID: AgentID, in store: borrowing StoreTransaction) throws -> @Sendable () -> Void {
    let before = try store.recoveryAgent(agentID)
    let operations = try store.recoveryBreakers(of: agentID).map { OperationName($0.operation) }
    try store.removeRecovery(of: agentID)
    return { [self] in
      state.withLock { state in
        state.apply(AgentChange(agentID: agentID, before: before, after: nil))
        state.forgetBreakers(of: agentID, operations)
        state.strategies.forget(agentID)
      }
    }
  }

  /// Takes the bad end of a recovery after which nothing stronger is to come.
  package func giveUp(_ plan: RecoveryPlan, _ error: RuntimeError) async throws(ErrorHandlerError) {
    let incident = try incident(plan.agentID, error, plan.operation)
    try await commit { [records] store in
      try records.remove(plan, in: store) ? try records.count(incident, in: store) : nil
    } apply: { (change: AgentChange?, state) in
      if let change { state.apply(change) }
    }
  }

  /// Forgets a recovery without a verdict: what it was to repeat is repeated, or ended, by others.
  package func abandon(_ plan: RecoveryPlan) async throws(ErrorHandlerError) {
    try await commit { [records] store in
      _ = try records.remove(plan, in: store)
    } apply: { _, _ in
    }
  }
}
