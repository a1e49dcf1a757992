import SymbiontCore
import SymbiontRecovery
import SymbiontSandbox
import SymbiontStore
import Synchronization
import Testing

@testable import SymbiontRuntime

@Suite("Recovery of groups that an earlier runtime began")
struct ResumedGroupTests {
  @Test("the others are started although the one that failed cannot be, and the group is gone")
  func failedOwner() async throws {
    try await RuntimeFixture.withDirectory { directory in
      let isBroken = Mutex(false)
      let sandbox = FakeSandbox(attesting: { (_, _) throws(SandboxError) in
        if isBroken.withLock({ $0 }) { throw .startFailed(reason: "test") }
      }) { _ in CommandResult(exitCode: 0) }
      let agents = try await RecoveryFixture(directory, sandbox: sandbox).with { runtime in
        let handler = try #require(runtime.errorHandler)
        let agents = [
          try await runtime.start("owner", "agent owner { policy p { allow: [exec] } exec(\"true\") }"),
          try await runtime.start("other", GroupRecoveryTests.counter),
        ]
        try await handler.supervise(
          SupervisionGroup(name: "g", strategy: .oneForAll, members: agents.map { .init($0) }))
        // As far as the recovery comes when the process is killed after it stopped both.
        let plan = try await RestartTests.beginRestart(of: agents[0], handler)
        for agent in agents.reversed() { try await runtime.lifecycle.stopToRecover(agent, by: plan) }
        let isUnderWay = try await runtime.store.write { store in
          try store.updateRecoveryPlan(
            plan.agentID, operation: plan.operation.description, number: plan.number, attempt: 1, doneSteps: 2,
            backup: nil)
        }
        #expect(isUnderWay)
        try await handler.removeGroup(named: "g")
        // Other limits are to be shown anew, which fails from now on.
        var config = try await runtime.lifecycle.getAgent(agents[0]).config
        config.resourceLimits.executionTimeout = .seconds(60)
        try await runtime.lifecycle.updateAgentConfig(agents[0], config: config)
        isBroken.withLock { $0 = true }
        return agents
      }
      let second = RecoveryFixture(directory, sandbox: sandbox)
      try await second.with { runtime in
        guard case .suspended = await second.events.next() else {
          Issue.record("nobody was told")
          return
        }
        let other = try await runtime.lifecycle.getAgent(agents[1])
        #expect(other.state == .running && other.restartCount == 1)
        #expect(try await runtime.lifecycle.getAgent(agents[0]).restartCount == 0)
        #expect(try await #require(runtime.errorHandler).pendingRecoveries().isEmpty)
      }
    }
  }
}
