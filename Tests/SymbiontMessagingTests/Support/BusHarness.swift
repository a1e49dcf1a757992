import SymbiontCore
import SymbiontMessaging
import SymbiontStore
import Synchronization
import Testing

/// A bus on a store in memory, with a clock that the test moves.
final class BusHarness: Sendable {
  let clock = ManualMessagingClock()
  let store: Store
  let masterKey = MasterKey.random()
  let configuration: CommunicationConfig
  let limits: MessagingLimits
  let bus: DefaultCommunicationBus

  init(
    _ configuration: CommunicationConfig = CommunicationConfig(), limits: MessagingLimits = MessagingLimits()
  ) async throws {
    store = try Store.open(StoreConfiguration(durability: .memory))
    self.configuration = configuration
    self.limits = limits
    let box = Box()
    self.box = box
    bus = try await DefaultCommunicationBus.open(
      configuration, store: store, masterKey: masterKey, limits: limits,
      environment: MessagingEnvironment(clock: clock) { event in box.append(event) })
  }

  /// What the bus has told for the audit trail.
  private final class Box: Sendable {
    private let events = Mutex<[MessagingEvent]>([])
    func append(_ event: MessagingEvent) { events.withLock { $0.append(event) } }
    var all: [MessagingEvent] { events.withLock { $0 } }
  }
  private let box: Box

  var observed: [MessagingEvent] { box.all }

  /// Another bus on the same store, as after a restart.
  func reopen(_ configuration: CommunicationConfig? = nil) async throws -> DefaultCommunicationBus {
    try await bus.shutdown()
    return try await DefaultCommunicationBus.open(
      configuration ?? self.configuration, store: store, masterKey: masterKey, limits: limits,
      environment: MessagingEnvironment(clock: clock))
  }

  func agent() async throws -> AgentID {
    let agent = AgentID()
    try await bus.registerAgent(agent, capabilities: [.network])
    return agent
  }

  /// Waits until everything that was submitted before is in the store.
  func settle() async throws {
    try await store.write { _ in }
    try await store.write { _ in }
  }
}

func message(
  from: AgentID, to: AgentID, _ text: String = "hello", priority: Priority = .normal,
  ttl: Duration = .seconds(3_600), inReplyTo: MessageID? = nil
) -> Message {
  Message(
    id: MessageID(), from: from, to: to, topic: "greeting", payload: Array(text.utf8), priority: priority,
    timeToLive: ttl, inReplyTo: inReplyTo)
}

func texts(_ messages: [SecureMessage]) -> [String] {
  messages.map { String(decoding: $0.message.payload, as: UTF8.self) }
}

/// The code of the error that work ends with, nil when it succeeds.
func code<T>(_ work: () async throws(CommunicationError) -> T) async -> String? {
  do { _ = try await work() } catch { return error.code }
  return nil
}
