import Dispatch
import SymbiontStore

/// Holds a store's writer inside a transaction, so that what is submitted meanwhile becomes the next batch.
final class StoreGate: Sendable {
  private let opened = DispatchSemaphore(value: 0)

  /// Returns when the writer has arrived.
  static func hold(_ store: Store) async -> StoreGate {
    let gate = StoreGate()
    await withCheckedContinuation { entered in
      store.submit { _ in
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
