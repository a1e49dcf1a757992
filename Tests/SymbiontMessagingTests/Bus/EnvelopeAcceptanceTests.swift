import SymbiontCore
import SymbiontMessaging
import SymbiontStore
import Testing

@Suite("Envelopes from outside, and keys")
struct EnvelopeAcceptanceTests {
  private func refusal(_ bus: DefaultCommunicationBus, _ envelope: [UInt8]) async -> String? {
    await code { () async throws(CommunicationError) in try await bus.accept(envelope) }
  }

  @Test("are taken once and in order, also after a restart")
  func replay() async throws {
    let harness = try await BusHarness()
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    var envelopes: [[UInt8]] = []
    for number in 0..<3 {
      envelopes.append(try await harness.bus.sealed(message(from: sender, to: receiver, "\(number)")))
    }
    #expect(await refusal(harness.bus, envelopes[0]) == nil)
    #expect(await refusal(harness.bus, envelopes[0]) == "MESSAGE_REPLAYED")
    #expect(await refusal(harness.bus, envelopes[2]) == nil)
    #expect(await refusal(harness.bus, envelopes[1]) == "MESSAGE_OUT_OF_ORDER")
    #expect(texts(try await harness.bus.receiveMessages(receiver)) == ["0", "2"])
    #expect(harness.bus.statistics.refused == ["MESSAGE_REPLAYED": 1, "MESSAGE_OUT_OF_ORDER": 1])
    let bus = try await harness.reopen()
    #expect(await refusal(bus, envelopes[2]) == "MESSAGE_REPLAYED")
    #expect(await refusal(bus, envelopes[1]) == "MESSAGE_OUT_OF_ORDER")
  }

  @Test("that were tampered with, have expired, or are for or from nobody here are refused")
  func foreign() async throws {
    let harness = try await BusHarness()
    let other = try await BusHarness()
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    var envelope = try await harness.bus.sealed(message(from: sender, to: receiver))
    envelope[60] ^= 1
    #expect(await refusal(harness.bus, envelope) != nil)
    let short = try await harness.bus.sealed(message(from: sender, to: receiver, ttl: .seconds(1)))
    harness.clock.advance(by: .seconds(1))
    #expect(await refusal(harness.bus, short) == "MESSAGE_EXPIRED")
    let foreign = try await harness.bus.sealed(message(from: sender, to: receiver))
    #expect(await refusal(other.bus, foreign) == "COMMUNICATION_KEY_UNKNOWN")
    // The same agents, but other keys.
    for agent in [sender, receiver] { try await other.bus.registerAgent(agent, capabilities: []) }
    #expect(await refusal(other.bus, foreign) == "MESSAGE_SIGNATURE_INVALID")
    #expect(await refusal(harness.bus, Array("nonsense".utf8)) == "ENVELOPE_MALFORMED")
  }

  @Test("signed by rotated keys are good, by revoked ones refused")
  func rotation() async throws {
    let harness = try await BusHarness()
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    let bus = harness.bus
    let old = try await bus.sealed(message(from: sender, to: receiver, "old"))
    let older = try await bus.publicKeys(of: sender)
    try await bus.rotateKeys(of: sender)
    try await bus.rotateKeys(of: receiver)
    #expect(await refusal(bus, old) == nil)
    _ = try await bus.sendMessage(message(from: sender, to: receiver, "new"))
    #expect(texts(try await bus.receiveMessages(receiver)) == ["old", "new"])
    let keys = try await bus.publicKeys(of: sender)
    #expect(keys.map(\.epoch) == [1, 2])
    #expect(keys[0] == older[0])
    #expect(keys[0].fingerprint != keys[1].fingerprint)

    let revoked = message(from: sender, to: receiver, "revoked")
    _ = try await bus.sendMessage(revoked)
    let carried = try await bus.sealed(message(from: sender, to: receiver))
    try await bus.revokeKeys(of: sender, epoch: 2)
    #expect(
      await code { () async throws(CommunicationError) in try await bus.revokeKeys(of: sender, epoch: 2) }
        == "COMMUNICATION_KEY_UNKNOWN")
    #expect(
      await code { () async throws(CommunicationError) in try await bus.revokeKeys(of: AgentID(), epoch: 0) }
        == "COMMUNICATION_KEY_UNKNOWN")
    #expect(await refusal(bus, carried) == "COMMUNICATION_KEY_REVOKED")
    #expect(try await bus.receiveMessages(receiver).isEmpty)
    try await harness.settle()
    #expect(try await bus.getMessageStatus(revoked.id) == .failed)
    _ = try await bus.sendMessage(message(from: sender, to: receiver, "third"))
    #expect(texts(try await bus.receiveMessages(receiver)) == ["third"])
    let reopened = try await harness.reopen()
    _ = try await reopened.sendMessage(message(from: sender, to: receiver, "fourth"))
    #expect(texts(try await reopened.receiveMessages(receiver)).contains("fourth"))
    #expect(try await reopened.publicKeys(of: sender).map { $0.revokedAt == nil } == [true, false, true])
  }

  @Test("never have the same nonce, also across restarts")
  func nonces() async throws {
    let harness = try await BusHarness()
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    var seen: Set<[UInt64]> = []
    var bus = harness.bus
    var count = 0
    for round in 0..<5 {
      for _ in 0..<20 {
        let bytes = try await bus.sealed(message(from: sender, to: receiver))
        let header = try Envelope(decoding: bytes, maximumPayload: 1_024).header
        seen.insert([header.sequence])
        count += 1
      }
      if round < 4 { bus = try await harness.reopen() }
    }
    #expect(seen.count == count)
  }
}
