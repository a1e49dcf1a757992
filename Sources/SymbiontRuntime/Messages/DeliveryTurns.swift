internal import SymbiontCore
internal import Synchronization

/// Lets the programs of an agent ask for messages only while none is being handed to one that waits for it.
///
/// Such a message comes back when the wait ended at the same moment. Who asked meanwhile would get the one after it first.
final class DeliveryTurns: Sendable {
  private let waiting = Mutex<[AgentID: [CheckedContinuation<Void, Never>]]>([:])

  /// A message is being handed over; there is one at a time for each agent.
  func begin(_ agentID: AgentID) { waiting.withLock { $0[agentID] = [] } }

  /// It was taken, or is in its place again.
  func end(_ agentID: AgentID) {
    let waiting = waiting.withLock { $0.removeValue(forKey: agentID) ?? [] }
    for one in waiting { one.resume() }
  }

  /// Returns when the message that is being handed over is; the next one is for somebody else.
  func pass(_ agentID: AgentID) async {
    guard waiting.withLock({ $0[agentID] != nil }) else { return }
    await withCheckedContinuation { continuation in
      let isOver = waiting.withLock { waiting in
        waiting[agentID]?.append(continuation)
        return waiting[agentID] == nil
      }
      if isOver { continuation.resume() }
    }
  }
}
