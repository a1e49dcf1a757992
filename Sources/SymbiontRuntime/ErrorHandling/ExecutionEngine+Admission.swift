internal import SymbiontCore
internal import SymbiontRecovery
internal import Synchronization

extension ExecutionEngine {
  /// Lets a call of an agent through; gives it when it decides about the half-open breaker, to be given back when it is
  /// not made.
  ///
  /// - Throws: ``ExecutionError/circuitOpen(_:until:)`` when the agent failed too often in a row.
  func admit(_ agentID: AgentID) throws(ExecutionError) -> BreakerTrial? {
    do throws(ErrorHandlerError) { return try errorHandler?.trial(agentID) } catch {
      if case .circuitOpen(_, let until) = error { throw .circuitOpen(agentID, until: until) }
      return nil
    }
  }

  /// A call that was let through is not made.
  func giveBack(_ trial: BreakerTrial?) {
    if let trial { errorHandler?.giveBack(trial) }
  }

  /// The same, and has those try again who were refused meanwhile: one of them decides.
  ///
  /// Only for calls that do not come back because of it: two that wake each other would do so for ever.
  func passOn(_ trial: BreakerTrial?, of agentID: AgentID) {
    guard let trial else { return }
    giveBack(trial)
    wakeRefused(of: agentID)
  }

  /// Has those try again who were refused by the breaker of an agent: it lets calls through, or one.
  func wakeRefused(of agentID: AgentID) {
    lookForMessages(of: agentID)
    admitted.withLock { $0 }?(agentID)
    recoveries?.repeatRefused(of: agentID)
  }

  /// Names what is told of agents whose calls go through again.
  func onAdmission(_ action: @escaping @Sendable (AgentID) -> Void) { admitted.withLock { $0 = action } }

  /// Looks for messages of an agent again when calls of it go through.
  func lookForMessages(of agentID: AgentID, at time: Timestamp) {
    guard let errorHandler else { return }
    lookForMessages(of: agentID, after: max(.zero, time - errorHandler.now))
  }

  /// The same after a while, unless it is done earlier already.
  func lookForMessages(of agentID: AgentID, after delay: Duration) {
    let environment = errorHandler?.environment ?? Self.machine
    let time = environment.elapsed() + delay
    let isEarliest = heldUp.withLock { heldUp in
      if let earlier = heldUp[agentID], earlier <= time { return false }
      heldUp[agentID] = time
      return true
    }
    guard isEarliest else { return }
    Task { [weak self] in
      try? await environment.sleep(delay)
      guard let self else { return }
      heldUp.withLock { if $0[agentID] == time { $0[agentID] = nil } }
      lookForMessages(of: agentID)
    }
  }

  private static let machine = RecoveryEnvironment.machine()
}
