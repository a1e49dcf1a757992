import FoundationEssentials
package import SymbiontCore
package import SymbiontStore

/// What a person decides about an agent while a recovery is under way, within transactions of the caller.
extension DefaultErrorHandler {
  /// Whether a recovery is under way, and no person decided about an agent about which it is to do something.
  package static func isPlanned(
    _ agentID: AgentID, by plan: RecoveryPlan, in store: borrowing StoreTransaction
  ) throws -> Bool {
    // The steps of a large group are many, and are not decoded for each of its members.
    let left = Array(try JSONEncoder().encode(RecoveryStep.leave(agentID)))
    return try store.recoveryPlan(
      plan.agentID, operation: plan.operation.description, number: plan.number, holds: left) == false
  }

  /// Records that the step of a recovery that is under way is done, together with what it did: what the agent does next is
  /// no part of it.
  package static func finishStep(of plan: RecoveryPlan, in store: borrowing StoreTransaction) throws {
    _ = try store.updateRecoveryPlan(
      plan.agentID, operation: plan.operation.description, number: plan.number, attempt: plan.progress.attempt,
      doneSteps: plan.progress.doneSteps + 1, backup: plan.progress.backup)
  }

  /// Whether it is planned, in a transaction of its own.
  func isPlanned(_ agentID: AgentID, by plan: RecoveryPlan) async throws(ErrorHandlerError) -> Bool {
    try await store.read(throwing: ErrorHandlerError.self) { store in
      try Self.isPlanned(agentID, by: plan, in: store)
    }
  }

  /// Has no recovery that is under way do anything about an agent any more; false when none was to start it.
  ///
  /// Its own are over. What is left of one of its group goes on without it, also of one that answers its own error.
  package static func endRecoveries(of agentID: AgentID, in store: borrowing StoreTransaction) throws -> Bool {
    // Its group may have changed since they began.
    let ofOthers = try store.groupRecoveryPlans(notOf: agentID, holding: Array(JSONEncoder().encode(agentID)))
    var wasToStart = false
    for row in try store.recoveryPlans(of: agentID) + ofOthers {
      let plan = try RecoveryPlan(row)
      wasToStart = wasToStart || plan.isToStart(agentID)
      let steps = plan.stepsLeaving(agentID)
      if plan.agentID == agentID,
        plan.group == nil || steps.dropFirst(row.doneSteps).allSatisfy({ $0 == .leave(agentID) })
      {
        _ = try store.removeRecoveryPlan(row.agentID, operation: row.operation, number: row.number)
      } else if steps != plan.steps {
        var changed = row
        changed.steps = Array(try JSONEncoder().encode(steps))
        try store.putRecoveryPlan(changed)
      }
    }
    return wasToStart
  }
}

extension RecoveryPlan {
  /// Whether it has not started an agent yet that it is to start.
  package func isToStart(_ agentID: AgentID) -> Bool {
    steps.dropFirst(progress.doneSteps).contains { $0.starts(agentID) }
  }

  /// Whether agents would stay stopped, or a group half ended, were it forgotten.
  var mustEnd: Bool {
    if group != nil { return true }
    return if case .restart = strategy { true } else { false }
  }

  /// The steps without what is still to be done about an agent; who carries them out counts them, so none may be missing.
  ///
  /// A group that ends takes all of its members with it but the one whose error it answers.
  fileprivate func stepsLeaving(_ agentID: AgentID) -> [RecoveryStep] {
    steps.enumerated().map { position, step in
      guard position >= progress.doneSteps else { return step }
      return switch step {
      case .stop(agentID), .start(agentID, _): .leave(agentID)
      case .terminate(agentID, _) where agentID == self.agentID: .leave(agentID)
      default: step
      }
    }
  }
}

extension RecoveryStep {
  fileprivate func starts(_ agentID: AgentID) -> Bool {
    if case .start(agentID, _) = self { true } else { false }
  }
}
