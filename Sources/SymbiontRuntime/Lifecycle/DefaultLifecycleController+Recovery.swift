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
  /// How often a supervised one may be restarted is for its group to say.
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
    do throws(LifecycleError) { try await startAgent(agentID) } catch {
      // A person started it meanwhile.
      if case .invalidStateTransition(from: .running, _) = error { return }
      throw error
    }
  }

  private func beginRestart(
    of agentID: AgentID, preservingState: Bool, isSupervised: Bool
  ) async throws(LifecycleError) -> Restart {
    let (maximum, now) = (configuration.maxRestartAttempts, time.now())
    return try await store.write(isolated: true, throwing: LifecycleError.self) { store in
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
      if !preservingState { try store.removeMemory(of: agentID) }
      try store.countAgent(agentID, restarts: 1, at: now)
      if !isSupervised { try store.setRecoveries(agent.recoveries + 1, of: agentID) }
      return .begun(from: agent.state)
    }
  }
}
