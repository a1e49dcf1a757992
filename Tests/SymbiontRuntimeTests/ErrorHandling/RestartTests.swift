import SymbiontCore
import SymbiontLanguage
import SymbiontRecovery
import SymbiontRuntime
import SymbiontSandbox
import Synchronization
import Testing

@Suite("Restarts that something comes between")
struct RestartTests {
  private static let program = "agent worker { policy p { allow: [exec] } exec(\"true\") }"

  /// Begins a restart of an agent, which nobody carries out before the runtime is opened again.
  private static func beginRestart(of agent: AgentID, _ handler: DefaultErrorHandler) async throws {
    _ = try await handler.report(
      .init(
        agentID: agent, type: .systemError, record: ErrorRecord(code: "C", message: "m", isRetryable: false),
        isRepeatable: false))
    #expect(try await handler.pendingRecoveries(of: agent).map(\.strategy) == [.restart(preserveState: true)])
  }

  @Test("a restart that ends with its process before the agent runs is done again, and counts once")
  func countsOnce() async throws {
    try await RuntimeFixture.withDirectory { directory in
      let isBroken = Mutex(false)
      let sandbox = FakeSandbox(attesting: { (_, _) throws(SandboxError) in
        if isBroken.withLock({ $0 }) { throw .startFailed(reason: "test") }
      }) { _ in CommandResult(exitCode: 0) }
      let change: @Sendable (inout RuntimeConfiguration) -> Void = { $0.lifecycle.maxRestartAttempts = 1 }
      let agent = try await RecoveryFixture(directory, sandbox: sandbox, change: change).with { runtime in
        let agent = try await runtime.start("worker", Self.program)
        try await Self.beginRestart(of: agent, #require(runtime.errorHandler))
        try await runtime.lifecycle.stopToRecover(agent)
        // Other limits are to be shown anew, which is where it ends.
        var config = try await runtime.lifecycle.getAgent(agent).config
        config.resourceLimits.executionTimeout = .seconds(60)
        try await runtime.lifecycle.updateAgentConfig(agent, config: config)
        isBroken.withLock { $0 = true }
        await #expect(throws: LifecycleError.self) {
          try await runtime.lifecycle.recoverAgent(agent, preservingState: true, isSupervised: false)
        }
        #expect(try await runtime.lifecycle.getAgent(agent).restartCount == 0)
        return agent
      }
      isBroken.withLock { $0 = false }
      try await RecoveryFixture(directory, sandbox: sandbox, change: change).with { runtime in
        let found = try await runtime.lifecycle.getAgent(agent)
        #expect(found.state == .running && found.restartCount == 1)
        #expect(try await #require(runtime.errorHandler).pendingRecoveries().isEmpty)
      }
    }
  }
}
