import Foundation
import SymbiontCore
import SymbiontMessaging
import SymbiontStore

// Sends and takes messages as fast as it can until it is killed, and says what was acknowledged to it, a line each:
//
//     messaging-victim DIRECTORY
//
// The agents and their programs' records are in the data directory, so that the next one goes on where it was.

let directory = CommandLine.arguments.dropFirst().first ?? "."
let store = try Store.open(StoreConfiguration(durability: .disk(directory: directory + "/data")))
let key = try MasterKeySource.file(directory + "/master.key").load()
let configuration = CommunicationConfig(
  messageTimeToLive: .seconds(60), maxQueueSize: 64, deliveryTimeout: .milliseconds(200), retryAttempts: 3,
  deadLetterQueueSize: 100_000)
var limits = MessagingLimits()
limits.history = 10_000_000
let bus = try await DefaultCommunicationBus.open(configuration, store: store, masterKey: key, limits: limits)

let pairs = 8
func agent(_ number: Int) -> AgentID { AgentID(value: UniqueValue(high: 0x7000, low: UInt64(number))) }
for number in 0..<(2 * pairs) {
  do { try await bus.registerAgent(agent(number), capabilities: []) } catch {
    guard case .agentAlreadyRegistered = error else { throw error }
  }
}

/// Lines of one process must not be mixed; each is written at once.
func say(_ line: String) {
  let bytes = Array((line + "\n").utf8)
  _ = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
}

func send(from: AgentID, to: AgentID) async throws {
  var number = 0
  while true {
    let burst = (0..<Int.random(in: 1...4)).map { _ in
      number += 1
      return Message(
        id: MessageID(), from: from, to: to, topic: "load", payload: Array("\(number)".utf8),
        priority: number % 7 == 0 ? .high : .normal,
        // Some are to expire.
        timeToLive: number % 11 == 0 ? .milliseconds(5) : .seconds(60))
    }
    if try await isSent(burst) {
      for message in burst { say("sent \(message.id)") }
    } else {
      await Task.yield()
    }
  }
}

/// False when the mailbox is full.
func isSent(_ burst: [Message]) async throws -> Bool {
  do {
    try await bus.send(burst)
    return true
  } catch {
    guard case .mailboxFull = error else { throw error }
    return false
  }
}

func receive(_ agentID: AgentID) async throws {
  while true {
    for delivery in try await bus.nextDeliveries(agentID, atMost: 16) {
      let id = delivery.message.message.id
      switch Int.random(in: 0..<20) {
      case 0:
        // Refused often enough it becomes a dead letter.
        try? await bus.reject(id, by: agentID, reason: "the program refused it")
      case 1:
        // Forgotten: it comes again.
        break
      default:
        do {
          try await store.write(isolated: true) { transaction in
            try delivery.take(in: transaction, at: .now())
            // The effect: a record that cannot be made twice.
            try transaction.execute(
              "INSERT INTO memory_entries (agent_id, key, value, updated_at) VALUES (?, ?, x'', 0)", .id(agentID),
              .text("\(id)"))
          }
          delivery.taken()
          say("took \(id)")
        } catch StoreError.constraintViolated {
          say("twice \(id)")
        } catch StoreError.rejected {
          // Its lease had ended, and another has taken it, or it expired.
        }
      }
    }
  }
}

try await withThrowingTaskGroup(of: Void.self) { group in
  for pair in 0..<pairs {
    group.addTask { try await send(from: agent(2 * pair), to: agent(2 * pair + 1)) }
    group.addTask { try await receive(agent(2 * pair + 1)) }
  }
  try await group.waitForAll()
}
