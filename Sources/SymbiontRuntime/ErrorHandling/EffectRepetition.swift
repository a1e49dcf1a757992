internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontRecovery
internal import Synchronization

/// Performs one effect again, as the retries of its recovery ask for; it has no other step.
final class EffectRepetition: RecoveryPerformer {
  private let last: Mutex<EffectOutcome>
  private let perform: @Sendable () async -> EffectOutcome

  init(_ first: EffectOutcome, perform: @escaping @Sendable () async -> EffectOutcome) {
    last = Mutex(first)
    self.perform = perform
  }

  /// What the effect came to when it was last performed.
  var outcome: EffectOutcome { last.withLock { $0 } }

  func repeatOperation(_ operation: OperationName, of agentID: AgentID, attempt: Int) async throws(RuntimeError) {
    let outcome = await perform()
    last.withLock { $0 = outcome }
    guard case .failure(let error) = outcome, error.isOfOperation else { return }
    throw .errorHandler(
      .recoveryFailed(agentID: agentID, reason: "`\(operation)` failed again: \(error.kind): \(error.message)"))
  }

  func stop(_ agentID: AgentID, by plan: RecoveryPlan) async throws(RuntimeError) { throw Self.foreign }
  func start(_ agentID: AgentID, preservingState: Bool, by plan: RecoveryPlan) async throws(RuntimeError) {
    throw Self.foreign
  }
  func suspend(_ agentID: AgentID, reason: String) async throws(RuntimeError) { throw Self.foreign }
  func terminate(_ agentID: AgentID, cleanup: Bool) async throws(RuntimeError) { throw Self.foreign }
  func backup(for agentID: AgentID, named: AgentID?) async throws(RuntimeError) -> AgentID { throw Self.foreign }
  func moveInbox(from agentID: AgentID, to backup: AgentID) async throws(RuntimeError) { throw Self.foreign }
  func moveTasks(from agentID: AgentID, to backup: AgentID) async throws(RuntimeError) { throw Self.foreign }

  private static let foreign = RuntimeError.internal("the retries of an effect have a step that is none")
}
