internal import Logging
internal import SymbiontCore
internal import SymbiontRecovery
internal import SymbiontStore
internal import Synchronization

/// What the lifecycle controller needs of the executions of its agents.
protocol ExecutionControl: Sendable {
  /// Does what a committed transaction asked for.
  func apply(_ consequences: Consequences)
  /// Lets executions run that are ready.
  func enqueue(_ ids: [ExecutionID])
  /// Lets no execution of a suspended agent go on from memory: whether it may, the store says.
  func hold(_ agentID: AgentID)
  /// Lets executions of an agent go on from memory again.
  func release(_ agentID: AgentID)
  /// Has messages that wait for an agent delivered to what it runs.
  func lookForMessages(of agentID: AgentID)
  /// Has calls of an agent repeated that failed before it was suspended.
  func repeatCalls(of agentID: AgentID)
  /// Expects no recovery to start an agent any more that one stopped.
  func leaveStopped(_ agentID: AgentID)
  /// Forgets the errors of an agent in the transaction that removes it; gives what is to be called when that is durable.
  func forgetErrors(of agentID: AgentID, in store: borrowing StoreTransaction) throws -> @Sendable () -> Void
  /// Takes an ended agent's mailbox away; what is in it becomes dead letters.
  func closeMailbox(of agentID: AgentID) async
  /// Lets executions come to their next effect and no further.
  func pause(_ ids: [ExecutionID])
  /// Waits until none of the executions runs any more; false when that took longer than the timeout.
  func waitUntilInactive(_ ids: [ExecutionID], timeout: Duration) async -> Bool
}

extension ExecutionEngine: ExecutionControl {
  func hold(_ agentID: AgentID) { state.withLock { _ = $0.held.insert(agentID) } }
  func release(_ agentID: AgentID) { state.withLock { _ = $0.held.remove(agentID) } }

  func repeatCalls(of agentID: AgentID) { recoveries?.add(.repeatCalls(agentID)) }

  func leaveStopped(_ agentID: AgentID) { recoveries?.forgetStop(of: agentID) }

  func forgetErrors(of agentID: AgentID, in store: borrowing StoreTransaction) throws -> @Sendable () -> Void {
    guard let errorHandler else { return {} }
    return try errorHandler.forget(agentID, in: store)
  }

  func pause(_ ids: [ExecutionID]) {
    for id in ids { state.withLock { $0.control(of: id) }?.stop(.pause) }
  }

  func waitUntilInactive(_ ids: [ExecutionID], timeout: Duration) async -> Bool {
    await TimeLimit.run(timeout) { [self] (done: @escaping @Sendable (Bool) -> Void) in
      let isInactive = state.withLock { $0.whenInactive(Set(ids)) { done(true) } }
      if isInactive { done(true) }
    } ?? false
  }
}
