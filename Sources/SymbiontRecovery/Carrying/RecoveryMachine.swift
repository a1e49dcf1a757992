package import SymbiontCore

/// Takes a plan through its attempts and steps: told what happened, it says what is to be done next.
package struct RecoveryMachine: Sendable {
  /// What is to be done next.
  package enum Directive: Sendable, Hashable {
    /// Let so much time pass, then call ``wake()``.
    case wait(Duration)
    /// Do this, then call ``finished(backup:)`` or ``failed(heldFor:)``.
    case perform(RecoveryStep, attempt: Int)
    /// It is over.
    case end(succeeded: Bool)
  }

  package private(set) var plan: RecoveryPlan
  package private(set) var phase = RecoveryTable.Phase.ready

  /// Goes on with a plan where it stands.
  package init(_ plan: RecoveryPlan) {
    self.plan = plan
  }

  /// Whether another attempt follows when this one fails.
  package var hasAttemptsLeft: Bool { plan.progress.attempt < plan.maximumAttempts }

  /// Begins, or goes on after a crash.
  ///
  /// A retry that was under way is over and counts, so that what brings the process down is not repeated for ever, unless
  /// it goes on by itself; any other step that was under way is done again. A retry does not begin before the given time is
  /// over.
  package mutating func begin(heldFor hold: Duration = .zero, goesOn: Bool = false) -> Directive {
    guard phase == .ready else { return current }
    // The last step may have been recorded with what it did.
    guard plan.progress.doneSteps < plan.steps.count else { return end(.succeeded) }
    if plan.progress.attempt > 0, goesOn || plan.steps[plan.progress.doneSteps] != .repeatOperation { return step() }
    guard hasAttemptsLeft else { return end(.failed) }
    return attempt(after: max(hold, plan.backoff(before: plan.progress.attempt + 1)))
  }

  /// The wait is over.
  package mutating func wake() -> Directive { phase == .waiting ? step() : current }

  /// The step is done.
  ///
  /// - Parameter backup: The agent that was found to take over.
  package mutating func finished(backup: AgentID? = nil) -> Directive {
    guard phase == .performing else { return current }
    plan.progress.doneSteps += 1
    if let backup { plan.progress.backup = backup }
    return plan.progress.doneSteps < plan.steps.count ? step() : end(.succeeded)
  }

  /// The step failed; the next attempt, if there is one, does not begin before the given time is over.
  package mutating func failed(heldFor hold: Duration = .zero) -> Directive {
    guard phase == .performing else { return current }
    guard hasAttemptsLeft else { return end(.failed) }
    return attempt(after: max(hold, plan.backoff(before: plan.progress.attempt + 1)))
  }

  /// It is given up.
  package mutating func abandon() -> Directive {
    phase == .succeeded || phase == .failed ? current : end(.failed)
  }

  private mutating func attempt(after pause: Duration) -> Directive {
    let wait = plan.steps == [.repeatOperation] ? pause : .zero
    plan.progress.attempt += 1
    plan.progress.doneSteps = 0
    guard wait > .zero else { return step() }
    move(to: .waiting)
    return .wait(wait)
  }

  private mutating func step() -> Directive {
    move(to: .performing)
    return .perform(plan.steps[plan.progress.doneSteps], attempt: plan.progress.attempt)
  }

  private mutating func end(_ result: RecoveryTable.Phase) -> Directive {
    move(to: result)
    return .end(succeeded: result == .succeeded)
  }

  /// The one place where the phase changes.
  private mutating func move(to next: RecoveryTable.Phase) {
    assert(RecoveryTable.successors(of: phase).contains(next), "\(phase) is not followed by \(next)")
    phase = next
  }

  /// The directive that holds already, for a caller that tells something out of turn.
  private var current: Directive {
    switch phase {
    case .ready, .waiting: .wait(.zero)
    case .performing: .perform(plan.steps[plan.progress.doneSteps], attempt: plan.progress.attempt)
    case .succeeded: .end(succeeded: true)
    case .failed: .end(succeeded: false)
    }
  }
}
