import SymbiontCore
import SymbiontRecovery
import SymbiontTesting
import Synchronization

/// Does the steps of recoveries with the luck of a seed: they take time, fail, or bring the process down.
final class SimulatedPerformer: RecoveryPerformer {
  enum Luck: Sendable, Hashable {
    case done
    case failed
    case crashed
  }

  struct Deed: Sendable {
    var step: FakePerformer.Deed
    var luck: Luck
    var time: Timestamp
  }

  private struct State {
    var random: SeededRandom
    var deeds: [Deed] = []
  }

  private let world: TestWorld
  private let state: Mutex<State>

  init(_ world: TestWorld, _ random: SeededRandom) {
    self.world = world
    state = Mutex(State(random: random))
  }

  /// What was tried since the last call, in order.
  func takeDeeds() -> [Deed] {
    state.withLock { state in
      defer { state.deeds = [] }
      return state.deeds
    }
  }

  /// - Parameter canFail: Whether the step may fail; a suspension does not, so that recoveries have an end.
  private func perform(_ step: FakePerformer.Deed, canFail: Bool = true) throws(RuntimeError) {
    let (luck, duration) = state.withLock { state -> (Luck, Duration) in
      let luck: Luck =
        switch Int.random(in: 0..<20, using: &state.random) {
        case 0: .crashed
        case 1...8 where canFail: .failed
        default: .done
        }
      return (luck, .milliseconds(Int.random(in: 0...3_000, using: &state.random)))
    }
    world.advance(by: duration)
    state.withLock { $0.deeds.append(Deed(step: step, luck: luck, time: world.now)) }
    // The executor writes nothing after its task was cancelled, as if the process had ended at this point.
    if luck == .crashed { withUnsafeCurrentTask { $0?.cancel() } }
    if luck != .done { throw .system }
  }

  func repeatOperation(_ operation: OperationName, of agentID: AgentID, attempt: Int) async throws(RuntimeError) {
    try perform(.repeated(operation, attempt: attempt))
  }

  func stop(_ agentID: AgentID, by plan: RecoveryPlan) async throws(RuntimeError) { try perform(.stopped(agentID)) }

  func start(_ agentID: AgentID, preservingState: Bool, by plan: RecoveryPlan) async throws(RuntimeError) {
    try perform(.started(agentID, preservingState: preservingState))
  }

  func suspend(_ agentID: AgentID, reason: String) async throws(RuntimeError) {
    try perform(.suspended(agentID), canFail: false)
  }

  func terminate(_ agentID: AgentID, cleanup: Bool) async throws(RuntimeError) {
    try perform(.terminated(agentID), canFail: false)
  }

  func backup(for agentID: AgentID, named: AgentID?) async throws(RuntimeError) -> AgentID {
    try perform(.foundBackup(agentID))
    return named ?? agentID
  }

  func moveInbox(from agentID: AgentID, to backup: AgentID) async throws(RuntimeError) {
    try perform(.movedInbox(agentID, backup))
  }

  func moveTasks(from agentID: AgentID, to backup: AgentID) async throws(RuntimeError) {
    try perform(.movedTasks(agentID, backup))
  }
}
