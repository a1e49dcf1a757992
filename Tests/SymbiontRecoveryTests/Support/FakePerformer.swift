import SymbiontCore
import SymbiontRecovery
import Synchronization

/// Does the steps of recoveries by writing them down, and fails when it is told to.
final class FakePerformer: RecoveryPerformer {
  enum Deed: Sendable, Hashable {
    case repeated(OperationName, attempt: Int)
    case stopped(AgentID)
    case started(AgentID, preservingState: Bool)
    case suspended(AgentID)
    case terminated(AgentID)
    case foundBackup(AgentID)
    case movedInbox(AgentID, AgentID)
    case movedTasks(AgentID, AgentID)
  }

  private struct State {
    var deeds: [Deed] = []
    var failures: [RuntimeError?]
  }

  private let state: Mutex<State>
  let backupAgent: AgentID
  private let fails: @Sendable (Deed) -> RuntimeError?
  private let meanwhile: @Sendable (Deed) async throws -> Void

  /// - Parameters:
  ///   - failures: What the first deeds fail with; nil for those that succeed.
  ///   - fails: What a deed after those fails with.
  ///   - meanwhile: What happens during a deed, before it ends.
  init(
    _ failures: [RuntimeError?] = [], backupAgent: AgentID = AgentID(),
    fails: @escaping @Sendable (Deed) -> RuntimeError? = { _ in nil },
    meanwhile: @escaping @Sendable (Deed) async throws -> Void = { _ in }
  ) {
    state = Mutex(State(failures: failures.reversed()))
    self.backupAgent = backupAgent
    self.fails = fails
    self.meanwhile = meanwhile
  }

  /// Everything that was done or tried, in order.
  var deeds: [Deed] { state.withLock(\.deeds) }

  private func perform(_ deed: Deed) async throws(RuntimeError) {
    do { try await meanwhile(deed) } catch { throw .internal("\(error)") }
    let failure = state.withLock { state -> RuntimeError? in
      state.deeds.append(deed)
      return state.failures.popLast() ?? fails(deed)
    }
    if let failure { throw failure }
  }

  func repeatOperation(_ operation: OperationName, of agentID: AgentID, attempt: Int) async throws(RuntimeError) {
    try await perform(.repeated(operation, attempt: attempt))
  }

  func stop(_ agentID: AgentID, by plan: RecoveryPlan) async throws(RuntimeError) {
    try await perform(.stopped(agentID))
  }

  func start(_ agentID: AgentID, preservingState: Bool, by plan: RecoveryPlan) async throws(RuntimeError) {
    try await perform(.started(agentID, preservingState: preservingState))
  }

  func suspend(_ agentID: AgentID, reason: String) async throws(RuntimeError) { try await perform(.suspended(agentID)) }

  func terminate(_ agentID: AgentID, cleanup: Bool) async throws(RuntimeError) {
    try await perform(.terminated(agentID))
  }

  func backup(for agentID: AgentID, named: AgentID?) async throws(RuntimeError) -> AgentID {
    try await perform(.foundBackup(agentID))
    return named ?? backupAgent
  }

  func moveInbox(from agentID: AgentID, to backup: AgentID) async throws(RuntimeError) {
    try await perform(.movedInbox(agentID, backup))
  }

  func moveTasks(from agentID: AgentID, to backup: AgentID) async throws(RuntimeError) {
    try await perform(.movedTasks(agentID, backup))
  }
}
