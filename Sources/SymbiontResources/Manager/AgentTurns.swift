package import SymbiontCore
import Synchronization

/// Lets the calls for one agent happen one after the other, in the order in which they came; those for different agents
/// do not wait for each other.
package final class AgentTurns: Sendable {
  /// Who waits for an agent whose turn is taken.
  private let waiting = Mutex<[AgentID: [CheckedContinuation<Void, Never>]]>([:])

  package init() {}

  /// How many agents have a turn.
  var count: Int { waiting.withLock(\.count) }

  /// Runs a body when it is the agent's turn.
  package func run<Value, Failure: Error>(
    _ agentID: AgentID, _ body: () async throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    await begin(agentID)
    defer { end(agentID) }
    return try await body()
  }

  private func begin(_ agentID: AgentID) async {
    await withCheckedContinuation { continuation in
      let isFree = waiting.withLock { waiting in
        guard waiting[agentID] == nil else {
          waiting[agentID]?.append(continuation)
          return false
        }
        waiting[agentID] = []
        return true
      }
      if isFree { continuation.resume() }
    }
  }

  private func end(_ agentID: AgentID) {
    let next = waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
      guard let others = waiting[agentID], !others.isEmpty else {
        waiting[agentID] = nil
        return nil
      }
      return waiting[agentID]?.removeFirst()
    }
    next?.resume()
  }
}
