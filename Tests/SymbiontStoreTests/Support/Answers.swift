import Dispatch
import SymbiontStore
import Synchronization

/// Collects the answers of numbered submissions, and waits for all of them.
final class Answers: Sendable {
  private let results = Mutex<[Int: Result<Int, StoreError>]>([:])
  private let group = DispatchGroup()

  /// Submits a body whose answer is kept under a number.
  func submit(
    _ number: Int, to store: Store, isolated: Bool = false,
    _ body: @escaping @Sendable (borrowing StoreTransaction) throws -> Void
  ) {
    group.enter()
    store.submit(isolated: isolated) { transaction in
      try body(transaction)
      return number
    } completion: { result in
      self.results.withLock { $0[number] = result }
      self.group.leave()
    }
  }

  /// All answers, when the last has come.
  func all() async -> [Int: Result<Int, StoreError>] {
    await withCheckedContinuation { continuation in
      group.notify(queue: .global()) { continuation.resume() }
    }
    return results.withLock { $0 }
  }
}
