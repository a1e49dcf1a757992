import SymbiontCore
import SymbiontLanguage
import SymbiontRecovery
import SymbiontScheduling
import SymbiontTesting
import Synchronization
import Testing

@testable import SymbiontRuntime

@Suite("What a circuit breaker refused")
struct RefusedCallTests {
  private static let program = """
    agent worker(m) { if m.payload == "bad" { throw "bad" } remember("good", recall("good", 0) + 1) }
    """

  private let clock = ManualSchedulerClock()
  private let waits: AsyncStream<Duration>
  private let waiting: AsyncStream<Duration>.Continuation

  init() { (waits, waiting) = AsyncStream.makeStream() }

  /// The first failure opens the breaker of an agent for ten minutes; what waits for it tells so, and is not woken by time.
  private func fixture() -> RecoveryFixture {
    RecoveryFixture(
      sleep: { [waiting] duration in
        waiting.yield(duration)
        try await Task.sleep(for: .seconds(3_600))
      },
      change: { [clock] configuration in
        configuration.schedulerClock = clock
        configuration.errorHandling.circuitBreakerThreshold = 1
        configuration.errorHandling.circuitBreakerTimeout = .seconds(600)
      })
  }

  /// Returns when something waits for the time at which a breaker may let a call through.
  private func waitForRefusal() async {
    for await duration in waits where duration > .seconds(590) { return }
  }

  /// Has a task of an agent refused.
  private func refusedTask(of agentID: AgentID, _ scheduler: DefaultScheduler) async throws -> TaskID {
    let task = ScheduledTask(
      id: TaskID(), agentID: agentID, scheduledTime: .epoch, timeout: .seconds(60),
      input: Array("{\"payload\": \"good\"}".utf8))
    try await scheduler.scheduleTask(task)
    while try await scheduler.getTaskStatus(task.id).name != "Retrying" { await Task.yield() }
    return task.id
  }

  @Test("tries again when the call that was to decide is not made, because it was made before")
  func madeBefore() async throws {
    let fixture = fixture()
    try await fixture.with { runtime in
      let (handler, scheduler) = (try #require(runtime.errorHandler), try #require(runtime.scheduler))
      let agent = try await runtime.start("worker", Self.program, mode: .eventDriven)
      let known = try await runtime.execute(agent, input: ["payload": "bad"])
      #expect(try await runtime.outcome(of: known).error?.kind == "Thrown")
      fixture.clock.advance(by: .seconds(601))
      let trial = try #require(try handler.trial(agent))
      let task = try await refusedTask(of: agent, scheduler)
      try await runtime.send(["hello"], to: agent)
      await waitForRefusal()
      handler.giveBack(trial)
      #expect(try await scheduler.getTaskStatus(task).name == "Retrying")
      #expect(try await runtime.execute(agent, input: ["payload": "bad"], as: known) == known)
      guard case .completed = try await scheduler.finalStatus(of: task) else {
        Issue.record("the task failed")
        return
      }
      while try await runtime.lifecycle.getAgent(agent).executionCount < 3 { await Task.yield() }
      #expect(handler.breaker(agent) == .closed)
    }
  }

  @Test("is repeated as soon as another call closes the breaker, and what was refused beside it goes on")
  func repetition() async throws {
    let program = "agent worker(m) { let n = recall(\"n\", 0) + 1; remember(\"n\", n); if n < 2 { throw \"no\" } }"
    let fixture = fixture()
    try await fixture.with { runtime in
      let (handler, scheduler) = (try #require(runtime.errorHandler), try #require(runtime.scheduler))
      try await handler.registerStrategy(.validationError, strategy: .manual(reason: "look"))
      let agent = try await runtime.start("worker", program, mode: .eventDriven)
      try await runtime.send(["hello"], to: agent)
      #expect(await fixture.events.next() == .suspended(reason: "look"))
      try await runtime.lifecycle.resumeAgent(agent)
      await waitForRefusal()
      let task = try await refusedTask(of: agent, scheduler)
      fixture.clock.advance(by: .seconds(601))
      #expect(try await runtime.failure(of: agent, ["payload": "good"]) == nil)
      guard case .completed = try await scheduler.finalStatus(of: task) else {
        Issue.record("the task failed")
        return
      }
      while try await runtime.lifecycle.getAgent(agent).executionCount < 4 { await Task.yield() }
      let statuses = try await runtime.journal.executions().filter { $0.agentID == agent }.map(\.status)
      #expect(statuses.count { $0 == .completed } == 3 && statuses.count { $0 == .failed } == 1, "\(statuses)")
    }
  }

  @Test("tries again when the repetition that was to decide is cancelled")
  func cancelledRepetition() async throws {
    let program = """
      agent worker(m) {
          let n = recall("n", 0) + 1;
          remember("n", n);
          if n <= 1 { throw "not yet" }
          if n == 2 { sleep(1h) }
      }
      """
    // The time until the breaker lets the repetition through passes at once.
    let fixture = RecoveryFixture(change: { [clock] configuration in
      configuration.schedulerClock = clock
      configuration.errorHandling.circuitBreakerThreshold = 1
      configuration.errorHandling.circuitBreakerTimeout = .seconds(600)
    })
    try await fixture.with { runtime in
      let (handler, scheduler) = (try #require(runtime.errorHandler), try #require(runtime.scheduler))
      try await handler.registerStrategy(
        .validationError, strategy: .retry(maxAttempts: 3, backoff: .seconds(1)))
      let agent = try await runtime.start("worker", program, mode: .eventDriven)
      try await runtime.send(["hello"], to: agent)
      var repetition: ExecutionID?
      while repetition == nil {
        repetition = try await runtime.journal.executions().first { $0.agentID == agent && $0.status == .waiting }?.id
        await Task.yield()
      }
      let task = try await refusedTask(of: agent, scheduler)
      #expect(try await runtime.cancel(#require(repetition)))
      guard case .completed = try await scheduler.finalStatus(of: task) else {
        Issue.record("the task failed")
        return
      }
      #expect(handler.breaker(agent) == .closed)
    }
  }

  @Test("is looked for at the earliest of the times that were asked for, with one wait for each that is earlier")
  func earliest() async throws {
    let fixture = fixture()
    try await fixture.with { runtime in
      let agent = AgentID()
      for seconds in [600, 700, 600, 1, 600, 1] {
        runtime.engine.lookForMessages(of: agent, after: .seconds(seconds))
      }
      while fixture.events.waits.count < 2 { await Task.yield() }
      #expect(Set(fixture.events.waits) == [.seconds(600), .seconds(1)])
      #expect(
        runtime.engine.heldUp.withLock { $0[agent] } == .microseconds(fixture.clock.now().microsecondsSinceEpoch)
          + .seconds(1))
    }
  }

  @Test("is not left waiting by a call that its agent refuses because it is suspended")
  func suspended() async throws {
    let fixture = fixture()
    try await fixture.with { runtime in
      let (handler, scheduler) = (try #require(runtime.errorHandler), try #require(runtime.scheduler))
      let agent = try await runtime.start("worker", Self.program)
      #expect(try await runtime.failure(of: agent, ["payload": "bad"]) == "Thrown")
      fixture.clock.advance(by: .seconds(601))
      let trial = try #require(try handler.trial(agent))
      var tasks: [TaskID] = []
      for _ in 0..<3 { tasks.append(try await refusedTask(of: agent, scheduler)) }
      handler.giveBack(trial)
      try await runtime.lifecycle.suspendAgent(agent)
      let error = await #expect(throws: ExecutionError.self) {
        try await runtime.execute(agent, input: ["payload": "good"])
      }
      #expect(error?.code == "AGENT_NOT_RUNNING")
      for task in tasks { #expect(try await scheduler.getTaskStatus(task) == .pending) }
      try await runtime.lifecycle.resumeAgent(agent)
      for task in tasks {
        guard case .completed = try await scheduler.finalStatus(of: task) else {
          Issue.record("a task failed")
          return
        }
      }
    }
  }
}
