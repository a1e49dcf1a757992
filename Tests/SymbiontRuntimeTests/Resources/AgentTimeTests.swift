import SymbiontCore
import SymbiontLanguage
import SymbiontResources
import SymbiontSandbox
import Synchronization
import Testing

@testable import SymbiontRuntime

@Suite("The times of agents")
struct AgentTimeTests {
  private static let limits = ResourceLimits(idleTimeout: .seconds(10))

  @Test("an agent rests when nothing of it runs, and counts once")
  func idleAgents() {
    var idle = IdleAgents()
    let (agent, one, two) = (AgentID(), ExecutionID(), ExecutionID())
    idle.began(one, of: agent, limits: Self.limits)
    idle.began(two, of: agent, limits: Self.limits)
    #expect(idle.ended(one, isResident: true, at: .epoch) == nil, "another one still runs")
    #expect(idle.ended(two, isResident: false, at: .epoch + .seconds(1)) == .epoch + .seconds(11))
    #expect(idle.due(at: .epoch + .seconds(10)) == [])
    #expect(idle.due(at: .epoch + .seconds(11)) == [agent])
    #expect(idle.due(at: .epoch + .seconds(100)) == [] && idle.next == nil)
  }

  @Test("an agent that works again is not late, and one without a machine in memory never is")
  func notLate() {
    var idle = IdleAgents()
    let (agent, one) = (AgentID(), ExecutionID())
    idle.began(one, of: agent, limits: Self.limits)
    #expect(idle.ended(one, isResident: true, at: .epoch) != nil)
    idle.began(one, of: agent, limits: Self.limits)
    #expect(idle.next == nil && idle.due(at: .epoch + .seconds(100)) == [])
    let other = AgentID()
    idle.began(ExecutionID(), of: other, limits: Self.limits)
    let ended = ExecutionID()
    idle.began(ended, of: AgentID(), limits: Self.limits)
    #expect(idle.ended(ended, isResident: false, at: .epoch) == nil)
  }

  @Test("an agent that does nothing for its idle timeout leaves the memory, and goes on with its message")
  func hibernation() async throws {
    let fixture = RuntimeFixture()
    try await fixture.with { runtime in
      let agents = try await runtime.deploy(
        SourceText(
          name: "t.symbi", text: "agent a { receive().payload + 1 }\nagent b(to: string) { send(to, 41) }"))
      let waiting = try await runtime.execute(agents[0].id, input: .null)
      try await runtime.waitUntilWaiting(waiting)
      while runtime.engine.state.withLock({ $0.residentCount }) == 0 || runtime.engine.idle.withLock(\.next) == nil {
        await Task.yield()
      }
      fixture.time.advance(by: .seconds(301))
      while runtime.engine.state.withLock({ $0.residentCount }) > 0 { await Task.yield() }
      _ = try await runtime.execute(agents[1].id, input: "a")
      #expect(try await runtime.outcome(of: waiting).value == 42)
    }
  }

  @Test("an execution that takes longer than it may ends, its command is killed, and an event tells")
  func executionTimeout() async throws {
    let (started, starting) = AsyncStream<Void>.makeStream()
    let sandbox = FakeSandbox { command throws(SandboxError) in
      starting.finish()
      do { try await Task.sleep(for: .seconds(600)) } catch { throw .cancelled(operation: command.arguments[0]) }
      return CommandResult(exitCode: 0)
    }
    let fixture = RuntimeFixture(sandbox: sandbox)
    try await fixture.with { runtime in
      let resources = try #require(runtime.resources)
      var events = resources.events().makeAsyncIterator()
      let id = try await runtime.call("policy p { allow: all } agent a { with timeout = 5s { exec(\"x\") } }")
      for await _ in started {}
      fixture.time.advance(by: .seconds(6))
      #expect(try await runtime.outcome(of: id).error?.kind == "Timeout")
      guard case .violated(let violation) = await events.next() else {
        Issue.record("no event came")
        return
      }
      #expect(violation.resource == .executionTime && violation.limit == 5 && violation.observed == 6)
      while await resources.getSystemResources().allocationCount > 0 { await Task.yield() }
    }
  }
}
