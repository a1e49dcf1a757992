import SymbiontCore
import SymbiontLanguage
import SymbiontRecovery
import SymbiontRuntime
import SymbiontSandbox
import SymbiontTesting
import Synchronization
import Testing

@Suite("Recovery of effects and after a stop")
struct EffectRecoveryTests {
  private static let program = """
    agent worker {
        policy p { allow: [exec] }
        try { exec("true").exit_code } catch (e) { e.kind }
    }
    """

  /// Fails the first commands before anything of them ran.
  private static func sandbox(failing count: Int) -> FakeSandbox {
    let left = Mutex(count)
    return FakeSandbox { _ throws(SandboxError) in
      let fails = left.withLock { left in
        left -= 1
        return left >= 0
      }
      if fails { throw .startFailed(reason: "test") }
      return CommandResult(exitCode: 0)
    }
  }

  @Test("a command that was not begun is tried again as its strategy says, within the same effect")
  func retries() async throws {
    let sandbox = Self.sandbox(failing: 2)
    let fixture = RecoveryFixture(sandbox: sandbox)
    try await fixture.with { runtime in
      let handler = try #require(runtime.errorHandler)
      try await handler.registerStrategy(.systemError, strategy: .retry(maxAttempts: 3, backoff: .seconds(2)))
      let id = try await runtime.call(Self.program)
      #expect(try await runtime.outcome(of: id).value == 0)
      #expect(sandbox.commands.count == 3 && Set(sandbox.commands.map(\.id)).count == 1)
      #expect(fixture.events.waits == [.seconds(2), .seconds(4)])
      let agent = try #require(await runtime.lifecycle.listAgents().first).id
      let statistics = try await handler.getErrorStats(agent)
      #expect(statistics.totalErrors == 2 && statistics.successfulRecoveries == 1)
      #expect(try await handler.pendingRecoveries().isEmpty)
    }
  }

  @Test("commands of executions that fail at the same time are each tried again")
  func retriesBeside() async throws {
    let failed = Mutex(0)
    let sandbox = FakeSandbox { _ throws(SandboxError) in
      let isEarly = failed.withLock { count in
        count += 1
        return count <= 3
      }
      if isEarly { throw .startFailed(reason: "test") }
      return CommandResult(exitCode: 0)
    }
    let fixture = RecoveryFixture(
      sandbox: sandbox,
      sleep: { _ in
        // None is tried again before all have failed.
        while failed.withLock({ $0 < 3 }) { await Task.yield() }
      })
    try await fixture.with { runtime in
      let handler = try #require(runtime.errorHandler)
      try await handler.registerStrategy(.systemError, strategy: .retry(maxAttempts: 3, backoff: .seconds(2)))
      let agent = try await runtime.start("worker", Self.program)
      var ids: [ExecutionID] = []
      for _ in 0..<3 { ids.append(try await runtime.execute(agent, input: .null)) }
      for id in ids { #expect(try await runtime.outcome(of: id).value == 0) }
      #expect(sandbox.commands.count == 6)
      #expect(try await handler.pendingRecoveries().isEmpty)
    }
  }

  @Test("without such a strategy the program has the error, and the breaker of its operation opens in the end")
  func breaker() async throws {
    let sandbox = Self.sandbox(failing: 2)
    let fixture = RecoveryFixture(sandbox: sandbox, change: { $0.errorHandling.circuitBreakerThreshold = 2 })
    try await fixture.with { runtime in
      var kinds: [Value?] = []
      for _ in 1...3 {
        let id = try await runtime.call(Self.program)
        kinds.append(try await runtime.outcome(of: id).value)
      }
      #expect(kinds == ["SandboxUnavailable", "SandboxUnavailable", "CircuitOpen"])
      #expect(sandbox.commands.count == 2)
      fixture.clock.advance(by: .seconds(61))
      let id = try await runtime.call(Self.program)
      #expect(try await runtime.outcome(of: id).value == 0)
    }
  }

  @Test("a command that is stopped while it decides about a half-open breaker lets the next one decide")
  func stoppedTrial() async throws {
    let (starts, starting) = AsyncStream<Void>.makeStream()
    let count = Mutex(0)
    let sandbox = FakeSandbox { _ throws(SandboxError) in
      let number = count.withLock { count in
        count += 1
        return count
      }
      if number == 1 { throw .startFailed(reason: "test") }
      if number == 2 {
        starting.yield()
        while !Task.isCancelled { await Task.yield() }
      }
      return CommandResult(exitCode: 0)
    }
    let fixture = RecoveryFixture(sandbox: sandbox, change: { $0.errorHandling.circuitBreakerThreshold = 1 })
    try await fixture.with { runtime in
      let agent = try await runtime.start("worker", Self.program)
      let failed = try await runtime.execute(agent, input: .null)
      #expect(try await runtime.outcome(of: failed).value == "SandboxUnavailable")
      fixture.clock.advance(by: .seconds(61))
      let stopped = try await runtime.execute(agent, input: .null)
      for await _ in starts { break }
      #expect(try await runtime.cancel(stopped))
      #expect(try await runtime.outcome(of: stopped) == .cancelled)
      // What was cancelled is told before its command has ended.
      var value: Value?
      repeat {
        let next = try await runtime.execute(agent, input: .null)
        value = try await runtime.outcome(of: next).value
      } while value == "CircuitOpen"
      #expect(value == 0)
    }
  }

  @Test("an effect whose retries are used up fails for its program, and does nothing to the agent")
  func usedUp() async throws {
    let sandbox = Self.sandbox(failing: 100)
    let fixture = RecoveryFixture(
      sandbox: sandbox,
      change: {
        $0.errorHandling.escalationThreshold = 2
        $0.errorHandling.circuitBreakerThreshold = 100
      })
    try await fixture.with { runtime in
      let handler = try #require(runtime.errorHandler)
      try await handler.registerStrategy(.systemError, strategy: .retry(maxAttempts: 3, backoff: .seconds(2)))
      for count in 1...2 {
        let id = try await runtime.call(Self.program)
        #expect(try await runtime.outcome(of: id).value == "SandboxUnavailable")
        #expect(sandbox.commands.count == 4 * count)
      }
      let agent = try #require(await runtime.lifecycle.listAgents().first)
      #expect(agent.state == .running && agent.restartCount == 0)
      #expect(try await handler.pendingRecoveries().isEmpty)
      #expect(try await handler.getErrorStats(agent.id).totalErrors == 8)
    }
  }

  @Test("an execution that is cancelled while its effect waits for the next try ends, and leaves no recovery")
  func cancelled() async throws {
    let (waits, waiting) = AsyncStream<Void>.makeStream()
    let fixture = RecoveryFixture(
      sandbox: Self.sandbox(failing: 5),
      sleep: { _ in
        waiting.yield()
        try await Task.sleep(for: .seconds(3_600))
      })
    try await fixture.with { runtime in
      let handler = try #require(runtime.errorHandler)
      try await handler.registerStrategy(.systemError, strategy: .retry(maxAttempts: 3, backoff: .seconds(2)))
      let id = try await runtime.call(Self.program)
      for await _ in waits { break }
      #expect(try await runtime.cancel(id))
      #expect(try await runtime.outcome(of: id) == .cancelled)
      while try await !handler.pendingRecoveries().isEmpty { await Task.yield() }
    }
  }

  @Test("retries that a stop interrupts go on at the next start, with the attempts that they had")
  func goesOn() async throws {
    let program = """
      agent worker(m) {
          let n = recall("calls", 0) + 1;
          remember("calls", n);
          if n <= 3 { throw "not yet" }
      }
      """
    try await RuntimeFixture.withDirectory { directory in
      let (waits, waiting) = AsyncStream<Void>.makeStream()
      let sleeps = Mutex(0)
      let first = RecoveryFixture(
        directory,
        sleep: { _ in
          let count = sleeps.withLock { count in
            count += 1
            return count
          }
          guard count > 1 else { return }
          waiting.yield()
          try await Task.sleep(for: .seconds(3_600))
        })
      let agent = try await first.with { runtime in
        try await runtime.errorHandler?.registerStrategy(
          .validationError, strategy: .retry(maxAttempts: 4, backoff: .seconds(1)))
        let agent = try await runtime.start("worker", program, mode: .eventDriven)
        try await runtime.send(["hello"], to: agent)
        for await _ in waits { break }
        return agent
      }
      let second = RecoveryFixture(directory)
      try await second.with { runtime in
        #expect(await second.events.next() == .recovered(.retry(maxAttempts: 4, backoff: .seconds(1))))
        #expect(second.events.waits == [.seconds(2), .seconds(4)])
        let calls = try await runtime.journal.executions().filter { $0.agentID == agent }
        #expect(calls.map(\.status) == [.completed, .failed, .failed, .failed])
      }
    }
  }
}
