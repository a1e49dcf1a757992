import SymbiontCore
import SymbiontStore
import Synchronization

extension DefaultCommunicationBus {
  /// Counts an agent that was unregistered, and when they are many forgets those of which no message needs a key any more.
  ///
  /// An agent is forgotten at the second turn after its end at the earliest: what it was sending then is in the store by now.
  /// Opening the bus forgets all of them.
  func noteRetiredAgent() async {
    let agents = state.withLock { state -> [AgentID: Int]? in
      state.retiredCount += 1
      guard state.retiredCount >= limits.retiredAgents else { return nil }
      state.retiredCount = 0
      defer { state.retiring = [:] }
      return state.retiring
    }
    guard let agents else { return }
    // What fails is done at another turn.
    do throws(CommunicationError) {
      try await forget(agents)
      let retired = try await store.read(throwing: CommunicationError.self) { try $0.retiredBusAgents() }
      state.withLock { $0.retiring = retired }
    } catch {}
  }

  private func forget(_ agents: [AgentID: Int]) async throws(CommunicationError) {
    var agents = agents
    var last: Int64 = 0
    while !agents.isEmpty {
      let (needed, next) = try await store.read(throwing: CommunicationError.self) { [last] in
        try $0.correspondents(after: last)
      }
      for agentID in needed { agents[agentID] = nil }
      guard let next else { break }
      last = next
    }
    guard !agents.isEmpty else { return }
    try await store.write(throwing: CommunicationError.self) { [agents] in try $0.forgetRetiredBusAgents(agents) }
    try keys.with { $0.forget(agents) }
    state.withLock { state in
      for agentID in agents.keys where state.machine.mailboxes[agentID] == nil {
        state.machine.lastSequences[agentID] = nil
      }
    }
  }
}
