package import SymbiontCore
package import SymbiontStore

/// The life of an agent as a table: which state may follow which.
///
/// `Terminated` is the end; the record stays listed until it is removed. `Waiting` is `Running` with nothing to do: every
/// unfinished execution of the agent waits for an event, so it is derived from the executions and never stored.
package enum LifecycleMachine {
  /// The legal successors of each state.
  package static func successors(of state: AgentState) -> Set<AgentState> {
    switch state {
    case .created: [.initializing, .terminating]
    case .initializing: [.ready, .failed, .terminating]
    case .ready: [.initializing, .running, .terminating]
    case .running: [.waiting, .ready, .suspended, .completed, .failed, .terminating]
    case .waiting: [.running, .ready, .suspended, .completed, .failed, .terminating]
    case .suspended: [.running, .ready, .failed, .terminating]
    case .completed: [.initializing, .running, .terminating]
    case .failed: [.initializing, .terminating]
    case .terminating: [.terminated, .failed]
    case .terminated: []
    }
  }

  /// Whether a transition is legal.
  package static func allows(from: AgentState, to: AgentState) -> Bool { successors(of: from).contains(to) }

  /// Refuses an illegal transition with `INVALID_STATE_TRANSITION`.
  package static func check(from: AgentState, to: AgentState) throws(LifecycleError) {
    guard allows(from: from, to: to) else { throw .invalidStateTransition(from: from, to: to) }
  }

  /// What becomes of an agent when one of its executions ends: its next state, nil when that stays.
  ///
  /// Whether a running agent that failed is restarted, the error handler says; without one it has failed for good. An
  /// ephemeral one is not called a second time.
  package static func afterExecution(
    in state: AgentState, mode: AgentMode, failed: Bool, isRecovered: Bool
  ) -> AgentState? {
    guard state == .running else { return nil }
    switch (mode, failed) {
    case (.ephemeral, false): return .completed
    case (.ephemeral, true): return .failed
    case (_, false): return nil
    case (_, true): return isRecovered ? nil : .failed
    }
  }
}
