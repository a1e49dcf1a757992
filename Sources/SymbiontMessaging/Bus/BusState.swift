import SymbiontCore
import SymbiontStore

/// What the shell of the bus keeps under its lock: the machine, and those who wait for it.
struct BusState: Sendable {
  /// Continues somebody who waits; called outside of the lock.
  typealias Wake = @Sendable () -> Void

  /// Who waits for messages of an agent.
  struct Receiver: Sendable {
    let id: UInt64
    let continuation: CheckedContinuation<Void, Never>
  }

  /// Who waits for the answer of a request.
  enum Asking: Sendable {
    case open
    case waiting(CheckedContinuation<AskResult, Never>)
    /// The answer, or why there is none, came before anybody waited.
    case ended(AskResult)
  }

  enum AskResult: Sendable {
    case answer(MessageID)
    case timedOut
    case cancelled
    case shutDown
  }

  var machine: BusMachine
  var subscriptions = SubscriptionTable()
  /// Of the keys of all topics since the bus was opened.
  private var topicEpoch: UInt32 = 1
  private var isTopicKeyUsed = false
  var receivers: [AgentID: [Receiver]] = [:]
  var cancelledReceivers: Set<UInt64> = []
  var lastReceiver: UInt64 = 0
  var asks: [MessageID: Asking] = [:]
  /// When the alarm is set to.
  var alarm: Int64?
  var isShutDown = false
  /// Is told of agents for which there is something to receive.
  var arrived: (@Sendable (AgentID) -> Void)?
  /// How many agents were unregistered since some were forgotten.
  var retiredCount = 0
  /// Those that may be forgotten next.
  var retiring: [AgentID: RetiredAgent] = [:]
  /// Agents whose registration is being changed.
  var changing: Set<AgentID> = []

  init(machine: BusMachine) {
    self.machine = machine
  }

  /// Wakes all who wait for messages of an agent: there are some now, or never will be.
  mutating func wakeReceivers(of agentID: AgentID) -> [Wake] {
    let wakes: [Wake] = (receivers.removeValue(forKey: agentID) ?? []).map { receiver in
      { receiver.continuation.resume() }
    }
    guard let arrived else { return wakes }
    return wakes + [{ arrived(agentID) }]
  }

  /// The epoch of the key that seals a message of a topic.
  mutating func useTopicKey() throws(CommunicationError) -> Int {
    guard topicEpoch < .max else {
      throw .limitReached(what: "keys of topics since the start", maximum: Int(UInt32.max))
    }
    isTopicKeyUsed = true
    return Int(topicEpoch)
  }

  mutating func rotateTopicKeys() {
    if isTopicKeyUsed { topicEpoch += 1 }
    isTopicKeyUsed = false
  }

  /// Ends a subscription; what is published from now on is sealed with other keys.
  mutating func unsubscribe(_ agentID: AgentID, _ pattern: TopicPattern) {
    subscriptions.remove(agentID, pattern)
    rotateTopicKeys()
  }

  mutating func endAsk(_ id: MessageID, _ result: AskResult) -> Wake? {
    switch asks[id] {
    case .waiting(let continuation):
      asks[id] = nil
      return { continuation.resume(returning: result) }
    case .open:
      asks[id] = .ended(result)
      return nil
    case .ended, nil:
      return nil
    }
  }

  mutating func wakeAll() -> [Wake] {
    var wakes = receivers.keys.flatMap { wakeReceivers(of: $0) }
    for id in asks.keys {
      machine.closeRequest(id)
      if let wake = endAsk(id, .shutDown) { wakes.append(wake) }
    }
    return wakes
  }
}
