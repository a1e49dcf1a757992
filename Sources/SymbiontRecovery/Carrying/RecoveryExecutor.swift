package import SymbiontCore

/// Carries recoveries out: does the steps through a performer, tells the error handler what became of them, and goes on
/// with the next stronger recovery until one helps or none is left.
struct RecoveryExecutor<Performer: RecoveryPerformer> {
  let handler: DefaultErrorHandler
  let performer: Performer
  /// Whether a stronger recovery follows on one that failed.
  var escalates = true
  /// Is told of each recovery that follows on one that failed.
  var onNext: @Sendable (RecoveryPlan) -> Void = { _ in }

  /// How one recovery ended.
  private enum End {
    case succeeded
    case failed(RuntimeError)
    case interrupted
    case superseded
  }

  func carryOut(_ first: RecoveryPlan) async throws(ErrorHandlerError) -> RecoveryOutcome {
    var machine = RecoveryMachine(first)
    var trial: BreakerTrial?
    // Once its end is told, this changes nothing.
    defer { if let trial { handler.giveBack(trial) } }
    while true {
      let plan = machine.plan
      switch try await run(&machine, &trial) {
      case .interrupted: return .interrupted
      case .superseded: return .superseded
      case .succeeded:
        let isTaken = try await handler.recordSuccess(of: machine.plan)
        // What suspends or ends an agent may have removed the recovery with it.
        guard isTaken || !plan.strategy.isRecovery else { return .superseded }
        return Self.outcome(of: plan)
      case .failed(let error):
        guard escalates else {
          try await handler.giveUp(machine.plan, error)
          return .failed(error)
        }
        guard let next = try await handler.recordFailure(of: machine.plan, error) else { return .failed(error) }
        onNext(next)
        machine = RecoveryMachine(next)
      }
    }
  }

  private static func outcome(of plan: RecoveryPlan) -> RecoveryOutcome {
    switch plan.strategy {
    case _ where plan.steps.isEmpty: .nothingToDo
    case .retry, .restart, .failover: .recovered(plan.strategy)
    case .manual(let reason): .suspended(reason: reason)
    case .terminate: .terminated
    case .none: .nothingToDo
    }
  }

  /// Takes one recovery to its end, and names the last attempt that decides about a half-open breaker.
  private func run(_ machine: inout RecoveryMachine, _ trial: inout BreakerTrial?) async throws(ErrorHandlerError)
    -> End
  {
    let first = machine.plan.progress.attempt
    var recorded = first
    // What it asked for may have gone on without it.
    let goesOn = recorded > 0 ? await performer.isRepeating(machine.plan.operation, of: machine.plan.agentID) : false
    var directive = machine.begin(heldFor: hold(machine.plan), goesOn: goesOn)
    var lastError = RuntimeError.internal("the process ended during the last attempt of a recovery")
    while true {
      if case .end(let succeeded) = directive { return succeeded ? .succeeded : .failed(lastError) }
      switch directive {
      case .end: break
      case .wait(let duration):
        do { try await handler.environment.sleep(duration) } catch { return .interrupted }
        directive = machine.wake()
      case .perform(let step, let attempt):
        // An attempt counts before it is made: a crash in between does not give it back.
        if attempt > recorded {
          guard try await handler.recordProgress(of: machine.plan) else { return .superseded }
          recorded = attempt
        }
        do throws(RuntimeError) {
          if step == .repeatOperation {
            trial = try admit(machine.plan, isLetThrough: goesOn && attempt == first)
          }
          let backup = try await perform(step, attempt: attempt, of: machine.plan)
          directive = machine.finished(backup: backup)
          if case .perform = directive {
            guard try await progressed(machine.plan) else { return .superseded }
          }
        } catch {
          if Task.isCancelled || error.isShutdown { return .interrupted }
          lastError = error
          guard let next = try await failed(error, &machine) else { return .superseded }
          directive = next
        }
      }
    }
  }

  /// Records that a step is done.
  private func progressed(_ plan: RecoveryPlan) async throws(RuntimeError) -> Bool {
    do { return try await handler.recordProgress(of: plan) } catch { throw .errorHandler(error) }
  }

  /// Tells of an attempt that failed; nil when the recovery is not under way any more.
  private func failed(
    _ error: RuntimeError, _ machine: inout RecoveryMachine
  ) async throws(ErrorHandlerError) -> RecoveryMachine.Directive? {
    guard machine.hasAttemptsLeft else { return machine.failed() }
    guard try await handler.recordAttempt(of: machine.plan, error) else { return nil }
    var hold = hold(machine.plan)
    if case .errorHandler(.circuitOpen(_, let until)) = error { hold = max(hold, until - handler.now) }
    return machine.failed(heldFor: hold)
  }

  /// Lets an attempt through the breaker of the operation; one that goes on from before is not refused any more.
  private func admit(_ plan: RecoveryPlan, isLetThrough: Bool) throws(RuntimeError) -> BreakerTrial? {
    do throws(ErrorHandlerError) { return try handler.trial(plan.agentID, operation: plan.operation) } catch {
      if isLetThrough, case .circuitOpen = error { return nil }
      throw .errorHandler(error)
    }
  }

  /// How long the breaker of the operation refuses every attempt.
  private func hold(_ plan: RecoveryPlan) -> Duration {
    guard case .open(let until) = handler.breaker(plan.agentID, operation: plan.operation) else { return .zero }
    return until - handler.now
  }

  /// Does a step, and gives the agent that takes over when it was to be found.
  private func perform(
    _ step: RecoveryStep, attempt: Int, of plan: RecoveryPlan
  ) async throws(RuntimeError) -> AgentID? {
    let agentID = plan.agentID
    switch step {
    case .repeatOperation: try await performer.repeatOperation(plan.operation, of: agentID, attempt: attempt)
    case .stop(let agentID): try await performer.stop(agentID, by: plan)
    case .start(let agentID, let preservingState):
      try await performer.start(agentID, preservingState: preservingState, by: plan)
    case .findBackup: return try await performer.backup(for: agentID, named: plan.strategy.namedBackup)
    case .moveInbox: try await performer.moveInbox(from: agentID, to: try Self.backup(of: plan))
    case .moveTasks: try await performer.moveTasks(from: agentID, to: try Self.backup(of: plan))
    case .suspend(let reason): try await performer.suspend(agentID, reason: reason)
    case .terminate(let agentID, let cleanup):
      if try await isPlanned(agentID, by: plan) { try await performer.terminate(agentID, cleanup: cleanup) }
    case .leave: break
    }
    return nil
  }

  private func isPlanned(_ agentID: AgentID, by plan: RecoveryPlan) async throws(RuntimeError) -> Bool {
    do { return try await handler.isPlanned(agentID, by: plan) } catch { throw .errorHandler(error) }
  }

  private static func backup(of plan: RecoveryPlan) throws(RuntimeError) -> AgentID {
    guard let backup = plan.progress.backup else { throw .internal("a failover has no backup agent") }
    return backup
  }
}

extension RecoveryStrategy {
  /// The agent that is named to take over.
  fileprivate var namedBackup: AgentID? {
    if case .failover(let backup) = self { backup } else { nil }
  }
}

extension RuntimeError {
  /// Whether the runtime stops, so that nothing was tried.
  package var isShutdown: Bool {
    switch self {
    case .lifecycle(.shuttingDown), .communication(.shuttingDown), .scheduler(.shuttingDown), .resource(.shuttingDown),
      .sandbox(.shuttingDown), .errorHandler(.shuttingDown):
      true
    default: false
    }
  }
}
