internal import Logging
internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontMessaging
internal import SymbiontRecovery
internal import SymbiontStore
internal import Synchronization

extension ExecutionEngine {
  /// Hands messages that wait for an agent to its executions that wait for one, or starts an event-driven agent with them,
  /// until there are no more of either.
  func deliver(to agentID: AgentID) async {
    do throws(CommunicationError) {
      while state.withLock({ $0.phase == .running }), try await deliverNext(to: agentID) {}
    } catch {
      switch error {
      case .shuttingDown, .agentNotRegistered: break
      default:
        logger.error(
          "messages could not be delivered: \(error.message)",
          metadata: ["agent": "\(agentID)", "code": "\(error.code)"])
        // What waits is not told of again.
        if error.isRetryable { lookForMessages(of: agentID, after: Self.deliveryPause) }
      }
    }
    if arrivals.withLock({ $0.end(agentID) }) { wake() }
  }

  /// How long after a delivery that failed the next is tried.
  private static let deliveryPause: Duration = .seconds(1)

  /// False when nothing of the agent takes messages, or none waits.
  private func deliverNext(to agentID: AgentID) async throws(CommunicationError) -> Bool {
    let messages = try planner.services.messages.get()
    guard messages.bus.isRegistered(agentID) else { return false }
    // Before the read: whoever asks for a message later does not wait for one any more.
    messages.turns.begin(agentID)
    defer { messages.turns.end(agentID) }
    let expected = try await store.read(throwing: CommunicationError.self) { store in
      try Self.taker(of: agentID, in: store)
    }
    guard let expected, let next = try await messages.next(for: agentID) else { return false }
    var trial: BreakerTrial?
    if expected.isAgent {
      do throws(ExecutionError) { trial = try admit(agentID) } catch {
        next.delivery.giveBack()
        if case .circuitOpen(_, let until) = error { lookForMessages(of: agentID, at: until) }
        return false
      }
    }
    let handed: (consequences: Consequences, isCall: Bool)?
    do throws(CommunicationError) {
      handed = try await hand(next.delivery, next.value, to: agentID, mayCall: expected.isAgent)
    } catch {
      // It was taken or has ended meanwhile; the next one may be there.
      if case .messageNotFound = error {
        passOn(trial, of: agentID)
        return true
      }
      giveBack(trial)
      next.delivery.giveBack()
      throw error
    }
    guard let handed else {
      next.delivery.giveBack()
      passOn(trial, of: agentID)
      // Who waited does not any more, and perhaps the agent is to be called instead.
      if !expected.isAgent { lookForMessages(of: agentID) }
      return false
    }
    if !handed.isCall { passOn(trial, of: agentID) }
    next.delivery.taken()
    apply(handed.consequences)
    return true
  }

  /// Has a message taken and what follows from it done in one transaction; nil when nothing takes it any more, or only a
  /// call that the breaker was not asked about.
  private func hand(
    _ delivery: Delivery, _ value: Value, to agentID: AgentID, mayCall: Bool
  ) async throws(CommunicationError) -> (consequences: Consequences, isCall: Bool)? {
    let initial = records()
    return try await store.write(isolated: true, throwing: CommunicationError.self) { store in
      var records = initial
      guard let taker = try Self.taker(of: agentID, in: store), mayCall || !taker.isAgent else { return nil }
      try delivery.take(in: store, at: records.now)
      switch taker {
      case .execution(let id, let sequence):
        try records.resume(id, sequence: sequence, with: .value(value), in: store)
      case .agent(let agent):
        var call = ExecutionRow(calling: agent, input: value, at: records.now)
        call.origin = .message
        try records.start(call, in: store)
      }
      return (records.consequences, taker.isAgent)
    }
  }

  private enum Taker: Sendable {
    /// An execution whose effect waits for a message.
    case execution(ExecutionID, sequence: Int)
    /// An agent that is called with each message.
    case agent(AgentRow)

    var isAgent: Bool { if case .agent = self { true } else { false } }
  }

  /// What takes the next message of an agent.
  private static func taker(of agentID: AgentID, in store: borrowing StoreTransaction) throws -> Taker? {
    if let id = try store.executionWaitingForMessage(of: agentID), let sequence = try store.lastEffect(of: id) {
      return .execution(id, sequence: sequence)
    }
    guard let agent = try store.agent(agentID), agent.mode == .eventDriven, agent.state == .running else { return nil }
    return .agent(agent)
  }

  /// Takes an ended agent's mailbox away; what is in it becomes dead letters.
  func closeMailbox(of agentID: AgentID) async {
    do throws(CommunicationError) { try await planner.services.messages.get().close(agentID) } catch {
      logger.warning(
        "the mailbox of an ended agent stays until the next start: \(error.message)",
        metadata: ["agent": "\(agentID)", "code": "\(error.code)"])
    }
  }
}
