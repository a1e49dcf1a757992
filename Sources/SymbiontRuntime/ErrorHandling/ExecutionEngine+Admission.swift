internal import SymbiontCore
internal import SymbiontRecovery
internal import Synchronization

extension ExecutionEngine {
  /// Until when calls of an agent fail at once because it failed too often in a row; nil when this one goes through.
  func refusal(of agentID: AgentID) -> Timestamp? {
    do throws(ErrorHandlerError) { try errorHandler?.admit(agentID) } catch {
      if case .circuitOpen(_, let until) = error { return until }
    }
    return nil
  }

  /// Looks for messages of an agent again when calls of it go through.
  func lookForMessages(of agentID: AgentID, at time: Timestamp) {
    guard heldUp.withLock({ $0.insert(agentID).inserted }) else { return }
    guard let errorHandler else { return }
    Task { [weak self] in
      try? await errorHandler.environment.sleep(max(.zero, time - errorHandler.now))
      guard let self else { return }
      heldUp.withLock { _ = $0.remove(agentID) }
      lookForMessages(of: agentID)
    }
  }
}
