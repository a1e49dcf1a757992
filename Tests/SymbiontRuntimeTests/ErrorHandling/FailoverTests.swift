import SymbiontCore
import SymbiontLanguage
import SymbiontMessaging
import SymbiontRecovery
import SymbiontRuntime
import SymbiontScheduling
import Testing

@Suite("Failover to a named backup")
struct FailoverTests {
  /// Why a backup does not run.
  enum Hindrance: CaseIterable {
    case suspended, failed, terminated, unknown

    /// Makes such a backup, and says what is said of it.
    func backup(in runtime: Runtime) async throws -> (AgentID, saying: String) {
      guard self != .unknown else { return (AgentID(), "does not exist") }
      let agent = try await runtime.start("backup", GroupRecoveryTests.counter, mode: .ephemeral)
      switch self {
      case .suspended: try await runtime.lifecycle.suspendAgent(agent)
      case .terminated: try await runtime.lifecycle.terminateAgent(agent)
      // An ephemeral agent is called once, so that its first failure is its last.
      case .failed, .unknown: #expect(try await runtime.failure(of: agent, ["fails": 1]) == "Thrown")
      }
      return (agent, "does not run: it is \(try await runtime.lifecycle.getAgentState(agent).rawValue)")
    }
  }

  @Test("a backup that does not run takes nothing over, and a person is told", arguments: Hindrance.allCases)
  func refused(hindrance: Hindrance) async throws {
    let fixture = RecoveryFixture()
    try await fixture.with { runtime in
      let handler = try #require(runtime.errorHandler)
      let failing = try await runtime.start("failing", GroupRecoveryTests.counter)
      let (backup, saying) = try await hindrance.backup(in: runtime)
      try await handler.registerStrategy(.validationError, strategy: .failover(backupAgent: backup), for: failing)
      try await runtime.send(["a"], to: failing)
      let scheduler = try #require(runtime.scheduler)
      try await scheduler.scheduleTask(
        ScheduledTask(id: TaskID(), agentID: failing, scheduledTime: .now() + .seconds(3_600), timeout: .seconds(60)))
      #expect(try await runtime.failure(of: failing, ["fails": 1]) == "Thrown")
      guard case .suspended = await fixture.events.next() else {
        Issue.record("nobody was told")
        return
      }
      #expect(try await runtime.lifecycle.getAgentState(failing) == .suspended)
      let error = try #require(try await handler.errors(of: failing, limit: 1).first)
      #expect(error.code == "RECOVERY_FAILED" && error.message.contains("backup agent `\(backup)` \(saying)"))
      #expect(try await handler.getErrorStats(failing).successfulRecoveries == 0)
      #expect(await scheduler.listPendingTasks().map(\.agentID) == [failing])
      #expect(try await #require(runtime.bus).receiveMessages(failing).count == 1)
    }
  }

  @Test("a backup that is suspended while the agent is being stopped takes nothing over")
  func suspendedMeanwhile() async throws {
    let command = StubbornCommand()
    let fixture = RecoveryFixture(sandbox: command.sandbox)
    try await fixture.with { runtime in
      let handler = try #require(runtime.errorHandler)
      let failing = try await runtime.start("failing", StubbornCommand.program("failing"))
      let backup = try await runtime.start("backup", GroupRecoveryTests.counter)
      try await handler.registerStrategy(.validationError, strategy: .failover(backupAgent: backup), for: failing)
      try await runtime.send(["a"], to: failing)
      _ = try await runtime.execute(failing, input: ["commands": 1])
      await command.started()
      #expect(try await runtime.failure(of: failing, ["commands": 0]) == "Thrown")
      while try await runtime.lifecycle.getAgentState(failing) != .ready { await Task.yield() }
      try await runtime.lifecycle.suspendAgent(backup)
      command.release()
      guard case .suspended = await fixture.events.next() else {
        Issue.record("nobody was told")
        return
      }
      #expect(try await handler.errors(of: failing, limit: 1).first?.message.contains("it is Suspended") == true)
      #expect(try await #require(runtime.bus).receiveMessages(failing).count == 1)
    }
  }
}
