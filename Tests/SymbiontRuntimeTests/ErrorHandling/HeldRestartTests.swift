import SymbiontCore
import SymbiontLanguage
import SymbiontRecovery
import SymbiontRuntime
import SymbiontSandbox
import Synchronization
import Testing

@Suite("Members of a group whose restart is held up")
struct HeldRestartTests {
  private static let worker =
    "agent worker(commands: int) { policy p { allow: [exec] } if commands > 0 { exec(\"true\"); } throw \"x\" }"

  /// A sandbox whose commands do not stop when they are told to, and that holds up the starts of agents with a limit.
  private struct HeldSandbox: Sendable {
    static let heldLimit = Duration.seconds(60)

    let commands: AsyncStream<Void>
    let attestations: AsyncStream<Void>
    let sandbox: FakeSandbox
    let holdAttestation: @Sendable () -> Void
    let releaseAttestation: @Sendable () -> Void
    let releaseCommand: @Sendable () -> Void

    init() {
      let (commands, commanding) = AsyncStream<Void>.makeStream()
      let (attestations, attesting) = AsyncStream<Void>.makeStream()
      let isHeld = Mutexes()
      (self.commands, self.attestations) = (commands, attestations)
      sandbox = FakeSandbox(attesting: { (_, limits) throws(SandboxError) in
        guard limits.executionTimeout == Self.heldLimit, isHeld.attestation.withLock({ $0 }) else { return }
        attesting.yield()
        while isHeld.attestation.withLock({ $0 }) { await Task.yield() }
      }) { _ throws(SandboxError) in
        commanding.yield()
        while isHeld.command.withLock({ $0 }) { await Task.yield() }
        return CommandResult(exitCode: 0)
      }
      holdAttestation = { isHeld.attestation.withLock { $0 = true } }
      releaseAttestation = { isHeld.attestation.withLock { $0 = false } }
      releaseCommand = { isHeld.command.withLock { $0 = false } }
    }

    private final class Mutexes: Sendable {
      let attestation = Mutex(false)
      let command = Mutex(true)
    }
  }

  @Test("a member that its own failover stops while its group is restarted is not started when that is over")
  func failover() async throws {
    let held = HeldSandbox()
    let fixture = RecoveryFixture(sandbox: held.sandbox)
    try await fixture.with { runtime in
      let handler = try #require(runtime.errorHandler)
      try await handler.registerStrategy(.validationError, strategy: .restart(preserveState: true))
      let owner = try await runtime.start("owner", GroupRecoveryTests.counter)
      let member = try await runtime.start("member", Self.worker)
      let last = try await runtime.start("last", Self.worker)
      let backup = try await runtime.start("backup", Self.worker)
      try await handler.registerStrategy(.validationError, strategy: .failover(backupAgent: backup), for: member)
      // Other limits are to be shown anew, which is held up from now on.
      var config = try await runtime.lifecycle.getAgent(last).config
      config.resourceLimits.executionTimeout = HeldSandbox.heldLimit
      try await runtime.lifecycle.updateAgentConfig(last, config: config)
      held.holdAttestation()
      try await handler.supervise(
        SupervisionGroup(name: "g", strategy: .oneForAll, members: [owner, member, last].map { .init($0) }))
      #expect(try await runtime.failure(of: owner, ["fails": 1]) == "Thrown")
      for await _ in held.attestations { break }
      #expect(try await runtime.lifecycle.getAgentState(member) == .running)
      _ = try await runtime.execute(member, input: ["commands": 1])
      for await _ in held.commands { break }
      #expect(try await runtime.failure(of: member, ["commands": 0]) == "Thrown")
      while try await runtime.lifecycle.getAgentState(member) != .ready { await Task.yield() }
      held.releaseAttestation()
      #expect(await fixture.events.next() == .recovered(.restart(preserveState: true)))
      #expect(try await runtime.lifecycle.getAgentState(last) == .running)
      #expect(try await runtime.lifecycle.getAgentState(member) == .ready)
      held.releaseCommand()
      #expect(await fixture.events.next() == .recovered(.failover(backupAgent: backup)))
      #expect(try await runtime.lifecycle.getAgent(member).restartCount == 1)
      #expect(try await runtime.lifecycle.getAgentState(member) == .ready)
      #expect(try await handler.pendingRecoveries().isEmpty)
    }
  }

  @Test("a call that fails once its agent was started again is repeated when the restart of the group is over")
  func repeatedCall() async throws {
    let program = """
      agent worker(m) { let n = recall("n", 0) + 1; remember("n", n); if n <= 2 { throw "not yet" } }
      """
    let held = HeldSandbox()
    let fixture = RecoveryFixture(sandbox: held.sandbox)
    try await fixture.with { runtime in
      let handler = try #require(runtime.errorHandler)
      try await handler.registerStrategy(.validationError, strategy: .restart(preserveState: true))
      let owner = try await runtime.start("owner", program, mode: .eventDriven)
      let last = try await runtime.start("last", Self.worker)
      var config = try await runtime.lifecycle.getAgent(last).config
      config.resourceLimits.executionTimeout = HeldSandbox.heldLimit
      try await runtime.lifecycle.updateAgentConfig(last, config: config)
      held.holdAttestation()
      try await handler.supervise(
        SupervisionGroup(name: "g", strategy: .oneForAll, members: [owner, last].map { .init($0) }))
      #expect(try await runtime.failure(of: owner, ["payload": "a"]) == "Thrown")
      for await _ in held.attestations { break }
      try await handler.registerStrategy(.validationError, strategy: .retry(maxAttempts: 1, backoff: .zero))
      try await runtime.send(["hello"], to: owner)
      while try await handler.getErrorStats(owner).totalErrors < 2 { await Task.yield() }
      #expect(try await handler.pendingRecoveries().map(\.strategy) == [.restart(preserveState: true)])
      held.releaseAttestation()
      #expect(await fixture.events.next() == .recovered(.restart(preserveState: true)))
      while try await !runtime.journal.executions().contains(where: { $0.agentID == owner && $0.status == .completed })
      {
        await Task.yield()
      }
      #expect(try await runtime.lifecycle.getAgent(owner).restartCount == 1)
      #expect(try await runtime.lifecycle.getAgentState(last) == .running)
    }
  }
}
