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
  static func beginRestart(of agent: AgentID, _ handler: DefaultErrorHandler) async throws -> RecoveryPlan {
    _ = try await handler.report(
      .init(
        agentID: agent, type: .systemError, record: ErrorRecord(code: "C", message: "m", isRetryable: false),
        isRepeatable: false))
    let plan = try #require(try await handler.pendingRecoveries(of: agent).first)
    #expect(plan.strategy == .restart(preserveState: true))
    return plan
  }

  /// Has other limits shown before the agent runs again.
  private static func changeLimits(of agent: AgentID, on runtime: Runtime) async throws {
    var config = try await runtime.lifecycle.getAgent(agent).config
    config.resourceLimits.executionTimeout = .seconds(60)
    try await runtime.lifecycle.updateAgentConfig(agent, config: config)
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
        let plan = try await Self.beginRestart(of: agent, #require(runtime.errorHandler))
        try await runtime.lifecycle.stopToRecover(agent, by: plan)
        try await Self.changeLimits(of: agent, on: runtime)
        isBroken.withLock { $0 = true }
        await #expect(throws: LifecycleError.self) {
          try await runtime.lifecycle.recoverAgent(agent, preservingState: true, by: plan)
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

  @Test("an agent that a person stops while a recovery starts it stays stopped, and keeps its memory")
  func stoppedBeforeStart() async throws {
    let (starts, starting) = AsyncStream<Void>.makeStream()
    let isHeld = Mutex(false)
    let sandbox = FakeSandbox(attesting: { (_, _) throws(SandboxError) in
      starting.yield()
      while isHeld.withLock({ $0 }) { await Task.yield() }
    }) { _ in CommandResult(exitCode: 0) }
    try await RecoveryFixture(sandbox: sandbox).with { runtime in
      var attestations = starts.makeAsyncIterator()
      let handler = try #require(runtime.errorHandler)
      let agent = try await runtime.start(
        "worker",
        """
        agent worker {
            let n = recall("n", 0) + 1;
            remember("n", n);
            if n > 10 { exec("true"); }
            n
        }
        """)
      _ = await attestations.next()
      #expect(try await runtime.failure(of: agent) == nil)
      let plan = try await Self.beginRestart(of: agent, handler)
      try await runtime.lifecycle.stopToRecover(agent, by: plan)
      try await Self.changeLimits(of: agent, on: runtime)
      isHeld.withLock { $0 = true }
      async let isStarted = runtime.lifecycle.recoverAgent(agent, preservingState: false, by: plan)
      _ = await attestations.next()
      try await runtime.lifecycle.stopAgent(agent)
      isHeld.withLock { $0 = false }
      #expect(try await !isStarted)
      let found = try await runtime.lifecycle.getAgent(agent)
      #expect(found.state == .ready && found.restartCount == 0)
      #expect(try await handler.pendingRecoveries().isEmpty)
      // Nothing is left that could be stopped.
      await #expect(throws: LifecycleError.invalidStateTransition(from: .ready, to: .ready)) {
        try await runtime.lifecycle.stopAgent(agent)
      }
      try await runtime.lifecycle.startAgent(agent)
      let call = try await runtime.execute(agent, input: .null)
      #expect(try await runtime.outcome(of: call).value == 2)
    }
  }

  @Test("a group is started without the member that a person stops meanwhile", arguments: [0, 1])
  func stoppedInGroup(stopped: Int) async throws {
    let command = StubbornCommand()
    let fixture = RecoveryFixture(sandbox: command.sandbox)
    try await fixture.with { runtime in
      let handler = try #require(runtime.errorHandler)
      try await handler.registerStrategy(.validationError, strategy: .restart(preserveState: true))
      let worker = try await runtime.start("worker", StubbornCommand.program("worker"))
      let agents = [worker, try await runtime.start("other", GroupRecoveryTests.counter)]
      try await handler.supervise(
        SupervisionGroup(name: "g", strategy: .oneForAll, members: agents.map { .init($0) }))
      _ = try await runtime.execute(worker, input: ["commands": 1])
      await command.started()
      #expect(try await runtime.failure(of: worker, ["commands": 0]) == "Thrown")
      // The recovery has stopped both, and waits for the command.
      while try await runtime.lifecycle.getAgentState(worker) != .ready { await Task.yield() }
      try await runtime.lifecycle.stopAgent(agents[stopped])
      command.release()
      while try await runtime.lifecycle.getAgentState(agents[1 - stopped]) != .running { await Task.yield() }
      #expect(await fixture.events.next() == .recovered(.restart(preserveState: true)))
      let found = try await runtime.lifecycle.getAgent(agents[stopped])
      #expect(found.state == .ready && found.restartCount == 0)
      #expect(try await runtime.lifecycle.getAgent(agents[1 - stopped]).restartCount == 1)
      #expect(try await handler.pendingRecoveries().isEmpty)
    }
  }

  @Test("a member of a group is started although a person ends the one that failed at that moment")
  func ownerEndedDuringStart() async throws {
    let (starts, starting) = AsyncStream<Void>.makeStream()
    let isHeld = Mutex(false)
    let sandbox = FakeSandbox(attesting: { (_, _) throws(SandboxError) in
      starting.yield()
      while isHeld.withLock({ $0 }) { await Task.yield() }
    }) { _ in CommandResult(exitCode: 0) }
    try await RecoveryFixture(sandbox: sandbox).with { runtime in
      var attestations = starts.makeAsyncIterator()
      let handler = try #require(runtime.errorHandler)
      try await handler.registerStrategy(.validationError, strategy: .restart(preserveState: true))
      let owner = try await runtime.start("owner", GroupRecoveryTests.counter)
      let other = try await runtime.start("other", Self.program)
      _ = await attestations.next()
      try await Self.changeLimits(of: other, on: runtime)
      try await handler.supervise(
        SupervisionGroup(name: "g", strategy: .oneForAll, members: [.init(owner), .init(other)]))
      isHeld.withLock { $0 = true }
      #expect(try await runtime.failure(of: owner, ["fails": 1]) == "Thrown")
      _ = await attestations.next()
      try await runtime.lifecycle.terminateAgent(owner)
      isHeld.withLock { $0 = false }
      while try await runtime.lifecycle.getAgentState(other) != .running { await Task.yield() }
      #expect(try await runtime.lifecycle.getAgent(other).restartCount == 1)
    }
  }
}
