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

  /// Calls of an agent go through again.
  func breakerClosed(of agentID: AgentID) {
    lookForMessages(of: agentID)
    admitted.withLock { $0 }?(agentID)
  }

  /// Names what is told of agents whose calls go through again.
  func onAdmission(_ action: @escaping @Sendable (AgentID) -> Void) { admitted.withLock { $0 = action } }

  /// Looks for messages of an agent again when calls of it go through.
  func lookForMessages(of agentID: AgentID, at time: Timestamp) {
    guard let errorHandler else { return }
    lookForMessages(of: agentID, after: max(.zero, time - errorHandler.now))
  }

  /// The same after a while.
  func lookForMessages(of agentID: AgentID, after delay: Duration) {
    guard heldUp.withLock({ $0.insert(agentID).inserted }) else { return }
    let environment = errorHandler?.environment ?? RecoveryEnvironment.machine()
    Task { [weak self] in
      try? await environment.sleep(delay)
      guard let self else { return }
      heldUp.withLock { _ = $0.remove(agentID) }
      lookForMessages(of: agentID)
    }
  }
}
