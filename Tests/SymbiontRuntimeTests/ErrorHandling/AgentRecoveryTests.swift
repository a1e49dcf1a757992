import Foundation
import SymbiontCore
import SymbiontLanguage
import SymbiontMessaging
import SymbiontRecovery
import SymbiontRuntime
import SymbiontSandbox
import SymbiontScheduling
import SymbiontTesting
import Testing

@Suite("Recovery of agents")
struct AgentRecoveryTests {
  private static let counter = GroupRecoveryTests.counter

  @Test("a restart is carried out and counted until the restarts are used up, and then the agent has failed")
  func restarts() async throws {
    let fixture = RecoveryFixture(change: { $0.lifecycle.maxRestartAttempts = 2 })
    try await fixture.with { runtime in
      let handler = try #require(runtime.errorHandler)
      try await handler.registerStrategy(.validationError, strategy: .restart(preserveState: true))
      let agent = try await runtime.start("worker", Self.counter)
      for count in 1...2 {
        #expect(try await runtime.failure(of: agent, ["fails": 10]) == "Thrown")
        #expect(await fixture.events.next() == .recovered(.restart(preserveState: true)))
        #expect(try await runtime.lifecycle.getAgentState(agent) == .running)
        #expect(try await runtime.lifecycle.getAgent(agent).restartCount == count)
      }
      #expect(try await runtime.failure(of: agent, ["fails": 10]) == "Thrown")
      // No other agent can take over, so a person is told in the end.
      guard case .suspended = await fixture.events.next() else {
        Issue.record("nobody was told")
        return
      }
      let failed = try await runtime.lifecycle.getAgent(agent)
      #expect(failed.state == .failed && failed.errorCount == 3 && failed.restartCount == 2)
      await #expect(throws: ExecutionError.self) {
        try await runtime.execute(agent, input: ["fails": 0])
      }
      let statistics = try await handler.getErrorStats(agent)
      #expect(statistics.successfulRecoveries == 2 && statistics.errorCounts[.validationError] == 3)
    }
  }

  @Test("a restart without state forgets the agent's memory, one with state keeps it", arguments: [true, false])
  func memory(isKept: Bool) async throws {
    let fixture = RecoveryFixture()
    try await fixture.with { runtime in
      try await runtime.errorHandler?.registerStrategy(
        .validationError, strategy: .restart(preserveState: isKept))
      let agent = try await runtime.start("worker", Self.counter)
      #expect(try await runtime.failure(of: agent, ["fails": 1]) == "Thrown")
      #expect(await fixture.events.next() == .recovered(.restart(preserveState: isKept)))
      let id = try await runtime.execute(agent, input: ["fails": 0])
      #expect(try await runtime.outcome(of: id).value == .int(isKept ? 2 : 1))
    }
  }

  @Test("a message whose call failed is given to the agent again, after waits that grow, until it succeeds")
  func retries() async throws {
    let program = """
      agent worker(m) {
          let n = recall("calls", 0) + 1;
          remember("calls", n);
          if n <= 2 { throw "not yet" }
          remember("done", m.payload);
      }
      """
    let fixture = RecoveryFixture()
    try await fixture.with { runtime in
      try await runtime.errorHandler?.registerStrategy(
        .validationError, strategy: .retry(maxAttempts: 3, backoff: .seconds(1)))
      let agent = try await runtime.start("worker", program, mode: .eventDriven)
      try await runtime.send(["hello"], to: agent)
      #expect(await fixture.events.next() == .recovered(.retry(maxAttempts: 3, backoff: .seconds(1))))
      #expect(fixture.events.waits == [.seconds(1), .seconds(2)])
      let calls = try await runtime.journal.executions().filter { $0.agentID == agent }
      #expect(calls.map(\.status) == [.completed, .failed, .failed])
      #expect(Set(calls.map(\.input)).count == 1)
      let statistics = try await #require(runtime.errorHandler).getErrorStats(agent)
      #expect(statistics.totalErrors == 2 && statistics.recoveryAttempts == 1)
    }
  }

  @Test("what a person stops is not started again by a recovery that was under way")
  func stoppedByHand() async throws {
    let (waits, waiting) = AsyncStream<Void>.makeStream()
    let fixture = RecoveryFixture(sleep: { _ in
      waiting.yield()
      try await Task.sleep(for: .seconds(3_600))
    })
    try await fixture.with { runtime in
      let handler = try #require(runtime.errorHandler)
      try await handler.registerStrategy(
        .validationError, strategy: .retry(maxAttempts: 1, backoff: .seconds(1)))
      let agent = try await runtime.start("worker", "agent worker(m) { throw \"never\" }", mode: .eventDriven)
      try await runtime.send(["hello"], to: agent)
      for await _ in waits { break }
      #expect(try await handler.pendingRecoveries().count == 1)
      try await runtime.lifecycle.stopAgent(agent)
      #expect(try await handler.pendingRecoveries().isEmpty)
      #expect(try await runtime.lifecycle.getAgentState(agent) == .ready)
    }
  }

  @Test("a message whose call had its agent suspended is given to it again when a person resumes it")
  func resumed() async throws {
    let fixture = RecoveryFixture()
    try await fixture.with { runtime in
      try await runtime.errorHandler?.registerStrategy(.validationError, strategy: .manual(reason: "look"))
      let program = "agent worker(m) { let n = recall(\"n\", 0) + 1; remember(\"n\", n); if n < 2 { throw \"no\" } }"
      let agent = try await runtime.start("worker", program, mode: .eventDriven)
      try await runtime.send(["hello"], to: agent)
      #expect(await fixture.events.next() == .suspended(reason: "look"))
      try await runtime.lifecycle.resumeAgent(agent)
      while try await runtime.lifecycle.getAgent(agent).executionCount < 2 { await Task.yield() }
      let calls = try await runtime.journal.executions().filter { $0.agentID == agent }
      #expect(calls.map(\.status) == [.completed, .failed])
    }
  }

  @Test("tasks of an agent that is restarted wait until it works again")
  func tasks() async throws {
    let clock = ManualSchedulerClock()
    let fixture = RecoveryFixture(change: { $0.schedulerClock = clock })
    try await fixture.with { runtime in
      try await runtime.errorHandler?.registerStrategy(
        .validationError, strategy: .restart(preserveState: true))
      let scheduler = try #require(runtime.scheduler)
      let agent = try await runtime.start("worker", Self.counter)
      let tasks = (0..<40).map { _ in
        ScheduledTask(
          id: TaskID(), agentID: agent, scheduledTime: .epoch, timeout: .seconds(86_400),
          input: Array("{\"fails\": 1}".utf8))
      }
      try await scheduler.scheduleTasks(tasks)
      for task in tasks {
        while true {
          let status = try await scheduler.getTaskStatus(task.id)
          if case .completed = status { break }
          if case .failed(let error) = status {
            Issue.record("\(error)")
            break
          }
          clock.advance(by: .seconds(1))
          await Task.yield()
        }
      }
      #expect(try await runtime.lifecycle.getAgent(agent).restartCount == 1)
    }
  }

  @Test("a call that a suspended agent refuses is not the one that decides whether its circuit breaker closes")
  func refusedCall() async throws {
    let fixture = RecoveryFixture(change: { configuration in
      configuration.errorHandling.circuitBreakerThreshold = 1
      configuration.errorHandling.circuitBreakerTimeout = .seconds(600)
    })
    try await fixture.with { runtime in
      let agent = try await runtime.start("half", "agent half(x: int) -> int { if x < 0 { throw \"negative\" } x / 2 }")
      #expect(try await runtime.failure(of: agent, ["x": -1]) == "Thrown")
      try await runtime.lifecycle.suspendAgent(agent)
      fixture.clock.advance(by: .seconds(601))
      for _ in 0..<2 {
        let error = await #expect(throws: ExecutionError.self) { try await runtime.execute(agent, input: ["x": 2]) }
        #expect(error?.code == "AGENT_NOT_RUNNING")
      }
      try await runtime.lifecycle.resumeAgent(agent)
      #expect(try await runtime.failure(of: agent, ["x": 2]) == nil)
    }
  }

  @Test("a task whose execution a recovery ended is tried again, also when only the store knows of that recovery")
  func stoppedTask() async throws {
    let clock = ManualSchedulerClock()
    let fixture = RecoveryFixture(change: { $0.schedulerClock = clock })
    try await fixture.with { runtime in
      let scheduler = try #require(runtime.scheduler)
      let agent = try await runtime.start("sleeper", "agent sleeper { sleep(1h) }")
      let task = ScheduledTask(id: TaskID(), agentID: agent, scheduledTime: .epoch, timeout: .seconds(86_400))
      try await scheduler.scheduleTask(task)
      while try await runtime.lifecycle.getAgentState(agent) != .waiting { await Task.yield() }
      let plan = try await RestartTests.beginRestart(of: agent, #require(runtime.errorHandler))
      try await runtime.lifecycle.stopToRecover(agent, by: plan)
      try await runtime.lifecycle.startAgent(agent)
      while try await runtime.journal.executions().count < 2 {
        if case .failed(let error) = try await scheduler.getTaskStatus(task.id) {
          Issue.record("it was not tried again: \(error)")
          break
        }
        clock.advance(by: .seconds(1))
        await Task.yield()
      }
    }
  }

  @Test("a person who restarts an agent that failed for good has it work again, without what recoveries were to do")
  func restartByHand() async throws {
    let fixture = RecoveryFixture(change: { $0.lifecycle.maxRestartAttempts = 1 })
    try await fixture.with { runtime in
      let handler = try #require(runtime.errorHandler)
      try await handler.registerStrategy(.validationError, strategy: .restart(preserveState: true))
      let agent = try await runtime.start("worker", Self.counter)
      for _ in 1...2 {
        #expect(try await runtime.failure(of: agent, ["fails": 10]) == "Thrown")
        _ = await fixture.events.next()
      }
      #expect(try await runtime.lifecycle.getAgentState(agent) == .failed)
      try await runtime.lifecycle.restartAgent(agent)
      #expect(try await runtime.lifecycle.getAgentState(agent) == .running)
      #expect(try await handler.pendingRecoveries(of: agent).isEmpty)
      // Its circuit breaker has its own time.
      fixture.clock.advance(by: .seconds(86_400))
      #expect(try await runtime.failure(of: agent, ["fails": 0]) == nil)
      // Its restarts count anew.
      #expect(try await runtime.failure(of: agent, ["fails": 10]) == "Thrown")
      #expect(await fixture.events.next() == .recovered(.restart(preserveState: true)))
    }
  }

  @Test("a call that somebody waits for is not repeated: the caller has its failure")
  func callersRetry() async throws {
    let fixture = RecoveryFixture()
    try await fixture.with { runtime in
      try await runtime.errorHandler?.registerStrategy(
        .validationError, strategy: .retry(maxAttempts: 3, backoff: .zero))
      let agent = try await runtime.start("worker", Self.counter)
      #expect(try await runtime.failure(of: agent, ["fails": 1]) == "Thrown")
      #expect(try await runtime.failure(of: agent, ["fails": 1]) == nil)
      #expect(try await runtime.journal.executions().count == 2)
    }
  }

  @Test("an agent that asks for what policy refuses is suspended, and a person is told")
  func suspends() async throws {
    let fixture = RecoveryFixture()
    try await fixture.with { runtime in
      let agent = try await runtime.start(
        "worker", "agent worker { policy p { deny: [memory_write] } remember(\"a\", 1) }")
      #expect(try await runtime.failure(of: agent) == "PolicyDenied")
      guard case .suspended(let reason) = await fixture.events.next() else {
        Issue.record("the agent was not suspended")
        return
      }
      #expect(reason.contains("policy"))
      #expect(try await runtime.lifecycle.getAgentState(agent) == .suspended)
      try await runtime.lifecycle.resumeAgent(agent)
      #expect(try await runtime.lifecycle.getAgentState(agent) == .running)
    }
  }

  @Test("an agent is ended, and what it leaves is removed")
  func terminates() async throws {
    let fixture = RecoveryFixture()
    try await fixture.with { runtime in
      try await runtime.errorHandler?.registerStrategy(.validationError, strategy: .terminate(cleanup: true))
      let agent = try await runtime.start("worker", Self.counter)
      #expect(try await runtime.failure(of: agent, ["fails": 1]) == "Thrown")
      #expect(await fixture.events.next() == .terminated)
      await #expect(throws: LifecycleError.agentNotFound(agentID: agent)) {
        try await runtime.lifecycle.getAgentState(agent)
      }
    }
  }

  @Test("an agent that is being ended is ended, and what it leaves removed, although the runtime ends in between")
  func terminatesAtCrash() async throws {
    try await RuntimeFixture.withDirectory { directory in
      let (agent, workspace) = try await RecoveryFixture(directory).with { runtime in
        let handler = try #require(runtime.errorHandler)
        try await handler.registerStrategy(.systemError, strategy: .terminate(cleanup: true))
        let agent = try await runtime.start("worker", Self.counter)
        let workspace = try await runtime.workspace(of: agent)
        try FileManager.default.createDirectory(atPath: workspace, withIntermediateDirectories: true)
        // As far as a recovery comes when the process is killed after it ended the agent.
        _ = try await handler.report(
          .init(
            agentID: agent, type: .systemError, record: ErrorRecord(code: "C", message: "m", isRetryable: false),
            isRepeatable: false))
        try await runtime.lifecycle.terminateToRecover(agent)
        #expect(try await handler.pendingRecoveries(of: agent).count == 1)
        return (agent, workspace)
      }
      try await RecoveryFixture(directory).with { runtime in
        await #expect(throws: LifecycleError.agentNotFound(agentID: agent)) {
          try await runtime.lifecycle.getAgentState(agent)
        }
        let handler = try #require(runtime.errorHandler)
        #expect(try await handler.pendingRecoveries().isEmpty)
      }
      #expect(!FileManager.default.fileExists(atPath: workspace))
    }
  }

  @Test("calls fail at once after too many failures in a row, and one call decides when the time is over")
  func breaker() async throws {
    let fixture = RecoveryFixture(change: {
      $0.errorHandling.circuitBreakerThreshold = 2
      $0.errorHandling.circuitBreakerTimeout = .seconds(60)
    })
    try await fixture.with { runtime in
      let agent = try await runtime.start("worker", Self.counter)
      for _ in 1...2 { #expect(try await runtime.failure(of: agent, ["fails": 2]) == "Thrown") }
      do throws(ExecutionError) {
        _ = try await runtime.execute(agent, input: ["fails": 2])
        Issue.record("a call went through")
      } catch {
        #expect(error.code == "CIRCUIT_OPEN" && error.isRetryable)
      }
      let caller = try await runtime.start(
        "caller", "agent caller { try { call(\"worker\", {fails: 2}) } catch (e) { e.kind } }")
      let call = try await runtime.execute(caller, input: .null)
      #expect(try await runtime.outcome(of: call).value == "CircuitOpen")
      fixture.clock.advance(by: .seconds(60))
      #expect(try await runtime.failure(of: agent, ["fails": 2]) == nil)
      #expect(try await runtime.failure(of: agent, ["fails": 2]) == nil)
    }
  }

  @Test("messages wait while calls of their agent fail at once, and are given to it afterwards")
  func heldUp() async throws {
    let program = """
      agent worker(m) { if m.payload == "bad" { throw "bad" } remember("good", recall("good", 0) + 1) }
      """
    let fixture = RecoveryFixture(change: {
      $0.errorHandling.circuitBreakerThreshold = 1
      $0.errorHandling.circuitBreakerTimeout = .seconds(60)
    })
    try await fixture.with { runtime in
      let agent = try await runtime.start("worker", program, mode: .eventDriven)
      try await runtime.send(["bad"], to: agent)
      while try await runtime.lifecycle.getAgent(agent).errorCount == 0 { await Task.yield() }
      try await runtime.send(["good"], to: agent)
      while try await runtime.lifecycle.getAgent(agent).executionCount < 2 { await Task.yield() }
      let calls = try await runtime.journal.executions().filter { $0.agentID == agent }
      #expect(calls.map(\.status) == [.completed, .failed])
      #expect(fixture.events.waits.contains { $0 > .seconds(59) && $0 <= .seconds(60) })
    }
  }

  @Test("a backup of the same program takes over the messages and tasks of an agent that fails")
  func failover() async throws {
    let program = """
      agent worker(m) {
          if recall("broken", false) { throw "broken" }
          if m == "break" { remember("broken", true); } else { remember("took", push(recall("took", []), m)); }
          if m == "list" { recall("took") }
      }
      """
    let fixture = RecoveryFixture()
    try await fixture.with { runtime in
      let handler = try #require(runtime.errorHandler)
      try await handler.registerStrategy(.validationError, strategy: .failover(backupAgent: nil))
      let (failing, backup) = (try await runtime.start("first", program), try await runtime.start("second", program))
      try await runtime.send(["a", "b"], to: failing)
      let scheduler = try #require(runtime.scheduler)
      let task = ScheduledTask(
        id: TaskID(), agentID: failing, scheduledTime: .now() + .seconds(3_600), timeout: .seconds(60),
        input: Array("\"task\"".utf8))
      try await scheduler.scheduleTask(task)
      #expect(try await runtime.failure(of: failing, "break") == nil)
      #expect(try await runtime.failure(of: failing, "x") == "Thrown")
      #expect(await fixture.events.next() == .recovered(.failover(backupAgent: nil)))
      #expect(try await runtime.lifecycle.getAgentState(failing) == .ready)
      #expect(await scheduler.listPendingTasks().map(\.agentID) == [backup])
      let bus = try #require(runtime.bus)
      #expect(try await bus.receiveMessages(failing).isEmpty)
      #expect(try await bus.receiveMessages(backup).count == 2)
    }
  }

  @Test("what the error handler says to a caller is carried out")
  func reported() async throws {
    let fixture = RecoveryFixture()
    try await fixture.with { runtime in
      let handler = try #require(runtime.errorHandler)
      try await handler.registerStrategy(.systemError, strategy: .restart(preserveState: true))
      let agent = try await runtime.start("worker", Self.counter)
      #expect(try await handler.handleError(agent, error: .internal("broken")) == .restart)
      #expect(await fixture.events.next() == .recovered(.restart(preserveState: true)))
      #expect(try await runtime.lifecycle.getAgent(agent).restartCount == 1)
      #expect(try await handler.pendingRecoveries().isEmpty)
    }
  }
}
