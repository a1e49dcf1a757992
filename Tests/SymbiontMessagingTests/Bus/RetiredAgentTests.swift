import SymbiontCore
import SymbiontMessaging
import SymbiontStore
import Testing

@Suite("Agents that were unregistered")
struct RetiredAgentTests {
  private func knownAgents(_ harness: BusHarness) async throws -> Set<AgentID> {
    let (agents, identities) = try await harness.store.read { store in
      (try store.busAgents().map(\.agentID), try store.identities().map(\.agentID))
    }
    #expect(Set(agents) == Set(identities))
    return Set(agents)
  }

  @Test("are forgotten with their keys when they are many and no message of them is kept")
  func forgotten() async throws {
    var limits = MessagingLimits()
    limits.retiredAgents = 4
    let harness = try await BusHarness(limits: limits)
    let stays = try await harness.agent()
    var first: [AgentID] = []
    for _ in 0..<4 { first.append(try await harness.agent()) }
    _ = try await harness.bus.sendMessage(message(from: first[0], to: stays, "kept"))
    let dead = message(from: stays, to: first[1])
    _ = try await harness.bus.sendMessage(dead)
    for agent in first { try await harness.bus.unregisterAgent(agent) }
    #expect(try await knownAgents(harness) == Set(first + [stays]))
    // It comes back, and so is nobody who may be forgotten.
    try await harness.bus.registerAgent(first[2], capabilities: [])
    var second: [AgentID] = []
    for _ in 0..<4 {
      second.append(try await harness.agent())
      try await harness.bus.unregisterAgent(second[second.count - 1])
    }
    #expect(try await knownAgents(harness) == Set(first[...2] + second + [stays]))
    #expect(
      await code { () async throws(CommunicationError) in try await harness.bus.publicKeys(of: first[3]) }
        == "AGENT_NOT_REGISTERED")
    #expect(try await harness.bus.publicKeys(of: first[2]).map(\.epoch) == [1, 2])
    // It begins anew, and what is sealed with its new keys is read.
    try await harness.bus.registerAgent(first[3], capabilities: [])
    _ = try await harness.bus.sendMessage(message(from: first[3], to: stays, "new"))
    #expect(texts(try await harness.bus.receiveMessages(stays)) == ["kept", "new"])
    try await harness.bus.registerAgent(first[1], capabilities: [])
    try await harness.bus.replayDeadLetter(dead.id)
    #expect(texts(try await harness.bus.receiveMessages(first[1])) == ["hello"])
  }

  @Test("are forgotten when the bus is opened")
  func opening() async throws {
    let harness = try await BusHarness()
    let (stays, sender, gone) = (try await harness.agent(), try await harness.agent(), try await harness.agent())
    _ = try await harness.bus.sendMessage(message(from: sender, to: stays, "kept"))
    for agent in [sender, gone] { try await harness.bus.unregisterAgent(agent) }
    var bus = try await harness.reopen()
    #expect(try await knownAgents(harness) == [stays, sender])
    let received = try await bus.receiveMessages(stays)
    #expect(texts(received) == ["kept"])
    try await bus.acknowledge(received.map(\.message.id), by: stays)
    try await bus.shutdown()
    bus = try await harness.reopen()
    #expect(try await knownAgents(harness) == [stays])
  }
}
