import SymbiontCore
import Synchronization

/// Messages of one caller that wait to be sealed together with others of their sender.
struct Ticket: Sendable {
  let batch: [Outgoing]
  let continuation: CheckedContinuation<SenderLanes.Turn, Never>
}

/// Lets one caller of each sender seal and sign what all of its callers have, and hand it to the store, in order.
///
/// Callers that come while one seals are the next batch, sealed by one of them: so a sender's burst is signed once, however
/// many callers it comes from, and its order is the order of its numbers.
final class SenderLanes: Sendable {
  enum Turn: Sendable {
    /// Seal your messages and those of who waits, then pass on.
    case lead
    /// Another has sealed and stored them.
    case done(Result<Void, CommunicationError>)
  }

  private let waiting = Mutex<[AgentID: [Ticket]]>([:])

  /// Returns at once for who leads, and for others when they are to lead or are done.
  func enter(_ sender: AgentID, _ batch: [Outgoing]) async -> Turn {
    let leads = waiting.withLock { waiting in
      guard waiting[sender] == nil else { return false }
      waiting[sender] = []
      return true
    }
    if leads { return .lead }
    return await withCheckedContinuation { continuation in
      let leads = waiting.withLock { waiting in
        guard waiting[sender] != nil else {
          waiting[sender] = []
          return true
        }
        waiting[sender]?.append(Ticket(batch: batch, continuation: continuation))
        return false
      }
      if leads { continuation.resume(returning: .lead) }
    }
  }

  /// Who waits, as many as fit into a batch of this size beside what the leader has; the leader calls it once.
  func take(_ sender: AgentID, beside count: Int) -> [Ticket] {
    waiting.withLock { waiting in
      var (taken, total) = (0, count)
      for ticket in waiting[sender] ?? [] {
        guard total + ticket.batch.count <= BatchProof.maximumCount else { break }
        total += ticket.batch.count
        taken += 1
      }
      let tickets = Array(waiting[sender]?.prefix(taken) ?? [])
      waiting[sender]?.removeFirst(taken)
      return tickets
    }
  }

  /// Lets the next lead; the leader calls it when its batch is with the store.
  func pass(_ sender: AgentID) {
    let next = waiting.withLock { waiting -> Ticket? in
      guard let first = waiting[sender]?.first else {
        waiting[sender] = nil
        return nil
      }
      waiting[sender]?.removeFirst()
      return first
    }
    next?.continuation.resume(returning: .lead)
  }
}
