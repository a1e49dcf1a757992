package import SymbiontCore
package import SymbiontRecovery
internal import SymbiontStore

extension DefaultLifecycleController {
  /// What becomes of an agent that is to be started by a recovery.
  private enum Restart: Sendable {
    /// It works already, or a person decides about it.
    case none
    /// The recovery that was to start it is over.
    case ended
    case begun(from: AgentState)
    /// It was restarted as often as it may be.
    case refused
  }

  /// Starts an agent that a recovery stopped, or that failed, with or without its memory; one that runs, or that a person
  /// suspended, stays as it is, and so does one that has done all that it was to do, unless a group has it begin anew.
  ///
  /// How often a supervised one may be restarted is for the group to say whose rules the recovery follows.
  ///
  /// - Parameter isUnderWay: Whether the recovery still is; the agent stays stopped when a person ended that.
  /// - Returns: False when a person did.
  /// - Throws: ``LifecycleError/restartLimitReached(agentID:attempts:)``; the agent is `Failed` then.
  @discardableResult
  package func recoverAgent(
    _ agentID: AgentID, preservingState: Bool, by plan: RecoveryPlan, isUnderWay: Bool = true
  ) async throws(LifecycleError) -> Bool {
    try admit()
    switch try await beginRestart(of: agentID, by: plan, isUnderWay: isUnderWay) {
    case .none: return true
    case .ended: return false
    case .refused:
      await endSchedules(agentID)
      throw .restartLimitReached(agentID: agentID, attempts: configuration.maxRestartAttempts)
    case .begun(from: .failed): try await initialize(agentID, from: nil)
    case .begun: break
    }
    let now = time.now()
    do throws(LifecycleError) {
      // In the transaction that has it run: a crash before that leaves nothing behind that would be done twice.
      return try await start(agentID) { store in
        if isUnderWay {
          guard try DefaultErrorHandler.isPlanned(agentID, by: plan, in: store) else { return false }
          try DefaultErrorHandler.finishStep(of: plan, in: store)
        }
        if !preservingState { try store.removeMemory(of: agentID) }
        try store.countAgent(agentID, restarts: 1, at: now)
        guard plan.group == nil, let agent = try store.agentStanding(agentID) else { return true }
        try store.setRecoveries(agent.recoveries + 1, of: agentID)
        return true
      }
    } catch {
      // A person started it meanwhile.
      if case .invalidStateTransition(from: .running, _) = error { return true }
      throw error
    }
  }

  private func beginRestart(
    of agentID: AgentID, by plan: RecoveryPlan, isUnderWay: Bool
  ) async throws(LifecycleError) -> Restart {
    let (maximum, isSupervised, now) = (configuration.maxRestartAttempts, plan.group != nil, time.now())
    return try await store.write(isolated: true, throwing: LifecycleError.self) { store in
      guard try !isUnderWay || DefaultErrorHandler.isPlanned(agentID, by: plan, in: store) else { return .ended }
      guard let agent = try store.agentStanding(agentID) else {
        // One that a person ended does not bring the others of its group down.
        if isSupervised { return .none }
        throw LifecycleError.agentNotFound(agentID: agentID)
      }
      switch agent.state {
      case .completed where !isSupervised: return .none
      case .ready, .completed, .failed: break
      case .running, .waiting, .suspended, .initializing: return .none
      case .created, .terminating, .terminated:
        if isSupervised { return .none }
        throw LifecycleError.invalidStateTransition(from: agent.state, to: .running)
      }
      // The intensity of a group bounds its restarts.
      guard isSupervised || agent.recoveries < maximum else {
        if agent.state != .failed { try store.setAgentState(agentID, to: .failed, at: now) }
        return .refused
      }
      return .begun(from: agent.state)
    }
  }
}
