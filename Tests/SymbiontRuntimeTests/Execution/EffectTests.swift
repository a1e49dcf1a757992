import SymbiontCore
import SymbiontLanguage
import SymbiontRuntime
import SymbiontSandbox
import Testing

@Suite("effects")
struct EffectTests {
  @Test("memory keeps what was remembered until it is forgotten")
  func memory() async throws {
    let outcome = try await RuntimeFixture().outcome(
      """
      agent a {
          remember("k", {list: [1, 2.5, "x", null, true]});
          let kept = recall("k");
          let gone = forget("k");
          let again = forget("k");
          [kept, gone, again, recall("k", "none")]
      }
      """)
    #expect(
      outcome.value == [["list": [1, 2.5, "x", nil, true]], true, false, "none"])
  }

  @Test("memory records are found by their words, the best first")
  func search() async throws {
    let outcome = try await RuntimeFixture().outcome(
      """
      memory incidents { kind "text" }
      agent a {
          memory_write("incidents", {route: "/checkout", note: "database timeout"});
          memory_write("incidents", {route: "/login", note: "bad gateway"});
          memory_write("incidents", {route: "/cart", note: "database slow, database down"});
          let found = memory_search("incidents", "DATABASE");
          let none = memory_search("incidents", "quantum\\" OR *");
          [map(found, r => r.route), len(none), len(memory_search("incidents", "", limit: 2))]
      }
      """)
    #expect(outcome.value == [["/cart", "/checkout"], 0, 2])
  }

  @Test("time and chance are recorded")
  func timeAndChance() async throws {
    let outcome = try await RuntimeFixture().outcome(
      "agent a { let r = random(); [now(), r >= 0.0 && r < 1.0, len(uuid())] }")
    #expect(outcome.value == [1_760_000_000.0, true, 36])
  }

  @Test("a call gives the other agent's result, and its failure as AgentFailed")
  func call() async throws {
    let outcome = try await RuntimeFixture().outcome(
      """
      agent a {
          let good = call("half", 10);
          let bad = try { call("half", "ten") } catch (AgentFailed e) { e.message };
          let missing = try { call("nobody", 1) } catch (e) { e.kind };
          [good, bad, missing]
      }
      agent half(x: int) -> int { x / 2 }
      """)
    #expect(
      outcome.value == [
        5, "agent `half` failed: TypeError: input: expected int, found String", "AgentFailed",
      ])
  }

  @Test("parallel gives results in the order of its branches, and throws the first failure")
  func parallel() async throws {
    let outcome = try await RuntimeFixture().outcome(
      """
      agent a {
          let base = 100;
          let results = parallel([() => base + 1, () => call("double", 2), {agent: "double", input: 3}]);
          let failed = try { parallel([() => 1 / 0, () => receive()]) } catch (DivisionByZero e) { e.kind };
          [results, failed, parallel([])]
      }
      agent double(x: int) -> int { x * 2 }
      """)
    #expect(outcome.value == [[101, 4, 6], "DivisionByZero", []])
  }

  @Test("race gives the first success and cancels the rest")
  func race() async throws {
    let outcome = try await RuntimeFixture().outcome(
      """
      agent a {
          let won = race([() => receive(), () => 7, () => receive()]);
          let lost = try { race([() => 1 / 0, () => [1][5]]) } catch (e) { e.kind };
          [won, lost == "DivisionByZero" || lost == "IndexError"]
      }
      """)
    #expect(outcome.value == [7, true])
  }

  @Test("sleep wakes at its time and not before")
  func sleep() async throws {
    let fixture = RuntimeFixture()
    try await fixture.with { runtime in
      let id = try await runtime.call("agent a { sleep(10s); now() }")
      try await runtime.waitUntilWaiting(id)
      fixture.time.advance(by: .seconds(9))
      #expect(try await runtime.execution(id)?.status == .waiting)
      fixture.time.advance(by: .seconds(2))
      #expect(try await runtime.outcome(of: id) == .completed(1_760_000_011.0))
    }
  }

  @Test("an agent's own time limit ends it while it waits")
  func timeLimit() async throws {
    let fixture = RuntimeFixture()
    try await fixture.with { runtime in
      let id = try await runtime.call("agent a { with timeout = 30s { receive() } }")
      try await runtime.waitUntilWaiting(id)
      fixture.time.advance(by: .seconds(31))
      #expect(try await runtime.outcome(of: id).error?.kind == "Timeout")
    }
  }

  @Test("messages are received in order of priority and age, and expire")
  func messages() async throws {
    let fixture = RuntimeFixture()
    try await fixture.with { runtime in
      let id = try await runtime.call(
        """
        agent a {
            send("b", "old", ttl: 1s);
            send("b", 1);
            send("b", 2, priority: "high", topic: "t");
            sleep(2s);
            let result = call("b", null);
            let nobody = try { send("nobody", 1) } catch (MessageError e) { e.message };
            [result, nobody]
        }
        agent b { let first = receive(); let second = receive(); [first.payload, first.topic, second.payload, receive(timeout: 0s)] }
        """)
      try await runtime.waitUntilWaiting(id)
      fixture.time.advance(by: .seconds(3))
      let outcome = try await runtime.outcome(of: id)
      #expect(outcome.value == [[2, "t", 1, nil], "there is no agent `nobody`"])
    }
  }

  @Test("ask is answered by a reply, by a called agent, or times out")
  func ask() async throws {
    let fixture = RuntimeFixture()
    try await fixture.with { runtime in
      let id = try await runtime.call(
        """
        agent a {
            let worker = spawn("server", null);
            let answer = ask("server", 20);
            let called = ask("echo", "hi");
            let late = try { ask("silent", 1, timeout: 5s) } catch (Timeout e) { "late" };
            [answer, called, late]
        }
        agent server { let m = receive(); reply(m, m.payload + 1); }
        agent echo(x: any) -> any { x }
        agent silent(x: any) { receive() }
        """)
      while true {
        let effects = try await runtime.journal.effects(of: id)
        if effects.count == 4, effects[3].status == .waiting { break }
        await Task.yield()
      }
      fixture.time.advance(by: .seconds(6))
      #expect(try await runtime.outcome(of: id).value == [21, "hi", "late"])
    }
  }

  @Test("topics reach those who subscribed")
  func topics() async throws {
    let outcome = try await RuntimeFixture().outcome(
      """
      agent a {
          subscribe("news");
          let first = publish("news", {n: 1});
          let got = receive();
          unsubscribe("news");
          [first, got.topic, got.payload.n, publish("news", 2)]
      }
      """)
    #expect(outcome.value == [1, "news", 1, 0])
  }

  @Test("a command runs in the sandbox when a rule allows it")
  func exec() async throws {
    let outcome = try await RuntimeFixture().outcome(
      """
      agent a {
          policy p { allow: exec("echo", any) }
          let r = exec("echo", "a b", 3, stdin: "in", timeout: 5s, env: {K: "v"});
          [r.exit_code, r.stdout, r.timed_out]
      }
      """)
    #expect(outcome.value == [0, "echo a b 3", false])
  }

  @Test("a missing sandbox is an error that the program can catch")
  func missingSandbox() async throws {
    let fixture = RuntimeFixture(change: { $0.sandbox = nil })
    let outcome = try await fixture.outcome(
      "agent a { policy p { allow: exec } try { exec(\"ls\") } catch (SandboxUnavailable e) { e.data.code } }")
    #expect(outcome.value == "SANDBOX_ENGINE_MISSING" || outcome.value == "ENGINE_MISSING", "\(outcome)")
  }

  @Test("a tool checks its arguments, passes them on, and parses its output")
  func tools() async throws {
    let sandbox = FakeSandbox { command in
      let text = command.arguments == ["wc", "-w"] ? "  \(command.standardInput.split(separator: 32).count)\n" : "no"
      return CommandResult(exitCode: command.arguments.first == "false" ? 3 : 0, standardOutput: Array(text.utf8))
    }
    try await RuntimeFixture(sandbox: sandbox).with { runtime in
      let id = try await runtime.call(
        """
        tool words { description "counts words" command ["wc", "-w"] input text: String -> stdin output int }
        tool broken { command ["false"] output int }
        tool wrong { command ["other"] output int }
        agent a {
            policy p { allow: tool }
            let mistyped = try { words(parse_json("5")) } catch (TypeError e) { e.message };
            let failed = try { broken() } catch (ToolFailed e) { e.data.exit_code };
            let unparsed = try { wrong() } catch (ToolFailed e) { e.message };
            [words("one two three"), words(text: "x"), mistyped, failed, unparsed]
        }
        """)
      #expect(
        try await runtime.outcome(of: id).value == [
          3, 1, "words.text: expected String, found int", 3, "tool `wrong` did not print int as it declares",
        ])
      let names = try await runtime.journal.effects(of: id).map(\.name)
      #expect(names == ["words", "broken", "wrong", "words", "words"])
    }
  }

  @Test("a command runs in the tier that its program asks for", arguments: [1, 2, 3])
  func tiers(number: Int) async throws {
    let sandbox = FakeSandbox { command in
      CommandResult(exitCode: 0, standardOutput: Array("\(command.tier.name)".utf8))
    }
    let outcome = try await RuntimeFixture(sandbox: sandbox).outcome(
      """
      agent a { policy p { allow: exec } with sandbox = "tier\(number)" { exec("true").stdout } }
      """)
    #expect(outcome.value == .string("Tier\(number)"))
  }

  @Test("effects that come later are refused, not pretended")
  func unavailable() async throws {
    let outcome = try await RuntimeFixture().outcome(
      """
      agent a {
          capabilities = ["Network"]
          policy p { allow: [http, request_approval] }
          let one = try { http("GET", "http://localhost") } catch (EffectUnavailable e) { e.kind };
          [one, try { request_approval({action: "x"}) } catch (e) { e.kind }]
      }
      """)
    #expect(outcome.value == ["EffectUnavailable", "EffectUnavailable"])
  }

  @Test("a program that spins is ended, and so is one that asks without end")
  func runaway() async throws {
    let fixture = RuntimeFixture(change: {
      $0.limits.fuelPerActivation = 200_000
      $0.limits.effectsPerExecution = 1_000
    })
    let spin = try await fixture.outcome("agent a { while true { try { throw \"x\" } catch (e) { } } }")
    #expect(spin.error?.kind == "LimitExceeded")
    let asks = try await fixture.outcome("agent a { while true { now(); } }")
    #expect(asks.error?.kind == "LimitExceeded")
  }
}
