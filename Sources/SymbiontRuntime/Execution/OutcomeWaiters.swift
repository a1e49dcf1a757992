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

  mutating func token() -> UInt64 {
    nextToken += 1
    return nextToken
  }

  mutating func add(_ waiter: Waiter, token: UInt64, for id: ExecutionID) { waiting[id, default: [:]][token] = waiter }

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

  mutating func takeAll() -> [Waiter] {
    defer { waiting = [:] }
    return waiting.values.flatMap(\.values)
  }
}
