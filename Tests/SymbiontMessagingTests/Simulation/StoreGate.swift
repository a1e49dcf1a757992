import Dispatch
import SymbiontStore
import Synchronization

/// Holds a store's writer inside a transaction, as a disk does that takes its time.
final class StoreGate: Sendable {
  private let opened = DispatchSemaphore(value: 0)
  private let isEntered = Mutex(false)

  /// Returns when the writer has arrived.
  static func hold(_ store: Store) async -> StoreGate {
    let gate = StoreGate()
    await withCheckedContinuation { entered in
      store.submit { _ in
        // The writer runs it again when a neighbour in its transaction fails.
        let isFirst = gate.isEntered.withLock { isEntered in
          defer { isEntered = true }
          return !isEntered
        }
        guard isFirst else { return }
        entered.resume()
        gate.opened.wait()
      } completion: { _ in
      }
    }
    return gate
  }

  func open() {
    opened.signal()
  }
}
