internal import Logging
internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontRecovery
internal import Synchronization

/// Carries recoveries of agents out, each in a task of its own, while the runtime runs.
///
/// Recoveries that a stop interrupts are durable, and go on at the next start.
final class AgentRecoveries: Sendable {
  /// Something to be done about an agent.
  enum Work: Sendable {
    case carryOut(RecoveryPlan)
    /// It came to its end without a failure.
    case ended(AgentID)
    /// Calls are left to be repeated that no recovery knows of.
    case repeatCalls(AgentID)
  }

  let handler: DefaultErrorHandler
  let logger: Logger
  private let observer: (@Sendable (RecoveryEvent) -> Void)?
  private let runtime = Mutex(Reference())
  /// Agents that a recovery stopped and has not started yet, each with the last one that did.
  private let stopped = Mutex<[AgentID: Stopper]>([:])
  /// Agents whose calls are being repeated apart from a recovery; true when they are to be looked at once more.
  private let repeating = Mutex<[AgentID: Bool]>([:])
  /// Repetitions that wait until the breaker of their agent lets a call through; an agent has one at a time.
  private let refused = Mutex<[AgentID: ActivationControl]>([:])
  private let work: AsyncStream<Work>
  private let feed: AsyncStream<Work>.Continuation

  /// The recovery that stopped an agent.
  struct Stopper: Sendable, Hashable {
    private let agentID: AgentID
    private let operation: OperationName
    private let number: Int

    init(_ plan: RecoveryPlan) { (agentID, operation, number) = (plan.agentID, plan.operation, plan.number) }
  }

  private struct Reference: Sendable {
    weak var runtime: Runtime?
  }

  init(_ handler: DefaultErrorHandler, logger: Logger, observer: (@Sendable (RecoveryEvent) -> Void)?) {
    self.handler = handler
    self.logger = logger
    self.observer = observer
    (work, feed) = AsyncStream.makeStream()
    handler.onBegun { [feed] plan in feed.yield(.carryOut(plan)) }
  }

  /// Names the runtime whose agents are recovered.
  func attach(_ runtime: Runtime) { self.runtime.withLock { $0.runtime = runtime } }

  /// The runtime, while there is one.
  func attached() throws(RuntimeError) -> Runtime {
    guard let runtime = runtime.withLock({ $0.runtime }) else { throw .errorHandler(.shuttingDown) }
    return runtime
  }

  /// Does what follows from how executions ended.
  func take(_ consequences: Consequences) {
    for (agentID, taken) in consequences.taken { take(taken, of: agentID) }
    for agentID in consequences.completedAgents where handler.groupName(of: agentID) != nil {
      feed.yield(.ended(agentID))
    }
  }

  /// Does what was decided about one error.
  func take(_ taken: DefaultErrorHandler.Taken, of agentID: AgentID) {
    if let plan = taken.plan { feed.yield(.carryOut(plan)) }
    if taken.openUntil != nil { feed.yield(.repeatCalls(agentID)) }
  }

  func add(_ item: Work) { feed.yield(item) }

  /// Whether the agent was stopped by a recovery that goes on.
  func isStopped(_ agentID: AgentID) -> Bool { stopped.withLock { $0[agentID] != nil } }

  /// A recovery stops the agent.
  ///
  /// - Returns: The one that did so before.
  @discardableResult
  func setStopped(_ agentID: AgentID, by plan: RecoveryPlan) -> Stopper? {
    stopped.withLock { $0.updateValue(Stopper(plan), forKey: agentID) }
  }

  /// A recovery did not stop the agent, so that whoever did so before is the last one again.
  func setNotStopped(_ agentID: AgentID, by plan: RecoveryPlan, former: Stopper?) {
    stopped.withLock { stopped in
      if stopped[agentID] == Stopper(plan) { stopped[agentID] = former }
    }
  }

  /// The agent was started, or a person decided about it.
  func forgetStop(of agentID: AgentID) { stopped.withLock { $0[agentID] = nil } }

  /// Carries recoveries out until ``stop()``.
  func run() async {
    await withDiscardingTaskGroup { group in
      for await item in work { group.addTask { await self.perform(item) } }
      group.cancelAll()
    }
  }

  /// Takes no more; what is under way is interrupted, and goes on at the next start.
  func stop() { feed.finish() }

  private func perform(_ item: Work) async {
    do throws(ErrorHandlerError) {
      switch item {
      case .carryOut(let plan): try await carryOut(plan)
      case .ended(let agentID):
        if let plan = try await handler.agentEnded(agentID) { try await carryOut(plan) }
      case .repeatCalls(let agentID): try await repeatCalls(of: agentID)
      }
    } catch {
      if case .shuttingDown = error { return }
      logger.error("a recovery stopped: \(error.message)", metadata: ["code": "\(error.code)"])
    }
  }

  private func carryOut(_ plan: RecoveryPlan) async throws(ErrorHandlerError) {
    let carried = CarriedPlans(plan)
    // An earlier runtime stopped these.
    for case .stop(let agentID) in plan.steps.prefix(plan.progress.doneSteps) where plan.isToStart(agentID) {
      setStopped(agentID, by: plan)
    }
    defer {
      let (stoppers, steps) = (carried.stoppers, carried.steps)
      stopped.withLock { stopped in
        for case .stop(let agentID) in steps where stopped[agentID].map(stoppers.contains) ?? false {
          stopped[agentID] = nil
        }
      }
    }
    let outcome = try await handler.carryOut(plan, by: self) { carried.add($0) }
    switch outcome {
    case .interrupted, .terminated, .joined, .failedFast: break
    case .superseded, .failed, .recovered, .suspended, .nothingToDo: try await finish(carried)
    }
    if outcome != .interrupted { add(.repeatCalls(plan.agentID)) }
    switch outcome {
    // It closed the breaker of the agent, or has it let a call through; or its own call, that was let through, was not made.
    case .recovered, .superseded: wakeRefused(of: plan.agentID)
    default: break
    }
    await lookForEnds(of: carried.last)
    tell(outcome, of: plan.agentID)
  }

  /// A person decided about the agent that failed, or changed its group, which ended the recovery: the others are started
  /// again, or ended, as it was to be.
  private func finish(_ carried: CarriedPlans) async throws(ErrorHandlerError) {
    let plan = carried.last
    guard let group = carried.group, carried.steps.contains(where: { isUnfinished($0, of: carried) }) else { return }
    let pending = try await handler.pendingRecoveries(ofGroup: group.name)
    var tried: Set<AgentID> = []
    for step in carried.steps where isUnfinished(step, of: carried) {
      do throws(RuntimeError) {
        switch step {
        case .start(let agentID, let preservingState):
          guard !pending.contains(where: { $0.isToStart(agentID) }), tried.insert(agentID).inserted else { continue }
          try await start(agentID, preservingState: preservingState, by: group.plan, isUnderWay: false)
        case .terminate(let agentID, let cleanup) where pending.isEmpty:
          try await terminate(agentID, cleanup: cleanup)
        default: break
        }
      } catch {
        if !Task.isCancelled { tell(.failed(error), of: plan.agentID) }
      }
    }
  }

  /// Whether a step about another agent than the one that failed is left to be done; who ends a group starts none of it, and
  /// what another recovery stopped is left to that.
  private func isUnfinished(_ step: RecoveryStep, of carried: CarriedPlans) -> Bool {
    let plan = carried.last
    let isEnd = if case .terminate = plan.strategy { true } else { false }
    return switch step {
    case .start(let agentID, _):
      !isEnd && agentID != plan.agentID
        && stopped.withLock { $0[agentID].map { carried.stoppers.contains($0) } ?? false }
    case .terminate(let agentID, _): isEnd && agentID != plan.agentID
    default: false
    }
  }

  /// A member of a group that came to its end while the recovery went on was taken for a part of it.
  private func lookForEnds(of plan: RecoveryPlan) async {
    for case .start(let agentID, _) in plan.steps where handler.groupName(of: agentID) != nil {
      if (try? await attached().lifecycle.getAgentState(agentID)) == .completed { add(.ended(agentID)) }
    }
  }

  private func tell(_ outcome: RecoveryOutcome, of agentID: AgentID) {
    switch outcome {
    case .interrupted, .superseded, .nothingToDo, .joined: return
    case .failed(let error):
      logger.critical(
        "an agent could not be recovered: \(error.message)", metadata: ["agent": "\(agentID)", "code": "\(error.code)"])
    case .suspended(let reason):
      logger.critical("an agent needs a person: \(reason)", metadata: ["agent": "\(agentID)"])
    case .recovered, .terminated, .failedFast:
      logger.notice("an agent was recovered: \(outcome)", metadata: ["agent": "\(agentID)"])
    }
    observer?(RecoveryEvent(agentID: agentID, outcome: outcome))
  }

  /// Repeats calls that failed just as the recovery that repeated others ended, or while the breaker was open; what fails
  /// again is an error like any other.
  ///
  /// One task of an agent does so at a time, and none while a recovery does.
  private func repeatCalls(of agentID: AgentID) async throws(ErrorHandlerError) {
    guard repeating.withLock({ $0.updateValue(true, forKey: agentID) == nil }) else { return }
    while takeRepeating(agentID) {
      do throws(ErrorHandlerError) { try await repeatOnce(agentID) } catch {
        repeating.withLock { $0[agentID] = nil }
        throw error
      }
    }
  }

  /// Whether somebody asked to look at the agent's calls since the last time; when not, nobody does so any more.
  private func takeRepeating(_ agentID: AgentID) -> Bool {
    repeating.withLock { repeating in
      let isAsked = repeating[agentID] ?? false
      repeating[agentID] = isAsked ? false : nil
      return isAsked
    }
  }

  private func repeatOnce(_ agentID: AgentID) async throws(ErrorHandlerError) {
    // A recovery that repeats calls takes these with them.
    let plans = try await handler.pendingRecoveries(of: agentID)
    guard !plans.contains(where: { $0.operation == .agent && $0.strategy.isRetry }) else { return }
    let end: RepetitionEnd
    var trial: BreakerTrial?
    do throws(RuntimeError) {
      guard try await attached().hasCallsToRepeat(agentID) else { return }
      trial = try await admit(agentID)
      end = try await attached().repeatCalls(of: agentID)
    } catch {
      // Nobody tells how it ended.
      passOn(trial, of: agentID)
      if !Task.isCancelled, !error.isShutdown { tell(.failed(error), of: agentID) }
      return
    }
    guard case .failed(let failure) = end else {
      guard case .succeeded = end else { return passOn(trial, of: agentID) }
      try await handler.recordSuccess(agentID)
      return wakeRefused(of: agentID)
    }
    let taken = try await handler.report(
      .init(
        agentID: agentID, type: failure.errorType, record: failure.record(ProgramError.failureCode), isRepeatable: true)
    )
    if let taken { take(taken, of: agentID) }
  }

  /// Waits until the breaker of the agent lets a call through.
  private func admit(_ agentID: AgentID) async throws(RuntimeError) -> BreakerTrial? {
    defer { refused.withLock { $0[agentID] = nil } }
    while true {
      // It is there before the breaker is asked, so that no wake-up comes in between.
      let wait = ActivationControl()
      refused.withLock { $0[agentID] = wait }
      do throws(ErrorHandlerError) { return try handler.trial(agentID) } catch {
        guard case .circuitOpen(_, let until) = error else { throw .errorHandler(error) }
        let hasSlept = await wait.unlessStopped { [handler] in
          (try? await handler.environment.sleep(until - handler.now)) != nil
        }
        guard hasSlept ?? !Task.isCancelled else { throw .errorHandler(.shuttingDown) }
      }
    }
  }

  /// Has a repetition try again that the breaker of its agent refused.
  func repeatRefused(of agentID: AgentID) { refused.withLock { $0[agentID] }?.stop(.cancel) }

  private func wakeRefused(of agentID: AgentID) { (try? attached())?.engine.wakeRefused(of: agentID) }

  /// A repetition that was let through was not made; it comes back only when it is asked for.
  private func passOn(_ trial: BreakerTrial?, of agentID: AgentID) {
    guard let trial else { return }
    handler.giveBack(trial)
    wakeRefused(of: agentID)
  }
}

extension AgentRecoveries {
  /// Goes on with what an earlier runtime left, before anything runs: whatever takes no retry is done when this returns.
  func resume() async throws(ErrorHandlerError) {
    for plan in try await handler.pendingRecoveries() {
      if case .retry = plan.strategy {
        // An effect is performed again by its execution; the retries of an agent begin when the runtime runs.
        if plan.operation == .agent { add(.carryOut(plan)) } else { try await handler.abandon(plan) }
      } else {
        try await carryOut(plan)
      }
    }
  }
}

/// A recovery and the stronger ones that followed it.
private final class CarriedPlans: Sendable {
  private let plans: Mutex<[RecoveryPlan]>
  private let first: RecoveryPlan

  init(_ first: RecoveryPlan) {
    self.first = first
    plans = Mutex([first])
  }

  var last: RecoveryPlan { plans.withLock { $0.last } ?? first }
  /// What all of them did or were to do.
  var steps: [RecoveryStep] { plans.withLock { $0.flatMap(\.steps) } }

  /// They themselves, as the ones that stop agents.
  var stoppers: Set<AgentRecoveries.Stopper> { plans.withLock { Set($0.map(AgentRecoveries.Stopper.init)) } }

  /// The first of a group, by whose rules its members are started.
  var group: (name: String, plan: RecoveryPlan)? {
    plans.withLock { plans in
      plans.lazy.compactMap { plan in plan.group.map { (name: $0, plan: plan) } }.first
    }
  }

  func add(_ plan: RecoveryPlan) { plans.withLock { $0.append(plan) } }
}
