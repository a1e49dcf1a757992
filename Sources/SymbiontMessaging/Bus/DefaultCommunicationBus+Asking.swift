public import SymbiontCore
import Synchronization

extension DefaultCommunicationBus {
  /// Sends a message and waits for its answer: the message of its receiver that is in reply to it.
  ///
  /// The answer is delivered when this returns. One that comes when nobody waits any more becomes a dead letter.
  ///
  /// - Throws: ``CommunicationError/timedOut(operation:after:)``, ``CommunicationError/cancelled(operation:)`` when the
  ///   task is cancelled, and what sending throws. The message stays sent.
  public func ask(_ message: Message, timeout: Duration) async throws(CommunicationError) -> SecureMessage {
    let deadline =
      environment.clock.elapsed() &+ max(0, min(timeout, Message.Bounds.timeToLive.upperBound).wholeMicroseconds)
    try underLock { state throws(CommunicationError) in
      guard !state.isShutDown else { throw .shuttingDown }
      try state.machine.openRequest(message.id, .init(asker: message.from, asked: message.to, deadline: deadline))
      state.asks[message.id] = .open
      rearm(&state)
    }
    do throws(CommunicationError) {
      _ = try await sendMessage(message)
    } catch {
      state.withLock { state in
        state.machine.closeRequest(message.id)
        state.asks[message.id] = nil
      }
      throw error
    }
    switch await answer(of: message.id) {
    case .answer(let id): return try await take(answer: id, for: message.from)
    case .timedOut: throw .timedOut(operation: "ask", after: timeout)
    case .cancelled: throw .cancelled(operation: "ask")
    case .shutDown: throw .shuttingDown
    }
  }

  /// Answers a message that was received.
  @discardableResult
  public func reply(
    to message: SecureMessage, payload: [UInt8], priority: Priority? = nil
  ) async throws(CommunicationError) -> MessageID {
    let request = message.message
    return try await sendMessage(
      Message(
        id: MessageID(), from: request.to, to: request.from, topic: request.topic, payload: payload,
        priority: priority ?? request.priority, timeToLive: request.timeToLive, inReplyTo: request.id))
  }

  private func answer(of id: MessageID) async -> BusState.AskResult {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let result = state.withLock { state -> BusState.AskResult? in
          guard case .ended(let result) = state.asks[id] else {
            state.asks[id] = .waiting(continuation)
            return nil
          }
          state.asks[id] = nil
          return result
        }
        if let result { continuation.resume(returning: result) }
      }
    } onCancel: {
      let wake = state.withLock { state -> BusState.Wake? in
        state.machine.closeRequest(id)
        return state.endAsk(id, .cancelled)
      }
      wake?()
    }
  }

  /// Opens an answer and takes it.
  private func take(answer id: MessageID, for agentID: AgentID) async throws(CommunicationError) -> SecureMessage {
    guard let entry = state.withLock({ $0.machine.entries[id] }) else { throw .messageNotFound(messageID: id) }
    guard let answer = try await open([entry], for: agentID).first else {
      throw .deliveryFailed(messageID: id, reason: "the answer was refused, see the dead letters")
    }
    try await acknowledge([id], by: agentID)
    return answer.message
  }
}
