import SymbiontCore
import SymbiontMessaging
import Testing

@Suite("Requests and answers")
struct AskTests {
  @Test("belong to each other, and the answer is delivered")
  func answered() async throws {
    let harness = try await BusHarness()
    let (asker, asked) = (try await harness.agent(), try await harness.agent())
    let request = message(from: asker, to: asked, "what?")
    async let answer = harness.bus.ask(request, timeout: .seconds(5))
    let received = try #require(try await harness.bus.nextMessages(for: asked).first)
    let reply = try await harness.bus.reply(to: received, payload: Array("that".utf8))
    try await harness.bus.acknowledge([received.message.id], by: asked)
    let given = try await answer
    #expect(texts([given]) == ["that"])
    #expect(given.message.inReplyTo == request.id)
    #expect(try await harness.bus.getMessageStatus(reply) == .delivered)
    #expect(try await harness.bus.receiveMessages(asker).isEmpty)
  }

  @Test("that come too late are dead letters, and can be replayed as messages")
  func late() async throws {
    let harness = try await BusHarness()
    let (asker, asked) = (try await harness.agent(), try await harness.agent())
    let request = message(from: asker, to: asked)
    let asking = Task {
      await code { () async throws(CommunicationError) in try await harness.bus.ask(request, timeout: .seconds(5)) }
    }
    let received = try #require(try await harness.bus.nextMessages(for: asked).first)
    harness.clock.advance(by: .seconds(5))
    #expect(await asking.value == "COMMUNICATION_TIMED_OUT")
    let reply = try await harness.bus.reply(to: received, payload: [1])
    #expect(try await harness.bus.getMessageStatus(reply) == .failed)
    #expect(try await harness.bus.deadLetters().map(\.messageID) == [reply])
    #expect(try await harness.bus.deadLetters().first?.reason == "the answer came when nobody waited for it any more")
    try await harness.bus.replayDeadLetter(reply)
    #expect(try await harness.bus.receiveMessages(asker).map(\.message.id) == [reply])
  }

  @Test("are not answered by another agent than the one that was asked")
  func impostor() async throws {
    let harness = try await BusHarness()
    let (asker, asked, other) = (try await harness.agent(), try await harness.agent(), try await harness.agent())
    let request = message(from: asker, to: asked)
    let asking = Task { try await harness.bus.ask(request, timeout: .seconds(5)) }
    let received = try #require(try await harness.bus.nextMessages(for: asked).first)
    let forged = message(from: other, to: asker, "forged", inReplyTo: request.id)
    _ = try await harness.bus.sendMessage(forged)
    #expect(try await harness.bus.getMessageStatus(forged.id) == .failed)
    _ = try await harness.bus.reply(to: received, payload: Array("true".utf8))
    #expect(texts([try await asking.value]) == ["true"])
  }

  @Test("end when the caller gives up, and when the bus stops")
  func cancelled() async throws {
    let harness = try await BusHarness()
    let (asker, asked) = (try await harness.agent(), try await harness.agent())
    func asking() -> Task<String?, Never> {
      Task {
        await code { () async throws(CommunicationError) in
          try await harness.bus.ask(message(from: asker, to: asked), timeout: .seconds(5))
        }
      }
    }
    let first = asking()
    let received = try #require(try await harness.bus.nextMessages(for: asked).first)
    first.cancel()
    #expect(await first.value == "COMMUNICATION_CANCELLED")
    let reply = try await harness.bus.reply(to: received, payload: [])
    #expect(try await harness.bus.getMessageStatus(reply) == .failed)
    let second = asking()
    _ = try await harness.bus.nextMessages(for: asked)
    try await harness.bus.shutdown()
    #expect(await second.value == "COMMUNICATION_SHUTTING_DOWN")
  }

  @Test("waiting for a message ends with the task and with the bus")
  func waiting() async throws {
    let harness = try await BusHarness()
    let agent = try await harness.agent()
    func waiting() -> Task<String?, Never> {
      Task { await code { () async throws(CommunicationError) in try await harness.bus.nextMessages(for: agent) } }
    }
    let first = waiting()
    first.cancel()
    #expect(await first.value == "COMMUNICATION_CANCELLED")
    let second = waiting()
    let third = waiting()
    try await harness.bus.shutdown()
    #expect(await second.value == "COMMUNICATION_SHUTTING_DOWN")
    #expect(await third.value == "COMMUNICATION_SHUTTING_DOWN")
  }
}
