import SymbiontCore
import SymbiontLanguage
import SymbiontRecovery
import SymbiontStore
import Testing

@testable import SymbiontRuntime

@Suite("Repetitions that are cancelled, or whose ends nobody records")
struct RepetitionTests {
  /// Fails when it is called first, and takes an hour when it is called again.
  private static let program = """
    agent worker(m) {
        let n = recall("calls", 0) + 1;
        remember("calls", n);
        if n <= 1 { throw "not yet" }
        sleep(1h)
    }
    """

  /// Its first failure opens the breaker of an agent, so that its first success is seen.
  private static func fixture(_ directory: String) -> RecoveryFixture {
    RecoveryFixture(
      directory,
      change: {
        $0.errorHandling.circuitBreakerThreshold = 1
        $0.errorHandling.circuitBreakerTimeout = .seconds(60)
      })
  }

  /// Waits until a call of an agent is repeated, and cancels that.
  private func cancelRepetition(of agent: AgentID, _ runtime: Runtime) async throws {
    while true {
      let waiting = try await runtime.journal.executions().first { $0.agentID == agent && $0.status == .waiting }
      if let waiting {
        #expect(try await runtime.cancel(waiting.id))
        return
      }
      await Task.yield()
    }
  }

  @Test(
    "show nothing: a retry neither succeeds nor fails, and a breaker does not close",
    arguments: [.retry(maxAttempts: 3, backoff: .seconds(1)), .manual(reason: "look")] as [RecoveryStrategy])
  func cancelled(strategy: RecoveryStrategy) async throws {
    try await RuntimeFixture.withDirectory { directory in
      let fixture = Self.fixture(directory)
      let agent = try await fixture.with { runtime in
        let handler = try #require(runtime.errorHandler)
        try await handler.registerStrategy(.validationError, strategy: strategy)
        let agent = try await runtime.start("worker", Self.program, mode: .eventDriven)
        try await runtime.send(["hello"], to: agent)
        if case .manual(let reason) = strategy {
          #expect(await fixture.events.next() == .suspended(reason: reason))
          try await runtime.lifecycle.resumeAgent(agent)
        }
        try await cancelRepetition(of: agent, runtime)
        while try await !handler.pendingRecoveries().isEmpty { await Task.yield() }
        return agent
      }
      // Whatever was going to be recorded is now.
      try await Self.fixture(directory).with { runtime in
        let handler = try #require(runtime.errorHandler)
        let statistics = try await handler.getErrorStats(agent)
        #expect(statistics.successfulRecoveries == 0 && statistics.totalErrors == 1)
        #expect(handler.breaker(agent) != .closed)
        #expect(try await runtime.lifecycle.getAgentState(agent) == .running)
        #expect(try await runtime.journal.executions().count { $0.agentID == agent } == 2)
      }
    }
  }

  @Test("of an agent that is restarted with its group end its retry, also while that waits")
  func stoppedWithGroup() async throws {
    let (waits, waiting) = AsyncStream<Void>.makeStream()
    let fixture = RecoveryFixture(sleep: { _ in
      waiting.yield()
      try await Task.sleep(for: .seconds(3_600))
    })
    try await fixture.with { runtime in
      let handler = try #require(runtime.errorHandler)
      let other = try await runtime.start("other", GroupRecoveryTests.counter)
      try await handler.registerStrategy(
        .validationError, strategy: .retry(maxAttempts: 3, backoff: .seconds(1)))
      try await handler.registerStrategy(.validationError, strategy: .restart(preserveState: true), for: other)
      let agent = try await runtime.start("worker", Self.program, mode: .eventDriven)
      try await handler.supervise(
        SupervisionGroup(name: "g", strategy: .oneForAll, members: [.init(agent), .init(other)]))
      try await runtime.send(["hello"], to: agent)
      for await _ in waits { break }
      #expect(try await handler.pendingRecoveries().count == 1)
      #expect(try await runtime.failure(of: other, ["fails": 1]) == "Thrown")
      #expect(await fixture.events.next() == .recovered(.restart(preserveState: true)))
      #expect(try await handler.pendingRecoveries().isEmpty)
      #expect(try await handler.getErrorStats(agent).successfulRecoveries == 0)
    }
  }

  @Test(
    "have succeeded although the process ends before that is recorded, also in the last attempt", arguments: [1, 3])
  func succeededBeforeCrash(maxAttempts: Int) async throws {
    let retry = RecoveryStrategy.retry(maxAttempts: maxAttempts, backoff: .seconds(1))
    try await RuntimeFixture.withDirectory { directory in
      let agent = try await RecoveryFixture(directory).with { runtime in
        let handler = try #require(runtime.errorHandler)
        try await handler.registerStrategy(.systemError, strategy: retry)
        let agent = try await runtime.start("worker", Self.program, mode: .eventDriven)
        let taken = try await handler.report(
          .init(
            agentID: agent, type: .systemError, record: ErrorRecord(code: "C", message: "m", isRetryable: true),
            isRepeatable: true))
        let plan = try #require(taken?.plan)
        // An attempt was begun, and no call is left that it could repeat.
        let isUnderWay = try await runtime.store.write { store in
          try store.updateRecoveryPlan(
            agent, operation: plan.operation.description, number: plan.number, attempt: 1, doneSteps: 0, backup: nil)
        }
        #expect(isUnderWay)
        return agent
      }
      let second = RecoveryFixture(directory)
      try await second.with { runtime in
        let handler = try #require(runtime.errorHandler)
        #expect(await second.events.next() == .recovered(retry))
        #expect(second.events.waits.isEmpty)
        let found = try await runtime.lifecycle.getAgent(agent)
        #expect(found.state == .running && found.restartCount == 0)
        let statistics = try await handler.getErrorStats(agent)
        #expect(statistics.totalErrors == 1 && statistics.successfulRecoveries == 1)
      }
    }
  }
}
