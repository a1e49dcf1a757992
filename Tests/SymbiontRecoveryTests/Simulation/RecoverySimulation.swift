import SymbiontCore
import SymbiontRecovery
import SymbiontStore
import SymbiontTesting
import Testing

/// Drives an error handler with random operations, crashes and clock jumps, beside a model that it must agree with.
struct RecoverySimulation {
  static let configuration = ErrorHandlerConfig(
    maxErrorHistory: 20, errorAggregationWindow: .seconds(60), escalationThreshold: 8, circuitBreakerThreshold: 4,
    circuitBreakerTimeout: .seconds(20), maxRecoveryAttempts: 3)
  private static let intensity = 2
  private static let period = Duration.seconds(30)
  /// Looking at everything takes longer than a step; what one step leaves wrong stays so.
  private static let stepsBetweenChecks = 10

  private var random: SeededRandom
  private let seed: SeededRandom
  private let world: TestWorld
  private let performer: SimulatedPerformer
  private let agents: [AgentID]
  /// The last of the agents are members of a group.
  private let members: ArraySlice<AgentID>
  private let operations = [OperationName.agent, OperationName("http")]
  private var handler: DefaultErrorHandler
  private var model = RecoveryModel(Self.configuration)
  /// By how much the time of the handler is ahead of the true one, since it began with a wrong clock.
  private var offset = Duration.zero
  private var skew = Duration.zero

  init(seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    self.seed = random
    world = try TestWorld()
    performer = SimulatedPerformer(world, random.branch(1))
    agents = (0..<6).map { AgentID(timestamp: .epoch + .seconds($0), using: &random) }
    members = agents.suffix(3)
    self.random = random
    handler = try await world.open(Self.configuration)
    try await handler.supervise(
      SupervisionGroup(
        name: "g", strategy: SupervisionGroup.Strategy.allCases.randomElement(using: &self.random) ?? .oneForAll,
        intensity: Self.intensity, period: Self.period, members: members.map { .init($0) }))
  }

  private var now: Timestamp { world.now + offset }

  mutating func run(steps: Int) async throws {
    for number in 1...steps {
      try await step()
      if number % Self.stepsBetweenChecks == 0 { try await check() }
    }
    await world.store.close()
  }

  private mutating func step() async throws {
    let call = RecoveryModel.Call(
      agent: agents.randomElement(using: &random) ?? agents[0],
      operation: operations.randomElement(using: &random) ?? .agent)
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<5: try await fail(call)
    case 5..<8: admit(call)
    case 8..<10:
      try await handler.recordSuccess(call.agent, operation: call.operation)
      model.succeed(call, at: now)
    case 10..<14: try await recover(call)
    case 14..<17: world.advance(by: .milliseconds(Int.random(in: 0...15_000, using: &random)))
    case 17:
      let jump = Duration.seconds(Int.random(in: -4_000...4_000, using: &random))
      skew += jump
      world.setCivilClock(by: jump)
    case 18: try await restart()
    case 19 where Bool.random(using: &random): _ = try await handler.resetGroup(named: "g")
    default: try await clear(call.agent)
    }
  }

  private mutating func fail(_ call: RecoveryModel.Call) async throws {
    let type = ErrorType.allCases.randomElement(using: &random) ?? .systemError
    let wasOpen = model.status(call, at: now)
    let isUnderWay = try await handler.pendingRecoveries().contains { $0.agentID == call.agent }
    model.fail(call, type, at: now)
    var openUntil: Timestamp?
    if case .open(let until) = wasOpen { openUntil = until }
    let expected = RecoveryDecision.decide(
      .init(
        strategy: StrategyBook.usual(for: type), errorsInWindow: model.inWindow(call.agent, at: now),
        escalationThreshold: Self.configuration.escalationThreshold, openUntil: openUntil))
    let isPredictable = !isUnderWay && !model.troubled.contains(call.agent)
    do throws(ErrorHandlerError) {
      let action = try await handler.handleError(call.agent, error: .sample(type), operation: call.operation)
      guard isPredictable else { return }
      guard case .recover(let strategy) = expected else {
        Issue.record("\(action) instead of \(expected), \(seed)")
        return
      }
      switch (strategy, action) {
      case (.restart, _) where members.contains(call.agent): break
      // The error that opens the breaker waits for it.
      case (.retry(let attempts, _), .retry(let said, _)): #expect(attempts == said, "\(seed)")
      default: #expect(action == strategy.action, "\(seed)")
      }
    } catch {
      guard isPredictable else { return }
      switch (expected, error) {
      case (.failFast(let until), .circuitOpen(_, let told)): #expect(until == told, "\(seed)")
      default: Issue.record("\(error) instead of \(expected), \(seed)")
      }
    }
  }

  private mutating func admit(_ call: RecoveryModel.Call) {
    let passes = model.admit(call, at: now)
    do throws(ErrorHandlerError) {
      try handler.admit(call.agent, operation: call.operation)
      #expect(passes, "a call went through an open breaker, \(seed)")
    } catch {
      #expect(!passes, "\(error), \(seed)")
    }
  }

  /// Recovers, and starts the process anew when the recovery brought it down.
  private mutating func recover(_ call: RecoveryModel.Call) async throws {
    let type = Bool.random(using: &random) ? ErrorType.systemError : .networkError
    let started = now
    let (handler, performer) = (handler, performer)
    // A task of its own, because a crash cancels it.
    let outcome = try await Task {
      try await handler.recover(call.agent, from: .sample(type), operation: call.operation, by: performer)
    }.value
    model.fail(call, type, at: started)
    take(performer.takeDeeds(), outcome, of: call)
    guard outcome == .interrupted else { return }
    try await restart()
    try await resume()
  }

  /// Goes on with what crashes left, as often as it takes.
  private mutating func resume() async throws {
    while true {
      guard let plan = try await handler.pendingRecoveries().first else { return }
      let call = RecoveryModel.Call(agent: plan.agentID, operation: plan.operation)
      // The attempt that the crash ended was the last one, and counts as a failure.
      if case .retry(plan.progress.attempt, _) = plan.strategy { model.fail(call, .systemError, at: now) }
      let (handler, performer) = (handler, performer)
      let outcome = try await Task { try await handler.carryOut(plan, by: performer) }.value
      take(performer.takeDeeds(), outcome, of: call, resumed: plan)
      #expect(outcome != .superseded, "\(seed)")
      if outcome == .interrupted { try await restart() }
    }
  }

  private mutating func restart() async throws {
    handler = try await world.open(Self.configuration)
    model.crash()
    offset = max(skew, (model.latest ?? .earliest) - world.now)
  }

  private mutating func clear(_ agent: AgentID) async throws {
    do throws(ErrorHandlerError) { try await handler.clearErrorHistory(agent) } catch {
      #expect(error == .agentUnknown(agentID: agent), "\(seed)")
    }
    model.clear(agent)
  }
}

// MARK: - What recoveries did

extension RecoverySimulation {
  /// Takes what a recovery did into the model, and checks that it did nothing that it may not do.
  private mutating func take(
    _ deeds: [SimulatedPerformer.Deed], _ outcome: RecoveryOutcome, of call: RecoveryModel.Call,
    resumed: RecoveryPlan? = nil
  ) {
    var attempt = resumed?.progress.attempt ?? 0
    for deed in deeds {
      let time = deed.time + offset
      if case .repeated(_, let number) = deed.step {
        #expect(number > attempt, "an attempt was made twice, \(seed)")
        #expect(number <= 3, "more attempts than allowed, \(seed)")
        attempt = number
      } else {
        attempt = 0
      }
      if deed.luck == .failed {
        if case .repeated = deed.step { _ = model.admit(call, at: time) }
        model.fail(call, .systemError, at: time)
        model.troubled.insert(call.agent)
      }
    }
    take(outcome, of: call, at: deeds.last.map { $0.time + offset } ?? now)
  }

  private mutating func take(_ outcome: RecoveryOutcome, of call: RecoveryModel.Call, at time: Timestamp) {
    switch outcome {
    case .recovered(.retry):
      _ = model.admit(call, at: time)
      model.succeed(call, at: time)
    case .recovered: model.allowTrial(call)
    case .failed: Issue.record("suspending failed, \(seed)")
    case .suspended, .interrupted, .terminated: model.troubled.insert(call.agent)
    case .nothingToDo, .joined, .failedFast, .superseded: break
    }
  }
}

// MARK: - What must hold

extension RecoverySimulation {
  private func check() async throws {
    for agent in agents {
      let total = model.totals[agent] ?? 0
      guard total > 0 else {
        await #expect(throws: ErrorHandlerError.agentUnknown(agentID: agent)) { try await handler.getErrorStats(agent) }
        continue
      }
      let stats = try await handler.getErrorStats(agent)
      let failures = model.failures[agent] ?? []
      #expect(stats.totalErrors == total, "\(seed)")
      #expect(stats.errorCounts == Dictionary(grouping: failures, by: \.type).mapValues(\.count), "\(seed)")
      #expect(stats.errorsInWindow == model.inWindow(agent, at: now), "\(seed)")
      #expect(stats.lastErrorAt == failures.last?.time, "\(seed)")
      #expect(stats.successfulRecoveries <= stats.recoveryAttempts, "\(seed)")
      let kept = try await handler.errors(of: agent, limit: 1_000)
      #expect(kept.count == min(total, Self.configuration.maxErrorHistory), "\(seed)")
      for operation in operations {
        let expected = model.status(.init(agent: agent, operation: operation), at: now)
        #expect(handler.breaker(agent, operation: operation) == expected, "\(seed)")
      }
    }
    try await checkGroup()
    let system = await handler.getSystemErrorStats()
    #expect(system.totalErrors == model.totals.values.reduce(0, +), "\(seed)")
    #expect(system.affectedAgents == model.totals.count, "\(seed)")
    #expect(system.errorsInWindow == agents.reduce(0) { $0 + model.inWindow($1, at: now) }, "\(seed)")
  }

  /// The group has counted no more restarts within its period than its intensity, unless it gave up.
  private func checkGroup() async throws {
    let row = try #require(try await world.store.read { store in try store.recoveryGroup(named: "g") })
    for (index, time) in row.restarts.enumerated() {
      let before = row.restarts[...index].count { $0 >= time - Self.period }
      #expect(before <= Self.intensity || row.isShutDown && index == row.restarts.count - 1, "\(seed)")
    }
    #expect(row.restarts == row.restarts.sorted(), "\(seed)")
    #expect(row.isShutDown == (row.restarts.count > Self.intensity), "\(seed)")
  }
}
