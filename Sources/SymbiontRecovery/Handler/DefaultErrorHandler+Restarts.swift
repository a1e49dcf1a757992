import FoundationEssentials
package import SymbiontCore
package import SymbiontStore

/// What a person decides about an agent while a recovery is under way, within transactions of the caller.
extension DefaultErrorHandler {
  /// Whether a recovery is under way, and no person decided about an agent that it is to stop or to start.
  package static func isPlanned(
    _ agentID: AgentID, by plan: RecoveryPlan, in store: borrowing StoreTransaction
  ) throws -> Bool {
    // The steps of a large group are many, and are not decoded for each of its members.
    let left = Array(try JSONEncoder().encode(RecoveryStep.leave(agentID)))
    return try store.recoveryPlan(
      plan.agentID, operation: plan.operation.description, number: plan.number, holds: left) == false
  }

  /// Has no recovery that is under way start an agent any more; false when none was to.
  ///
  /// Its own are over. One of another member of its group goes on without it.
  package static func endRestarts(of agentID: AgentID, in store: borrowing StoreTransaction) throws -> Bool {
    let restarts = try restarts(of: agentID, in: store)
    for (row, plan) in restarts {
      guard plan.agentID != agentID else {
        _ = try store.removeRecoveryPlan(row.agentID, operation: row.operation, number: row.number)
        continue
      }
      var changed = row
      changed.steps = Array(try JSONEncoder().encode(plan.stepsLeaving(agentID)))
      try store.putRecoveryPlan(changed)
    }
    return !restarts.isEmpty
  }

  /// Those that are to start the agent; its group may have changed since they began.
  private static func restarts(
    of agentID: AgentID, in store: borrowing StoreTransaction
  ) throws -> [(row: RecoveryPlanRow, plan: RecoveryPlan)] {
    let ofOthers = try store.groupRecoveryPlans(notOf: agentID, holding: Array(JSONEncoder().encode(agentID)))
    return try (store.recoveryPlans(of: agentID) + ofOthers)
      .map { ($0, try RecoveryPlan($0)) }
      .filter { $0.1.isToStart(agentID) }
  }
}

extension RecoveryPlan {
  /// Whether it has not started an agent yet that it is to start.
  package func isToStart(_ agentID: AgentID) -> Bool {
    steps.dropFirst(progress.doneSteps).contains { $0.starts(agentID) }
  }

  /// The steps without what is still to be done about an agent; who carries them out counts them, so none may be missing.
  fileprivate func stepsLeaving(_ agentID: AgentID) -> [RecoveryStep] {
    steps.enumerated().map { position, step in
      position >= progress.doneSteps && (step.starts(agentID) || step == .stop(agentID)) ? .leave(agentID) : step
    }
  }
}

extension RecoveryStep {
  fileprivate func starts(_ agentID: AgentID) -> Bool {
    if case .start(agentID, _) = self { true } else { false }
  }
}
