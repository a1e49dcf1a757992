import SymbiontCore
import SymbiontStore
import SymbiontTesting
import Testing

@Suite("The numbers of agents in each state")
struct AgentCountsTests {
  @Test(
    "are those of the agents, whatever was added, moved, removed or rolled back",
    arguments: 1...4 as ClosedRange<UInt64>)
  func agreeWithAgents(seed: UInt64) async throws {
    let store = try Store.open(StoreConfiguration(durability: .memory))
    var random = SeededRandom(seed: seed)
    var ids: [AgentID] = []
    for _ in 0..<200 {
      let state = AgentState.allCases.randomElement(using: &random) ?? .created
      let id = ids.randomElement(using: &random)
      switch (Int.random(in: 0..<10, using: &random), id) {
      case (0..<5, _), (_, nil):
        let agent = Self.agent(state)
        try await store.write { store in try store.insertAgent(agent) }
        ids.append(agent.id)
      case (5..<8, let id?):
        try await store.write { store in
          try store.setAgentState(id, to: state, at: Self.time)
          try store.countAgent(id, executions: 1, at: Self.time)
        }
      case (8, let id?):
        try await store.write { store in try store.removeAgent(id) }
        ids.removeAll { $0 == id }
      case (_, let id?):
        await #expect(throws: StoreError.self) {
          try await store.write(isolated: true) { store in
            try store.setAgentState(id, to: state, at: Self.time)
            throw Refusal()
          }
        }
      }
    }
    let (counts, states) = try await store.read { store in (try store.countAgents(), try store.agentStates()) }
    #expect(counts == Dictionary(grouping: states, by: \.state).mapValues(\.count), "\(random)")
    await store.close()
  }

  private struct Refusal: Error {}

  private static let time = Timestamp(microsecondsSinceEpoch: 1)

  private static func agent(_ state: AgentState) -> AgentRow {
    AgentRow(
      id: AgentID(), name: "counted", state: state, mode: .persistent, configuration: [], program: [],
      createdAt: time, updatedAt: time)
  }
}
