import SymbiontCore
import SymbiontMessaging
import SymbiontStore
import SymbiontTesting
import Synchronization

/// Drives a bus and its store through random operations, failing writes, slow disks, crashes and clock jumps, and keeps
/// its own account of every message.
///
/// Agents are programs: they take a message together with a record in the store, which they could not make twice.
final class BusSimulation {
  struct Violation: Error, CustomStringConvertible {
    let description: String
  }

  private struct Channel: Hashable {
    let from: AgentID
    let to: AgentID
    let priority: Priority
  }

  private struct Sent {
    let message: Message
    let number: Int
  }

  private let clock = ManualMessagingClock()
  private let masterKey = MasterKey.random()
  private let store: Store
  private var random: SeededRandom
  private var bus: DefaultCommunicationBus
  private var agents: [AgentID] = []
  private var sent: [MessageID: Sent] = [:]
  /// What senders were told failed, or that they never heard of: it may be there or not.
  private var unknown: Set<MessageID> = []
  private var taken: [MessageID] = []
  private var number = 0
  private var replayed: Set<MessageID> = []
  private var deliveryCounts: [MessageID: Int] = [:]
  private var lastTaken: [Channel: Int] = [:]
  /// When each message expires, by the clock that never jumps.
  private var expiries: [MessageID: Int64] = [:]
  /// What had expired when a bus died, perhaps without the store's knowing: the next bus only has the clock that jumps.
  private var expiredAtCrash: Set<MessageID> = []

  private static let configuration = CommunicationConfig(
    maxQueueSize: 24, deliveryTimeout: .seconds(5), retryAttempts: 2, deadLetterQueueSize: 10_000)
  private static let faultTable = StoreMigration(
    identifier: "9999-faults",
    sql: """
      CREATE TABLE faults (one INTEGER PRIMARY KEY);
      CREATE TRIGGER failing_inserts BEFORE INSERT ON bus_groups WHEN EXISTS (SELECT 1 FROM faults)
        BEGIN SELECT RAISE(FAIL, 'the disk is broken'); END;
      CREATE TRIGGER failing_updates BEFORE UPDATE ON bus_groups WHEN EXISTS (SELECT 1 FROM faults)
        BEGIN SELECT RAISE(FAIL, 'the disk is broken'); END;
      """)

  init(seed: UInt64) async throws {
    random = SeededRandom(seed: seed)
    store = try Store.open(
      StoreConfiguration(durability: .memory, migrations: StoreSchema.migrations + [Self.faultTable]))
    bus = try await Self.open(store, masterKey, clock)
    for _ in 0..<4 {
      let agent = AgentID(timestamp: clock.now(), using: &random)
      try await bus.registerAgent(agent, capabilities: [])
      agents.append(agent)
    }
  }

  private static func open(
    _ store: Store, _ masterKey: MasterKey, _ clock: ManualMessagingClock
  ) async throws -> DefaultCommunicationBus {
    var limits = MessagingLimits()
    limits.envelopeBytes = 4_096
    limits.history = 1_000_000
    return try await DefaultCommunicationBus.open(
      configuration, store: store, masterKey: masterKey, limits: limits,
      environment: MessagingEnvironment(clock: clock))
  }

  /// Runs so many steps, then drains everything and checks the account.
  func run(steps: Int) async throws {
    for _ in 0..<steps { try await step() }
    try await setFault(false)
    try await drain()
    try await check()
  }

  private func step() async throws {
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<40: try await send()
    case 40..<70: try await receive()
    case 70..<80: try await settle(advancing: .milliseconds(Int.random(in: 1...6_000, using: &random)))
    case 80..<84: clock.jump(by: .seconds(Int.random(in: -100_000...100_000, using: &random)))
    case 84..<88: try await crash()
    case 88..<93: try await setFault(Bool.random(using: &random))
    case 93..<97: try await sendBehindSlowDisk()
    default: try await replay()
    }
  }

  // MARK: Operations

  private func newMessage(from: AgentID, to: AgentID) -> Message {
    number += 1
    let isShort = Int.random(in: 0..<5, using: &random) == 0
    let message = Message(
      id: MessageID(timestamp: clock.now(), using: &random), from: from, to: to, topic: "simulated",
      payload: Array("\(number)".utf8), priority: Priority.allCases.randomElement(using: &random) ?? .normal,
      timeToLive: isShort ? .milliseconds(Int.random(in: 1...4_000, using: &random)) : .seconds(100_000))
    expiries[message.id] = clock.elapsed() + Int64(message.timeToLive / .microseconds(1))
    return message
  }

  private func pair() -> (AgentID, AgentID) {
    (agents[Int.random(in: 0..<2, using: &random)], agents[Int.random(in: 2..<4, using: &random)])
  }

  private func send() async throws {
    let (from, to) = pair()
    let burst = (0..<Int.random(in: 1...5, using: &random)).map { _ in newMessage(from: from, to: to) }
    let isAcknowledged = await acknowledged { bus in try await bus.send(burst) }
    record(burst, isAcknowledged: isAcknowledged)
  }

  private func acknowledged(_ work: (DefaultCommunicationBus) async throws -> Void) async -> Bool {
    do {
      try await work(bus)
      return true
    } catch { return false }
  }

  private func record(_ burst: [Message], isAcknowledged: Bool) {
    for message in burst {
      if isAcknowledged {
        sent[message.id] = Sent(message: message, number: Int(String(decoding: message.payload, as: UTF8.self)) ?? 0)
      } else {
        unknown.insert(message.id)
      }
    }
  }

  /// Several senders at once, while the disk takes nothing; then it takes all of it.
  private func sendBehindSlowDisk() async throws {
    let gate = await StoreGate.hold(store)
    let bursts = agents.prefix(2).map { from in
      (0..<2).map { _ in newMessage(from: from, to: agents[2]) }
    }
    let bus = bus
    let results = await withTaskGroup(of: (Int, Bool).self) { group in
      for (index, burst) in bursts.enumerated() {
        group.addTask {
          do {
            try await bus.send(burst)
            return (index, true)
          } catch { return (index, false) }
        }
      }
      gate.open()
      return await group.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
    }
    for (index, burst) in bursts.enumerated() { record(burst, isAcknowledged: results[index] ?? false) }
  }

  /// A program takes some of what it receives, in order, and gives the rest back or lets it time out.
  private func receive() async throws {
    let agent = agents[Int.random(in: 2..<4, using: &random)]
    guard let deliveries = try? await bus.receiveDeliveries(agent, atMost: Int.random(in: 1...8, using: &random))
    else { return }
    for delivery in deliveries { deliveryCounts[delivery.message.message.id, default: 0] += 1 }
    let priorities = deliveries.map { -$0.message.message.priority.rawValue }
    guard priorities == priorities.sorted() else { throw Violation(description: "an urgent message came second") }
    let count = Int.random(in: 0...deliveries.count, using: &random)
    var rest = deliveries[...]
    while deliveries.count - rest.count < count, let next = rest.first, try await take(next) {
      rest = rest.dropFirst()
    }
    if Bool.random(using: &random) {
      for delivery in rest { try? await bus.reject(delivery.message.message.id, by: agent, reason: "later") }
    } else {
      try await settle(advancing: .seconds(5))
    }
  }

  private func take(_ delivery: Delivery) async throws -> Bool {
    let message = delivery.message.message
    let time = clock.now()
    do {
      try await store.write(isolated: true) { transaction in
        try delivery.take(in: transaction, at: time)
        try transaction.execute(
          "INSERT INTO memory_entries (agent_id, key, value, updated_at) VALUES (?, ?, x'', 0)", .id(message.to),
          .text("\(message.id)"))
      }
    } catch StoreError.constraintViolated(let message, let statement) where statement.contains("memory_entries") {
      throw Violation(description: "a program got a message twice: \(message)")
    } catch { return false }
    taken.append(message.id)
    try checkOrder(message)
    // Now and then the program dies between its commit and telling the bus.
    if Int.random(in: 0..<10, using: &random) > 0 { delivery.taken() }
    return true
  }

  /// A program gets what one sender sent with one priority in the order of sending; replaying is the operator's will.
  private func checkOrder(_ message: Message) throws {
    let channel = Channel(from: message.from, to: message.to, priority: message.priority)
    let number = Int(String(decoding: message.payload, as: UTF8.self)) ?? 0
    // One that was tried often enough is out of the order: if the disk fails just then, it comes again after a crash.
    let isGivenUp = deliveryCounts[message.id, default: 0] > Self.configuration.retryAttempts
    guard !replayed.contains(message.id), !isGivenUp, !expiredAtCrash.contains(message.id) else { return }
    guard number > lastTaken[channel] ?? 0 else {
      throw Violation(description: "message \(number) came after \(lastTaken[channel] ?? 0) of the same sender")
    }
    lastTaken[channel] = number
  }

  private func replay() async throws {
    guard let letters = try? await bus.deadLetters(atMost: 3), let letter = letters.first else { return }
    replayed.insert(letter.messageID)
    try? await bus.replayDeadLetter(letter.messageID)
  }

  /// Everything in memory is gone; what was not yet in the store never will be.
  private func crash() async throws {
    let (from, to) = pair()
    let last = [newMessage(from: from, to: to)]
    try await setFault(true)
    record(last, isAcknowledged: await acknowledged { bus in try await bus.send(last) })
    try? await bus.shutdown()
    let elapsed = clock.elapsed()
    expiredAtCrash.formUnion(expiries.filter { $0.value <= elapsed }.keys)
    try await setFault(false)
    bus = try await Self.open(store, masterKey, clock)
    // What a dead bus had under way may not be mixed with the order of the new one.
    try await settle(advancing: .zero)
  }

  private func setFault(_ isBroken: Bool) async throws {
    try await store.write { transaction in
      try transaction.execute("DELETE FROM faults")
      if isBroken { try transaction.execute("INSERT INTO faults (one) VALUES (1)") }
    }
  }

  /// Moves time, and waits until the store has what follows from it.
  private func settle(advancing duration: Duration) async throws {
    clock.advance(by: duration)
    for _ in 0..<3 { try await store.write { _ in } }
  }

  private func drain() async throws {
    for _ in 0..<40 {
      try await settle(advancing: .seconds(6))
      for agent in agents {
        for delivery in try await bus.receiveDeliveries(agent, atMost: 1_000) {
          _ = try await take(delivery)
        }
      }
    }
    try await settle(advancing: .seconds(6))
  }

  // MARK: The account

  private func check() async throws {
    let rows = try await store.read { try $0.storedMessages() }.mapValues(\.row)
    let effects = try await store.read { try $0.all("SELECT key FROM memory_entries") { row in try row.text(0) } }
    guard Set(taken).count == taken.count else { throw Violation(description: "a message was taken twice") }
    guard Set(effects) == Set(taken.map(\.description)) else {
      throw Violation(description: "effects and taken messages differ")
    }
    for (id, message) in sent {
      guard let row = rows[id] else { throw Violation(description: "acknowledged message \(message.number) is gone") }
      guard (row.status == .delivered) == taken.contains(id) else {
        throw Violation(description: "message \(message.number) is \(row.status), taken or not")
      }
      let status = try await bus.getMessageStatus(id)
      guard status == row.status else {
        throw Violation(description: "message \(message.number) is said to be \(status), and stored as \(row.status)")
      }
    }
    guard rows.keys.allSatisfy({ sent[$0] != nil || unknown.contains($0) }) else {
      throw Violation(description: "there is a message that nobody sent")
    }
    let ends = Dictionary(grouping: sent.keys) { rows[$0]?.status ?? .pending }.mapValues(\.count)
    guard ends[.pending, default: 0] == 0 else {
      throw Violation(description: "\(ends[.pending, default: 0]) messages still wait after everything was drained")
    }
    guard sent.count == ends.values.reduce(0, +) else { throw Violation(description: "the account is not even") }
  }

  /// How many messages went through, so that a run that did nothing is noticed.
  var volume: (sent: Int, taken: Int) { (sent.count, taken.count) }
}
