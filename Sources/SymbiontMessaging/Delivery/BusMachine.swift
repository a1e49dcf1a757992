import DequeModule
import SymbiontCore
import SymbiontStore

/// Decides about every message of the bus: who may send, what is received next, what is delivered again, and what has
/// come to its end.
///
/// It knows no clock and no store: moments are microseconds of a clock that is never set, and what is to be stored is
/// told to the caller, who reports back when that is durable.
struct BusMachine: Sendable {
  /// How a message ends.
  enum Ending: Sendable, Hashable {
    case delivered
    case expired
    case failed(String)

    var status: DeliveryStatus {
      switch self {
      case .delivered: .delivered
      case .expired: .expired
      case .failed: .failed
      }
    }

    /// Why it failed.
    var reason: String? {
      guard case .failed(let reason) = self else { return nil }
      return reason
    }
  }

  enum Phase: Sendable, Hashable {
    case waiting
    /// Out for delivery.
    case leased
    /// Its end is being stored.
    case settling(Ending)
  }

  struct Entry: Sendable {
    let id: MessageID
    let recipient: AgentID
    let sender: AgentID
    let priority: Priority
    let sequence: UInt64
    let inReplyTo: MessageID?
    /// Where it is in the store.
    let location: EnvelopeLocation
    var expiresAt: Int64
    /// How many times it was delivered.
    var attempts = 0
    var phase = Phase.waiting
    /// When something is to be done about it.
    var deadline: Int64?
    /// Whether a former bus left it, and it was not handed out since.
    var isRestored = false
    /// Whether it is for one who waits for it, and for nobody else.
    var isAnswer = false
    /// Nil when it is read from the store.
    var envelope: [UInt8]?

    var place: Mailbox.Place { Mailbox.Place(sequence: sequence, id: id) }

    mutating func lease() {
      phase = .leased
      attempts += 1
    }
  }

  /// A message whose end is to be stored.
  struct Settlement: Sendable, Hashable {
    let id: MessageID
    let recipient: AgentID
    let location: EnvelopeLocation
    var ending: Ending
  }

  /// A message that is delivered, which is to be recorded.
  struct Redelivery: Sendable {
    let id: MessageID
    let location: EnvelopeLocation
    /// How many times it was delivered.
    let attempts: Int

    init(_ entry: Entry) { (id, location, attempts) = (entry.id, entry.location, entry.attempts) }
  }

  enum Timer: Sendable {
    case message(MessageID)
    case request(MessageID)
  }

  struct Request: Sendable {
    let asker: AgentID
    let asked: AgentID
    var deadline: Int64
  }

  let rules: DeliveryRules
  var entries: [MessageID: Entry] = [:]
  /// Changed by ``changeMailbox(of:_:)``, ``register(_:)`` and ``removeMailbox(of:)`` alone.
  private(set) var mailboxes: [AgentID: Mailbox] = [:]
  /// Where the mailbox is that was looked for last; only as long as none is added or removed.
  private var lastMailbox: (agentID: AgentID, slot: Dictionary<AgentID, Mailbox>.Index)?
  private var timers = DeadlineQueue<Timer>()
  /// The earliest deadline that was set since it was asked for.
  private var soonest: Int64?
  var requests: [MessageID: Request] = [:]
  /// Messages that are being stored.
  var arriving: Set<MessageID> = []
  var deadLetters: Deque<MessageID> = []
  var history: Deque<MessageID> = []
  /// Where the dead letters and the history are in the store.
  var ended: [MessageID: EnvelopeLocation] = [:]
  var groups = EnvelopeGroupCounts()
  var envelopeBytes = 0
  /// Of each sender the highest sequence that was accepted.
  var lastSequences: [AgentID: UInt64] = [:]
  var statistics = BusStatistics()

  init(rules: DeliveryRules) {
    self.rules = rules
  }
}

extension BusMachine {
  // MARK: Mailboxes

  /// Changes the mailbox of an agent; nil when it has none.
  ///
  /// Messages that follow each other are mostly for one agent, so where its mailbox is stays known.
  @discardableResult
  mutating func changeMailbox<T>(of agentID: AgentID, _ change: (inout Mailbox) -> T) -> T? {
    if lastMailbox?.agentID != agentID {
      guard let slot = mailboxes.index(forKey: agentID) else { return nil }
      lastMailbox = (agentID, slot)
    }
    return lastMailbox.map { change(&mailboxes.values[$0.slot]) }
  }

  mutating func register(_ agentID: AgentID) {
    guard mailboxes[agentID] == nil else { return }
    lastMailbox = nil
    mailboxes[agentID] = Mailbox()
  }

  /// False when there is none.
  mutating func removeMailbox(of agentID: AgentID) -> Bool {
    lastMailbox = nil
    return mailboxes.removeValue(forKey: agentID) != nil
  }

  // MARK: Time

  mutating func setDeadline(_ time: Int64, at slot: Dictionary<MessageID, Entry>.Index) {
    entries.values[slot].deadline = time
    insertDeadline(time, for: .message(entries.keys[slot]))
  }

  mutating func setDeadline(_ time: Int64, of id: MessageID) {
    if let slot = entries.index(forKey: id) { setDeadline(time, at: slot) }
  }

  mutating func insertDeadline(_ time: Int64, for timer: Timer) {
    soonest = min(soonest ?? time, time)
    timers.insert(time, for: timer)
    guard timers.isStale(of: entries.count + requests.count) else { return }
    let ofMessages = entries.compactMap { id, entry in entry.deadline.map { ($0, Timer.message(id)) } }
    timers.replace(ofMessages + requests.map { id, request in (request.deadline, .request(id)) })
  }

  /// How many moments are held, those that count for nothing included.
  var heldDeadlines: Int { timers.held }

  /// The earliest deadline that was set since the last call, also when it counts for nothing any more: an alarm that is not
  /// later misses nothing.
  mutating func takeSoonest() -> Int64? { soonest.take() }

  /// When something is to be done next.
  mutating func nextDeadline() -> Int64? {
    let (entries, requests) = (entries, requests)
    return timers.next { Self.isDeadline($0, of: $1, entries, requests) }
  }

  /// Takes the first that is due.
  mutating func popDue(at now: Int64) -> Timer? {
    let (entries, requests) = (entries, requests)
    return timers.popDue(at: now) { Self.isDeadline($0, of: $1, entries, requests) }
  }

  private static func isDeadline(
    _ time: Int64, of timer: Timer, _ entries: [MessageID: Entry], _ requests: [MessageID: Request]
  ) -> Bool {
    switch timer {
    case .message(let id): entries.index(forKey: id).map { entries.values[$0].deadline == time } ?? false
    case .request(let id): requests[id]?.deadline == time
    }
  }
}

/// The numbers that deliveries follow, in microseconds and messages.
struct DeliveryRules: Sendable, Hashable {
  var mailboxSize: Int
  var deliveryTimeout: Int64
  var retryAttempts: Int
  var deadLetters: Int
  var limits: MessagingLimits

  init(_ configuration: CommunicationConfig, limits: MessagingLimits) {
    mailboxSize = configuration.maxQueueSize
    deliveryTimeout = configuration.deliveryTimeout.wholeMicroseconds
    retryAttempts = configuration.retryAttempts
    deadLetters = configuration.deadLetterQueueSize
    self.limits = limits
  }
}
