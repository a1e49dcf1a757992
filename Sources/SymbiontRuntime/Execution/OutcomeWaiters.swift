internal import SymbiontCore
internal import SymbiontStore

/// Who waits for the end of which execution.
///
/// A waiter is resumed with `nil` when the runtime cannot tell any more.
struct OutcomeWaiters: Sendable {
  typealias Waiter = CheckedContinuation<ExecutionOutcome?, Never>

  private var waiting: [ExecutionID: [UInt64: Waiter]] = [:]
  private var failures: [ExecutionID: StoreError] = [:]
  private var nextToken: UInt64 = 0
  /// Whether nothing runs any more, so that nobody who comes now would be told.
  private var isClosed = false

  mutating func token() -> UInt64 {
    nextToken += 1
    return nextToken
  }

  /// False when it would never be resumed.
  mutating func add(_ waiter: Waiter, token: UInt64, for id: ExecutionID) -> Bool {
    guard !isClosed else { return false }
    waiting[id, default: [:]][token] = waiter
    return true
  }

  /// Removes a waiter whose task was cancelled.
  mutating func remove(token: UInt64, for id: ExecutionID) -> Waiter? {
    let waiter = waiting[id]?.removeValue(forKey: token)
    if waiting[id]?.isEmpty == true { waiting[id] = nil }
    return waiter
  }

  mutating func take(_ id: ExecutionID) -> [Waiter] { waiting.removeValue(forKey: id).map { Array($0.values) } ?? [] }

  mutating func fail(_ id: ExecutionID, with error: StoreError) -> [Waiter] {
    let waiters = take(id)
    if !waiters.isEmpty { failures[id] = error }
    return waiters
  }

  mutating func failure(of id: ExecutionID) -> StoreError? { failures.removeValue(forKey: id) }

  /// Takes all, and no more from then on.
  mutating func close() -> [Waiter] {
    isClosed = true
    defer { waiting = [:] }
    return waiting.values.flatMap(\.values)
  }
}
