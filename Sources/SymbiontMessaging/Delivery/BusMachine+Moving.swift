import SymbiontCore
import SymbiontStore

extension BusMachine {
  /// Takes room in a mailbox for a message that waits in another one.
  mutating func reserveMove(to recipient: AgentID) throws(CommunicationError) {
    guard let mailbox = mailboxes[recipient] else { throw .agentNotRegistered(agentID: recipient) }
    guard mailbox.count < rules.mailboxSize else { throw .mailboxFull(agentID: recipient, maxSize: rules.mailboxSize) }
    changeMailbox(of: recipient) { $0.count += 1 }
  }

  /// Gives the room back of a message that was not moved.
  mutating func withdrawMove(to recipient: AgentID) { changeMailbox(of: recipient) { $0.count -= 1 } }

  /// A message has a new receiver, and that is durable; gives how it ends when that one was unregistered meanwhile.
  mutating func moved(_ entry: Entry) -> Settlement? {
    if let former = entries[entry.id] {
      // It waits again when its lease ran out meanwhile.
      changeMailbox(of: former.recipient) { mailbox in
        if former.phase == .waiting { mailbox.remove(former.place, priority: former.priority) }
        mailbox.count -= 1
      }
      envelopeBytes -= former.envelope?.count ?? 0
      groups.dropEnvelope(former.location.group)
      groups.release(former.location.group)
    }
    groups.add(entry.location)
    // Whoever waits for an answer gets it from the new receiver.
    if let request = requests[entry.id] {
      requests[entry.id] = Request(asker: request.asker, asked: entry.recipient, deadline: request.deadline)
    }
    raiseLastSequence(of: entry.sender, to: entry.sequence)
    var entry = entry
    keepEnvelope(&entry)
    entries[entry.id] = entry
    guard mailboxes[entry.recipient] != nil else { return begin(entry, .failed(Self.unregistered)) }
    changeMailbox(of: entry.recipient) { $0.insert(entry.place, priority: entry.priority) }
    setDeadline(entry.expiresAt, of: entry.id)
    return nil
  }
}
