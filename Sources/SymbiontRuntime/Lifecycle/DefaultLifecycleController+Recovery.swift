internal import SymbiontCore
internal import SymbiontStore

extension DefaultLifecycleController {
  /// What becomes of an agent that is to be started by a recovery.
  private enum Restart: Sendable {
    /// It works already, or a person decides about it.
    case none
    case begun(from: AgentState)
    /// It was restarted as often as it may be.
    case refused
  }

  /// Starts an agent that a recovery stopped, or that failed, with or without its memory; one that runs, or that a person
  /// suspended, stays as it is, and so does one that has done all that it was to do, unless a group has it begin anew.
  ///
  /// - Throws: ``LifecycleError/restartLimitReached(agentID:attempts:)``; the agent is `Failed` then.
  func recoverAgent(
    _ agentID: AgentID, preservingState: Bool, isSupervised: Bool
  ) async throws(LifecycleError) {
    try admit()
    switch try await beginRestart(of: agentID, preservingState: preservingState, isSupervised: isSupervised) {
    case .none: return
    case .refused:
      await endSchedules(agentID)
      throw .restartLimitReached(agentID: agentID, attempts: configuration.maxRestartAttempts)
    case .begun(from: .failed): try await initialize(agentID, from: nil)
    case .begun: break
    }
    try await startAgent(agentID)
  }

  private func beginRestart(
    of agentID: AgentID, preservingState: Bool, isSupervised: Bool
  ) async throws(LifecycleError) -> Restart {
    let (maximum, now) = (configuration.maxRestartAttempts, time.now())
    return try await store.write(isolated: true, throwing: LifecycleError.self) { store in
      guard let agent = try store.agentStanding(agentID) else { throw LifecycleError.agentNotFound(agentID: agentID) }
      switch agent.state {
      case .completed where !isSupervised: return .none
      case .ready, .completed, .failed: break
      case .running, .waiting, .suspended, .initializing: return .none
      case .created, .terminating, .terminated:
        throw LifecycleError.invalidStateTransition(from: agent.state, to: .running)
      }
      guard agent.recoveries < maximum else {
        if agent.state != .failed { try store.setAgentState(agentID, to: .failed, at: now) }
        return .refused
      }
      if !preservingState { try store.removeMemory(of: agentID) }
      try store.countAgent(agentID, restarts: 1, at: now)
      try store.setRecoveries(agent.recoveries + 1, of: agentID)
      return .begun(from: agent.state)
    }
  }
}
