import SymbiontCore
import SymbiontStore
import Testing

@testable import SymbiontMessaging

@Suite("Mailboxes that come and go while messages are stored")
struct MailboxChangeTests {
  @Test("are found wherever they are then, at every size of the table")
  func comeAndGo() throws {
    var machine = BusMachine(rules: DeliveryRules(CommunicationConfig(), limits: MessagingLimits()))
    let stays = AgentID()
    machine.register(stays)
    for size in 0..<100 {
      machine.register(AgentID())
      let (leaves, message, withdrawn) = (AgentID(), MessageID(), MessageID())
      machine.register(leaves)
      try machine.reserve([(message, leaves), (withdrawn, leaves)])
      _ = machine.unregister(leaves)
      machine.register(AgentID())
      let own = MessageID()
      try machine.reserve([(own, stays)])
      machine.withdraw([(withdrawn, leaves)])
      let arrival = machine.arrive(entry(message, to: leaves, sequence: UInt64(2 * size + 1)))
      guard case .ends(let settlement) = arrival else {
        Issue.record("a message for nobody \(arrival)")
        continue
      }
      _ = machine.finish([settlement])
      #expect(machine.arrive(entry(own, to: stays, sequence: UInt64(2 * size + 2))) == .waits)
      #expect(machine.lease(for: stays, atMost: 10, at: 0).entries.map(\.id) == [own])
      machine.giveBack(own)
      _ = machine.finish([try { machine.begin(try #require(machine.entries[own]), .expired) }()])
      #expect(machine.mailboxes[stays]?.count == 0)
    }
  }

  @Test("keep as many deadlines as there are messages, however often they are received")
  func redelivered() throws {
    var machine = BusMachine(rules: DeliveryRules(CommunicationConfig(), limits: MessagingLimits()))
    let agent = AgentID()
    machine.register(agent)
    let ids = (0..<100).map { _ in MessageID() }
    for (index, id) in ids.enumerated() {
      try machine.reserve([(id, agent)])
      _ = machine.arrive(entry(id, to: agent, sequence: UInt64(index + 1)))
    }
    for _ in 0..<100 {
      for entry in machine.lease(for: agent, atMost: 100, at: 0).entries { machine.giveBack(entry.id) }
    }
    #expect(machine.heldDeadlines <= 2 * ids.count + 1_024)
    var due = machine.due(at: 1_000)
    due.settlements += machine.due(at: 1_000).settlements
    #expect(Set(due.settlements.map(\.id)) == Set(ids))
    #expect(due.settlements.count == ids.count)
  }

  private func entry(_ id: MessageID, to recipient: AgentID, sequence: UInt64) -> BusMachine.Entry {
    BusMachine.Entry(
      id: id, recipient: recipient, sender: AgentID(), priority: .normal, sequence: sequence, inReplyTo: nil,
      location: EnvelopeLocation(group: Int64(sequence), place: 0), expiresAt: 1_000)
  }
}
