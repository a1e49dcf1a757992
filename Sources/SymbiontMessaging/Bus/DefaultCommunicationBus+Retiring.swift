import SymbiontCore
import SymbiontStore
import Synchronization

extension DefaultCommunicationBus {
  /// Counts an agent that was unregistered, and when they are many forgets those of which no message needs a key any more.
  ///
  /// An agent is forgotten at the second turn after its end at the earliest: what it was sending then is in the store by now.
  /// Opening the bus forgets all of them.
  func noteRetiredAgent() async {
    let candidates = state.withLock { state -> [AgentID: RetiredAgent]? in
      state.retiredCount += 1
      guard state.retiredCount >= limits.retiredAgents else { return nil }
      state.retiredCount = 0
      return state.retiring
    }
    guard let candidates else { return }
    // What fails is done at another turn.
    do throws(CommunicationError) {
      try await forget(try await unneeded(candidates))
      let retired = try await store.read(throwing: CommunicationError.self) { try $0.retiredBusAgents() }
      state.withLock { $0.retiring = retired }
    } catch {}
  }

  /// Those of which no message is kept.
  private func unneeded(
    _ candidates: [AgentID: RetiredAgent]
  ) async throws(CommunicationError) -> [AgentID: RetiredAgent] {
    var unneeded = candidates
    var last: Int64 = 0
    while !unneeded.isEmpty {
      let (needed, next) = try await store.read(throwing: CommunicationError.self) { [last] in
        try $0.correspondents(after: last)
      }
      for agentID in needed { unneeded[agentID] = nil }
      guard let next else { break }
      last = next
    }
    return unneeded
  }

  /// Forgets agents in memory, so that nothing more of them is accepted, and then in the store.
  ///
  /// What was accepted of one meanwhile has taken it off the list of those that may be forgotten.
  private func forget(_ agents: [AgentID: RetiredAgent]) async throws(CommunicationError) {
    let forgotten = state.withLock { state in
      let forgotten = keys.forget(
        agents.filter { agentID, agent in
          state.retiring[agentID] == agent && state.machine.mailboxes[agentID] == nil
            && !state.changing.contains(agentID)
        })
      for agentID in forgotten.keys {
        state.machine.lastSequences[agentID] = nil
        state.retiring[agentID] = nil
      }
      return forgotten
    }
    guard !forgotten.isEmpty else { return }
    try await store.write(throwing: CommunicationError.self) { try $0.forgetRetiredBusAgents(forgotten) }
  }
}
