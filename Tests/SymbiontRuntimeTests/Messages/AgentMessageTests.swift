import Foundation
import SymbiontCore
import SymbiontLanguage
import SymbiontMessaging
import SymbiontRuntime
import SymbiontStore
import Synchronization
import Testing

@Suite("Messages of agents")
struct AgentMessageTests {
  private static let policy = """
    policy p { allow: [send, receive, ask, publish, subscribe, memory_read, memory_write, spawn] }
    """

  @Test("are taken once and in order, although the runtime stops at any effect", arguments: [1, 2, 3, 5, 7])
  func exactlyOnce(interval: Int) async throws {
    let program = """
      agent reader {
          \(Self.policy)
          let seen = [];
          while len(seen) < 12 {
              let m = receive();
              remember("taken", recall("taken", 0) + 1);
              seen = push(seen, m.payload);
          }
          {seen: seen, taken: recall("taken"), left: receive(timeout: 0s)}
      }
      agent writer { \(Self.policy) for i in range(0, 12) { send("reader", i); } }
      """
    try await RuntimeFixture.withDirectory { directory in
      let (stops, stop) = AsyncStream<Void>.makeStream()
      let effects = Mutex(0)
      let fixture = RuntimeFixture(
        directory: directory,
        change: { configuration in
          configuration.observer = { event in
            guard case .effectFinished = event.kind else { return }
            if effects.withLock({ count in
              count += 1
              return count % interval == 0
            }) {
              stop.yield()
            }
          }
        })
      let reader = try await fixture.with { runtime in
        let agents = try await runtime.deploy(SourceText(name: "test.symbi", text: program))
        let reader = try await runtime.execute(agents[0].id, input: .null)
        _ = try await runtime.execute(agents[1].id, input: .null)
        return reader
      }
      var outcome: ExecutionOutcome?
      while outcome == nil {
        outcome = try await fixture.with { runtime in
          try await withThrowingTaskGroup(of: ExecutionOutcome?.self) { group in
            group.addTask { try await runtime.outcome(of: reader) }
            group.addTask {
              for await _ in stops { return nil }
              return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
          }
        }
      }
      let numbers = Value.array((0..<12).map { .int($0) })
      #expect(outcome?.value == .record(["seen": numbers, "taken": 12, "left": .null]))
    }
  }

  @Test("call an event-driven agent once each, and wait while it is suspended")
  func eventDriven() async throws {
    try await RuntimeFixture().with { runtime in
      let source = SourceText(
        name: "on.symbi",
        text: """
          agent counter(event: any) {
              \(Self.policy)
              send("collector", event.payload);
          }
          """)
      let counter = try #require(try await runtime.deploy(source, mode: .eventDriven).first)
      try await runtime.lifecycle.suspendAgent(counter.id)
      let collector = try await runtime.call(
        """
        agent collector {
            \(Self.policy)
            send("counter", 5); send("counter", 7);
            let quiet = receive(timeout: 0s);
            let events = [receive().payload, receive().payload];
            [quiet, events[0] + events[1], events[0] * events[1], receive(timeout: 0s)]
        }
        """)
      try await runtime.waitUntilWaiting(collector)
      #expect(try await runtime.bus?.getAgentTopics(counter.id) == [])
      try await runtime.lifecycle.resumeAgent(counter.id)
      #expect(try await runtime.outcome(of: collector).value == [.null, 12, 35, .null])
    }
  }

  @Test("an answer of an agent that was not asked is refused, and a late one is a dead letter")
  func replies() async throws {
    let fixture = RuntimeFixture()
    try await fixture.with { runtime in
      let id = try await runtime.call(
        """
        agent asker {
            \(Self.policy)
            let helper = spawn("slow", null);
            let first = try { ask("slow", "hurry", timeout: 5s) } catch (Timeout e) { e.kind };
            let m = receive();
            let forged = try { reply(m.payload, "mine"); } catch (MessageError e) { "refused" };
            send("slow", "now");
            [first, forged, receive().payload]
        }
        agent slow {
            \(Self.policy)
            let request = receive();
            send("asker", request.id);
            receive();
            let late = try { reply(request, "done"); } catch (MessageError e) { "late" };
            send("asker", late);
        }
        """)
      let bus = try #require(runtime.bus)
      while try await runtime.journal.effects(of: id).count < 2 { await Task.yield() }
      try await runtime.waitUntilWaiting(id)
      while bus.statistics.sent < 2 { await Task.yield() }
      fixture.time.advance(by: .seconds(6))
      #expect(try await runtime.outcome(of: id).value == ["Timeout", "refused", "late"])
      let letters = try await bus.deadLetters()
      #expect(letters.count >= 1)
      #expect(letters.contains { $0.reason.contains("nobody waited") }, "\(letters)")
    }
  }

  @Test("of a terminated agent become dead letters, and it gets no more")
  func terminated() async throws {
    try await RuntimeFixture().with { runtime in
      let agents = try await runtime.deploy(
        SourceText(
          name: "test.symbi",
          text: """
            agent sender(to: string) { \(Self.policy) try { send(to, "x"); "sent" } catch (MessageError e) { e.message } }
            agent victim { \(Self.policy) receive(); }
            """))
      let first = try await runtime.execute(agents[0].id, input: "victim")
      #expect(try await runtime.outcome(of: first).value == "sent")
      try await runtime.lifecycle.terminateAgent(agents[1].id)
      #expect(try await runtime.bus?.deadLetters().map(\.reason) == ["the receiver was unregistered"])
      let second = try await runtime.execute(agents[0].id, input: .string("\(agents[1].id)"))
      #expect(try await runtime.outcome(of: second).value == "agent `victim` is terminated")
    }
  }

  @Test("rest sealed in the store, and without their key messages are refused and everything else goes on")
  func sealed() async throws {
    let secret = "the quick brown fox"
    let program = """
      agent a {
          \(Self.policy)
          remember("works", true);
          try { send("b", recall("x", "nothing")); "sent" } catch (MessageError e) { e.data.code }
      }
      agent b { \(Self.policy) receive().payload }
      """
    try await RuntimeFixture.withDirectory { directory in
      let fixture = RuntimeFixture(directory: directory)
      try await fixture.with { runtime in
        let agents = try await runtime.deploy(SourceText(name: "test.symbi", text: program))
        let bus = try #require(runtime.bus)
        let id = try await runtime.execute(agents[0].id, input: .null)
        #expect(try await runtime.outcome(of: id).value == "sent")
        // One that no program sent, as text.
        _ = try await bus.sendMessage(
          Message(id: MessageID(), from: agents[0].id, to: agents[1].id, topic: "t", payload: Array(secret.utf8)))
      }
      let mode = try FileManager.default.attributesOfItem(atPath: "\(directory)/master.key")[.posixPermissions] as? Int
      #expect(mode == 0o600)
      for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
        let bytes = FileManager.default.contents(atPath: "\(directory)/\(name)") ?? Data()
        #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(name) shows the message")
      }
      let stranger = RuntimeFixture(directory: directory, change: { $0.masterKey = nil })
      try await stranger.with { runtime in
        let agents = try await runtime.deploy(SourceText(name: "test.symbi", text: program))
        let id = try await runtime.execute(agents[0].id, input: .null)
        #expect(try await runtime.outcome(of: id).value != "sent")
        #expect(runtime.bus == nil)
      }
      try await fixture.with { runtime in
        let agents = try await runtime.deploy(SourceText(name: "test.symbi", text: program))
        let first = try await runtime.execute(agents[1].id, input: .null)
        #expect(try await runtime.outcome(of: first).value == "nothing")
        let second = try await runtime.execute(agents[1].id, input: .null)
        #expect(try await runtime.outcome(of: second).value == .string(secret))
      }
    }
  }
}
