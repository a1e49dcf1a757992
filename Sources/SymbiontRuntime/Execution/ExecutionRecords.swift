internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontRecovery
internal import SymbiontStore

/// What happens to executions inside a transaction: ends, wakes and cancellations, with everything that follows from them.
///
/// Each method changes the store and adds what the runtime must do after the commit to ``consequences``. Nothing else.
struct ExecutionRecords: Sendable {
  let now: Timestamp
  /// Is told of failures; without it an agent that fails does so for good.
  let failures: ExecutionFailures?
  var consequences = Consequences()

  init(now: Timestamp, failures: ExecutionFailures? = nil) {
    self.now = now
    self.failures = failures
  }

  // MARK: Starting

  /// Adds an execution that is ready to run.
  mutating func start(_ execution: ExecutionRow, in store: borrowing StoreTransaction) throws {
    try store.insertExecution(execution)
    consequences.ready.append(execution.id)
    consequences.wake(at: execution.deadline)
  }

  // MARK: Ending

  /// Ends an execution, tells its parent, counts it for its agent.
  ///
  /// False when it had ended before.
  ///
  /// - Parameter stored: What is stored of the outcome, when that is more than the outcome says.
  @discardableResult
  mutating func finish(
    _ id: ExecutionID, _ outcome: ExecutionOutcome, stored: [UInt8]? = nil, in store: borrowing StoreTransaction
  ) throws -> Bool {
    let status: ExecutionStatus =
      switch outcome {
      case .completed: .completed
      case .failed: .failed
      case .cancelled: .cancelled
      }
    guard
      let row = try store.execution(id),
      try store.finishExecution(id, as: status, outcome: stored ?? OutcomeCodec.encode(outcome), at: now)
    else { return false }
    consequences.finished.append((id, outcome))
    if status != .completed { try cancelDescendants(of: id, in: store) }
    if row.waitsFor == .reply { try store.removeAsks(of: id) }
    if row.branchFunction == nil { try updateAgent(of: row, after: outcome, in: store) }
    if let parent = row.parent, parent.branch >= 0, status != .cancelled {
      try childFinished(row, outcome, of: parent, in: store)
    }
    return true
  }

  /// Cancels an execution and everything below it; who does so may say what is stored as its end.
  mutating func cancel(
    _ id: ExecutionID, as outcome: [UInt8]? = nil, in store: borrowing StoreTransaction
  ) throws -> Bool {
    guard try finish(id, .cancelled, stored: outcome, in: store) else { return false }
    consequences.cancelled.append(id)
    return true
  }

  private mutating func cancelDescendants(
    of id: ExecutionID, in store: borrowing StoreTransaction
  ) throws {
    for descendant in try store.unfinishedDescendants(of: id) {
      let ended = try store.finishExecution(
        descendant, as: .cancelled, outcome: OutcomeCodec.encode(ExecutionOutcome.cancelled), at: now)
      guard ended else { continue }
      consequences.cancelled.append(descendant)
      consequences.finished.append((descendant, .cancelled))
    }
  }

  private mutating func cancelSiblings(
    _ parent: ExecutionRow.Parent, in store: borrowing StoreTransaction
  ) throws {
    for sibling in try store.children(of: parent.execution, sequence: parent.sequence)
    where !sibling.status.isFinished {
      _ = try cancel(sibling.id, in: store)
    }
  }

  private mutating func updateAgent(
    of execution: ExecutionRow, after outcome: ExecutionOutcome, in store: borrowing StoreTransaction
  ) throws {
    let id = execution.agentID
    guard let agent = try store.agentStanding(id) else { return }
    let failed = if case .failed = outcome { true } else { false }
    let next = LifecycleMachine.afterExecution(
      in: agent.state, mode: agent.mode, failed: failed, isRecovered: failures != nil)
    try store.countAgent(id, executions: 1, errors: failed ? 1 : 0, at: now)
    if let next {
      try store.setAgentState(id, to: next, at: now)
      consequences.changedAgents.append(id)
    }
    if execution.origin == .recovery, !failed { try repeated(execution, outcome, in: store) }
    guard let failures else { return }
    switch outcome {
    case .failed(let error):
      let taken = try failures.take(
        execution, error, of: agent,
        goesOn: next == nil && (agent.state == .running || agent.state == .suspended), in: store)
      consequences.took(taken, of: id)
    case .completed:
      if agent.recoveries > 0 { try store.setRecoveries(0, of: id) }
      if next == .completed { consequences.completedAgents.append(id) }
      if execution.origin != .recovery { consequences.took(try failures.handler.takeSuccess(id, in: store), of: id) }
    case .cancelled: break
    }
  }

  /// A call that was repeated is done with; one whose repetition was cancelled shows nothing, so that a retry which has
  /// nothing else to repeat neither succeeds nor fails.
  private func repeated(
    _ repetition: ExecutionRow, _ outcome: ExecutionOutcome, in store: borrowing StoreTransaction
  ) throws {
    try store.removeRecoveryCall(repeatedBy: repetition.id, of: repetition.agentID)
    guard case .cancelled = outcome, try store.recoveryCalls(of: repetition.agentID).isEmpty else { return }
    try DefaultErrorHandler.removeRetries(of: repetition.agentID, in: store)
  }

  // MARK: Parents and their effects

  private mutating func childFinished(
    _ child: ExecutionRow, _ outcome: ExecutionOutcome, of parent: ExecutionRow.Parent,
    in store: borrowing StoreTransaction
  ) throws {
    guard let effect = try store.effect(parent.sequence, of: parent.execution), effect.state == .waiting else { return }
    let isRace = effect.effect == Effect.race.rawValue
    let isParallel = effect.effect == Effect.parallel.rawValue
    switch outcome {
    case .completed where isParallel:
      guard try store.countUnfinishedChildren(of: parent.execution, sequence: parent.sequence) == 0 else { return }
      try resume(parent, with: .value(.array(try results(of: parent, in: store))), in: store)
    case .completed(let value):
      try resume(parent, with: .value(value), in: store)
      if isRace { try cancelSiblings(parent, in: store) }
    case .failed(let error) where isRace:
      guard try store.countUnfinishedChildren(of: parent.execution, sequence: parent.sequence) == 0 else { return }
      try resume(parent, with: .failure(Self.wrapped(error, of: child)), in: store)
    case .failed(let error):
      try resume(parent, with: .failure(Self.wrapped(error, of: child)), in: store)
      if isParallel { try cancelSiblings(parent, in: store) }
    case .cancelled: break
    }
  }

  private func results(
    of parent: ExecutionRow.Parent, in store: borrowing StoreTransaction
  ) throws -> [Value] {
    var results: [Value] = []
    for child in try store.children(of: parent.execution, sequence: parent.sequence) {
      guard let bytes = child.outcome, let outcome = try? OutcomeCodec.decode(bytes),
        case .completed(let value) = outcome
      else { throw StoreError.corrupt("execution `\(child.id)` is finished without a result") }
      results.append(value)
    }
    return results
  }

  /// A branch is part of the same program, so its error stays what it is; another agent's becomes `AgentFailed`.
  private static func wrapped(_ error: ProgramError, of child: ExecutionRow) -> ProgramError {
    guard child.branchFunction == nil else { return error }
    return ProgramError(
      kind: "AgentFailed", message: "agent `\(child.agentName)` failed: \(error.kind): \(error.message)",
      data: .record(OutcomeCodec.record(error)))
  }

  /// Records the outcome of an effect that waits, and lets its execution go on.
  mutating func resume(
    _ execution: ExecutionID, sequence: Int, with outcome: EffectOutcome, in store: borrowing StoreTransaction
  ) throws {
    guard
      try store.finishEffect(sequence, of: execution, outcome: OutcomeCodec.encode(outcome), at: now),
      try store.setReady(execution, at: now)
    else { return }
    consequences.ready.append(execution)
  }

  private mutating func resume(
    _ parent: ExecutionRow.Parent, with outcome: EffectOutcome, in store: borrowing StoreTransaction
  ) throws {
    try resume(parent.execution, sequence: parent.sequence, with: outcome, in: store)
  }

  // MARK: Time

  /// Does what is due for an execution whose timer or deadline has come.
  mutating func timeOut(_ id: ExecutionID, in store: borrowing StoreTransaction) throws {
    guard let row = try store.execution(id), !row.status.isFinished else { return }
    if let deadline = row.deadline, deadline <= now {
      consequences.cancelled.append(id)
      let seconds = (limit: (deadline - row.createdAt) / .seconds(1), observed: (now - row.createdAt) / .seconds(1))
      consequences.violations.append(
        ResourceViolation(
          agentID: row.agentID, resource: .executionTime, severity: .exceeded, limit: seconds.limit,
          observed: seconds.observed, observedAt: now))
      let error = ProgramError(
        kind: "Timeout", message: "agent `\(row.agentName)` did not finish within its time limit")
      try finish(id, .failed(error), in: store)
      return
    }
    guard let wakeAt = row.wakeAt, wakeAt <= now, let reason = row.waitsFor,
      let sequence = try store.lastEffect(of: id)
    else { return }
    switch reason {
    case .timer, .message: try resume(id, sequence: sequence, with: .value(.null), in: store)
    case .reply:
      try store.removeAsks(of: id)
      try resume(id, sequence: sequence, with: .failure(Self.lateAnswer), in: store)
    case .children, .firstChild:
      try resume(id, sequence: sequence, with: .failure(Self.lateAnswer), in: store)
      try cancelSiblings(.init(execution: id, sequence: sequence, branch: 0), in: store)
    }
  }

  private static let lateAnswer = ProgramError(kind: "Timeout", message: "no answer came within the timeout")
}
