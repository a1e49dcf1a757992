import SymbiontCore
import SymbiontLanguage
import SymbiontRuntime
import SymbiontSandbox
import SymbiontStore
import Synchronization
import Testing

@Suite("going on after a stop or a crash")
struct RecoveryTests {
  /// Every kind of effect that a fake sandbox can serve, with state that a repetition would spoil.
  static let journey = """
    tool stamp { command ["stamp"] input n: int output String idempotent true }
    agent main(start: int) {
        policy p { allow: [exec, tool, memory_read, memory_write, call, spawn, send, receive, ask, publish] }
        let total = start;
        let seen = [];
        for i in range(0, 6) {
            remember("count", recall("count", 0) + 1);
            total += call("double", i);
            let r = exec("echo", "step", i);
            seen = push(seen, r.stdout);
            if i % 2 == 0 { sleep(1ms); }
            if i == 3 { checkpoint(); }
        }
        let both = parallel([() => { remember("a", total); recall("a") }, () => stamp(7), {agent: "double", input: 50}]);
        send("main", {hello: total});
        let m = receive();
        {total: total, seen: seen, both: both, count: recall("count"), message: m.payload, chance: random() < 1.0}
    }
    agent double(x: int) -> int { remember("calls", recall("calls", 0) + 1); x * 2 }
    """

  /// Runs the journey, stopping the runtime after every `interval` effects, until it ends.
  private func run(in directory: String, stoppingAfter interval: Int?) async throws -> (ExecutionOutcome, starts: Int) {
    let effects = Mutex(0)
    let (stops, stop) = AsyncStream<Void>.makeStream()
    let fixture = RuntimeFixture(
      directory: directory,
      change: { configuration in
        configuration.time = SystemTime()
        configuration.observer = { event in
          guard let interval, case .effectFinished = event.kind else { return }
          if effects.withLock({ count in
            count += 1
            return count % interval == 0
          }) {
            stop.yield()
          }
        }
      })
    var starts = 0
    var id: ExecutionID?
    while true {
      starts += 1
      let known = id
      let (outcome, execution) = try await fixture.with { runtime -> (ExecutionOutcome?, ExecutionID) in
        let execution =
          if let known { known } else { try await runtime.call(Self.journey, input: 100) }
        return try await withThrowingTaskGroup(of: ExecutionOutcome?.self) { group in
          group.addTask { try await runtime.outcome(of: execution) }
          group.addTask {
            for await _ in stops { return nil }
            return nil
          }
          defer { group.cancelAll() }
          return (try await group.next() ?? nil, execution)
        }
      }
      id = execution
      if let outcome { return (outcome, starts) }
    }
  }

  @Test("stopping after any number of effects changes neither result nor memory", arguments: [1, 2, 3, 5, 8, 13])
  func restarts(interval: Int) async throws {
    let undisturbed = try await RuntimeFixture.withDirectory { try await run(in: $0, stoppingAfter: nil).0 }
    let expected = try #require(undisturbed.value)
    #expect(expected["count"] == 6 && expected["total"] == 130)
    try await RuntimeFixture.withDirectory { directory in
      let (outcome, starts) = try await run(in: directory, stoppingAfter: interval)
      #expect(outcome.value == expected)
      #expect(starts > 1)
    }
  }

  @Test("a hibernated execution comes back on its event")
  func hibernation() async throws {
    let fixture = RuntimeFixture(change: { $0.maximumResidentExecutions = 0 })
    try await fixture.with { runtime in
      let id = try await runtime.call(
        "agent a { let big = map(range(0, 1000), x => {n: x}); let m = receive(); sleep(5s); [len(big), m.payload, big[999].n] }"
      )
      try await runtime.waitUntilWaiting(id)
      let sender = try await runtime.call("agent b { send(\"a\", \"wake\") }")
      _ = try await runtime.outcome(of: sender)
      while try await runtime.journal.effects(of: id).count < 2 { await Task.yield() }
      try await runtime.waitUntilWaiting(id)
      fixture.time.advance(by: .seconds(6))
      #expect(try await runtime.outcome(of: id).value == [1000, "wake", 999])
    }
  }

  /// A sandbox whose commands of one name never end by themselves.
  private func hanging(on name: String) -> FakeSandbox {
    FakeSandbox { command throws(SandboxError) in
      guard command.arguments.first == name else {
        return CommandResult(exitCode: 0, standardOutput: Array("done".utf8))
      }
      let (never, _) = AsyncStream<Void>.makeStream()
      for await _ in never {}
      throw .cancelled(operation: "run")
    }
  }

  @Test("a command that a crash interrupted is unknown to the program and is not run again")
  func outcomeUnknown() async throws {
    let program = """
      agent a {
          policy p { allow: exec }
          let first = try { exec("transfer", 100).stdout } catch (OutcomeUnknown e) { e.kind };
          [first, exec("after").stdout]
      }
      """
    try await RuntimeFixture.withDirectory { directory in
      let stuck = hanging(on: "transfer")
      let id = try await RuntimeFixture(sandbox: stuck, directory: directory).with { runtime in
        let id = try await runtime.call(program)
        while stuck.commands.isEmpty { await Task.yield() }
        return id
      }
      let healthy = FakeSandbox()
      try await RuntimeFixture(sandbox: healthy, directory: directory).with { runtime in
        let outcome = try await runtime.outcome(of: id)
        #expect(outcome.value == ["OutcomeUnknown", "after"])
        let statuses = try await runtime.journal.effects(of: id).map(\.status)
        #expect(statuses == [.done, .done])
      }
      #expect(stuck.commands.count == 1)
      #expect(healthy.commands.map(\.arguments) == [["after"]])
    }
  }

  @Test("an idempotent tool that a crash interrupted runs again under the same id")
  func idempotent() async throws {
    let program = """
      tool stamp { command ["stamp"] output String idempotent true }
      agent a { policy p { allow: tool } stamp() }
      """
    try await RuntimeFixture.withDirectory { directory in
      let stuck = hanging(on: "stamp")
      let id = try await RuntimeFixture(sandbox: stuck, directory: directory).with { runtime in
        let id = try await runtime.call(program)
        while stuck.commands.isEmpty { await Task.yield() }
        return id
      }
      let healthy = FakeSandbox()
      try await RuntimeFixture(sandbox: healthy, directory: directory).with { runtime in
        let outcome = try await runtime.outcome(of: id)
        #expect(outcome.value == "stamp")
      }
      #expect(healthy.commands.map(\.id) == stuck.commands.map(\.id))
    }
  }

  @Test("cancelling an execution ends the command that it runs and everything below it")
  func cancellation() async throws {
    let stuck = hanging(on: "forever")
    try await RuntimeFixture(sandbox: stuck).with { runtime in
      let id = try await runtime.call(
        "agent a { parallel([() => call(\"b\", null), () => receive()]) } agent b { policy p { allow: exec } exec(\"forever\") }"
      )
      while stuck.commands.isEmpty { await Task.yield() }
      #expect(try await runtime.cancel(id))
      #expect(try await runtime.outcome(of: id) == .cancelled)
      #expect(try await runtime.cancel(id) == false)
      let all = try await runtime.journal.executions()
      #expect(all.count == 4 && all.allSatisfy { $0.status == .cancelled })
    }
  }

  @Test("an execution whose program changed under it goes on with the program that it began with")
  func pinnedProgram() async throws {
    try await RuntimeFixture.withDirectory { directory in
      let id = try await RuntimeFixture(directory: directory).with { runtime in
        let id = try await runtime.call("agent a { receive(); \"old\" }")
        try await runtime.waitUntilWaiting(id)
        return id
      }
      try await RuntimeFixture(directory: directory).with { runtime in
        let newer = try await runtime.call("agent a { send(\"a\", 1); \"new\" }")
        #expect(try await runtime.outcome(of: newer).value == "new")
        #expect(try await runtime.outcome(of: id).value == "old")
      }
    }
  }

  @Test("a suspended agent does nothing until it is resumed")
  func suspended() async throws {
    let fixture = RuntimeFixture()
    try await fixture.with { runtime in
      let id = try await runtime.call("agent a { sleep(1s); remember(\"k\", 1); 5 }")
      try await runtime.waitUntilWaiting(id)
      let agent = try #require(try await runtime.execution(id)?.agentID)
      try await runtime.lifecycle.suspendAgent(agent)
      fixture.time.advance(by: .seconds(2))
      while try await runtime.execution(id)?.status != .ready { await Task.yield() }
      #expect(try await runtime.journal.effects(of: id).count == 1)
      await #expect(throws: ExecutionError.self) { try await runtime.execute(agent, input: .null) }
      try await runtime.lifecycle.resumeAgent(agent)
      #expect(try await runtime.outcome(of: id) == .completed(5))
    }
  }
}
