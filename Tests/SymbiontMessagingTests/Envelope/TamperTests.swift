import SymbiontCore
import SymbiontMessaging
import SymbiontStore
import Testing

@Suite("A stored envelope")
struct TamperTests {
  /// Every stored envelope is read from the store, none from memory.
  private static var limits: MessagingLimits {
    var limits = MessagingLimits()
    limits.envelopeBytes = 0
    limits.verifiedSignatures = 8
    return limits
  }

  @Test(
    "is refused whichever of its bytes was changed",
    arguments: [
      CommunicationConfig(), CommunicationConfig(cipher: .chaCha20Poly1305),
      CommunicationConfig(isCompressionEnabled: true), CommunicationConfig(isEncryptionEnabled: false),
    ])
  func everyByte(configuration: CommunicationConfig) async throws {
    var configuration = configuration
    configuration.deadLetterQueueSize = 10_000
    let harness = try await BusHarness(configuration, limits: Self.limits)
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    let first = message(from: sender, to: receiver, String(repeating: "pay ", count: 12))
    try await harness.bus.send([first, message(from: sender, to: receiver)])
    let size = try #require(try await harness.store.read { try $0.storedMessages()[first.id]?.row.envelope?.count })
    #expect(texts(try await harness.bus.receiveMessages(receiver)).count == 2)

    // One message for each byte of it, each in a batch of two, so that there is a path to tamper with.
    var victims: [MessageID] = []
    for _ in 0..<size {
      var copy = first
      copy.id = MessageID()
      victims.append(copy.id)
      try await harness.bus.send([copy, message(from: sender, to: receiver)])
    }
    try await harness.store.write { [victims] transaction in
      let stored = try transaction.storedMessages()
      for (offset, id) in victims.enumerated() {
        guard let message = stored[id], var envelope = message.row.envelope else { continue }
        envelope[offset] ^= UInt8(1 << (offset % 8))
        try transaction.replaceEnvelope(at: message.location, with: envelope)
      }
    }
    var received: [MessageID] = []
    while true {
      let messages = try await harness.bus.receiveMessages(receiver)
      if messages.isEmpty, received.count + victims.count >= 2 * size { break }
      received += messages.map(\.message.id)
      try await harness.bus.acknowledge(messages.map(\.message.id), by: receiver)
    }
    try await harness.settle()
    #expect(Set(received).isDisjoint(with: victims))
    #expect(received.count == size)
    #expect(harness.bus.statistics.refused.values.reduce(0, +) == size)
    for id in victims { #expect(try await harness.bus.getMessageStatus(id) == .failed) }
  }

  @Test("is refused in the place of another, which is said")
  func swapped() async throws {
    let harness = try await BusHarness(limits: Self.limits)
    let (sender, one, two) = (try await harness.agent(), try await harness.agent(), try await harness.agent())
    let (first, second) = (message(from: sender, to: one), message(from: sender, to: two))
    try await harness.bus.send([first, second])
    try await harness.store.write { transaction in
      let stored = try transaction.storedMessages()
      guard let left = stored[first.id], let right = stored[second.id] else { return }
      try transaction.replaceEnvelope(at: left.location, with: right.row.envelope ?? [])
      try transaction.replaceEnvelope(at: right.location, with: left.row.envelope ?? [])
    }
    #expect(try await harness.bus.receiveMessages(one).isEmpty)
    #expect(try await harness.bus.receiveMessages(two).isEmpty)
    #expect(harness.bus.statistics.refused == ["MESSAGE_RECIPIENT_WRONG": 2])
    #expect(harness.observed.contains { if case .refused(first.id, one, .recipientWrong) = $0 { true } else { false } })
  }
}
