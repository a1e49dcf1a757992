import Dispatch
import SymbiontStore
import Synchronization

/// A read that stays open until it is told to end, and then counts the notes it sees.
final class HeldSnapshot: Sendable {
  private let ending = DispatchSemaphore(value: 0)
  private let reading = Mutex<Task<Int, any Error>?>(nil)

  /// Returns when the snapshot is taken.
  static func open(_ store: Store) async -> HeldSnapshot {
    let snapshot = HeldSnapshot()
    await withCheckedContinuation { opened in
      let reading = Task {
        try await store.read { transaction in
          // The first statement takes the snapshot.
          _ = try transaction.numbers()
          opened.resume()
          snapshot.ending.wait()
          return try transaction.numbers().count
        }
      }
      snapshot.reading.withLock { $0 = reading }
    }
    return snapshot
  }

  func end() async -> Int? {
    ending.signal()
    return try? await reading.withLock { $0 }?.value
  }
}
