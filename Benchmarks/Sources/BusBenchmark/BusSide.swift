import Measuring
import SymbiontCore
import SymbiontMessaging
import SymbiontStore

/// Our side: senders that send, each to a receiver of its own, which receives and acknowledges.
struct BusSide {
  private let store: Store
  private let bus: DefaultCommunicationBus
  private let pairs: [(sender: AgentID, receiver: AgentID)]
  private let payload: [UInt8]

  /// - Parameter verifies: Whether every signature is verified, also those that the bus itself has just made.
  init(_ durability: StoreConfiguration.Durability, senders: Int, bytes: Int, verifies: Bool) async throws {
    store = try Store.open(StoreConfiguration(durability: durability))
    var limits = MessagingLimits()
    limits.remembersOwnSignatures = !verifies
    bus = try await DefaultCommunicationBus.open(store: store, masterKey: .random(), limits: limits)
    payload = [UInt8](repeating: 120, count: bytes)
    var pairs: [(sender: AgentID, receiver: AgentID)] = []
    for _ in 0..<senders {
      let pair = (sender: AgentID(), receiver: AgentID())
      try await bus.registerAgent(pair.sender, capabilities: [])
      try await bus.registerAgent(pair.receiver, capabilities: [])
      pairs.append(pair)
    }
    self.pairs = pairs
  }

  func run(burst: Int, for duration: Duration) async throws -> Round {
    let processor = ProcessorTime()
    let start = ContinuousClock.now
    let latencies = try await withThrowingTaskGroup(of: [Duration].self) { group in
      for pair in pairs {
        group.addTask { try await cycle(pair.sender, pair.receiver, burst: burst, until: start + duration) }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    let elapsed = ContinuousClock.now - start
    let messages = latencies.count * burst
    return Round(
      perSecond: Double(messages) / (elapsed / .seconds(1)), latencies: latencies,
      microseconds: processor.elapsed / .microseconds(1) / Double(max(1, messages)))
  }

  func close() async throws {
    try await bus.shutdown()
    await store.close()
  }

  private func cycle(
    _ sender: AgentID, _ receiver: AgentID, burst: Int, until end: ContinuousClock.Instant
  ) async throws -> [Duration] {
    var latencies: [Duration] = []
    var now = ContinuousClock.now
    while now < end {
      try await bus.send(
        (0..<burst).map { _ in
          Message(id: MessageID(), from: sender, to: receiver, topic: "benchmark", payload: payload)
        })
      var received = 0
      while received < burst {
        let messages = try await bus.nextMessages(for: receiver, atMost: burst)
        try await bus.acknowledge(messages.map(\.message.id), by: receiver)
        received += messages.count
      }
      let done = ContinuousClock.now
      latencies.append(done - now)
      now = done
    }
    return latencies
  }
}
