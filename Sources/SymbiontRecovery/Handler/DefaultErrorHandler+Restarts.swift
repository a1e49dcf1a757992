import FoundationEssentials
package import SymbiontCore
package import SymbiontStore

/// Restarts within transactions of the caller: what a person decides meanwhile holds.
extension DefaultErrorHandler {
  /// Whether a recovery that is under way, of the agent or of its group, is to start an agent.
  package static func isToStart(
    _ agentID: AgentID, group: String?, in store: borrowing StoreTransaction
  ) throws -> Bool {
    try !restarts(of: agentID, group: group, in: store).isEmpty
  }

  /// Has no recovery that is under way start an agent any more; false when none was to.
  ///
  /// Its own are over. One of another member of its group goes on without it.
  package static func endRestarts(
    of agentID: AgentID, group: String?, in store: borrowing StoreTransaction
  ) throws -> Bool {
    let restarts = try restarts(of: agentID, group: group, in: store)
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

  private static func restarts(
    of agentID: AgentID, group: String?, in store: borrowing StoreTransaction
  ) throws -> [(row: RecoveryPlanRow, plan: RecoveryPlan)] {
    let ofOthers = try group.map { try store.recoveryPlans(ofGroup: $0).filter { $0.agentID != agentID } } ?? []
    return try (store.recoveryPlans(of: agentID) + ofOthers)
      .map { ($0, try RecoveryPlan($0)) }
      .filter { $0.1.isToStart(agentID) }
  }
}

extension RecoveryPlan {
  /// Whether it has not started an agent yet that it is to start.
  func isToStart(_ agentID: AgentID) -> Bool { steps.dropFirst(progress.doneSteps).contains { $0.starts(agentID) } }

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
