import SymbiontCore
import SymbiontScheduling
import Synchronization

/// Carries tasks out as a test says: each attempt waits until the test ends it, or until it is cancelled.
final class StagedPerformer: TaskPerformer {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  private struct State {
    var begun: [TaskAttempt] = []
    var running: [TaskID: CheckedContinuation<[UInt8], any Error>] = [:]
    var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    var cancelled: Set<TaskID> = []
    var endsAtOnce = false
  }

  private let state = Mutex(State())
  /// Whether an attempt that is cancelled stops by itself, or waits for the test to end it.
  let stopsWhenCancelled: Bool

  init(stopsWhenCancelled: Bool = true) {
    self.stopsWhenCancelled = stopsWhenCancelled
  }

  /// The attempts that were begun, in order.
  var begun: [TaskAttempt] { state.withLock { $0.begun } }
  /// The tasks whose work was cancelled.
  var cancelled: Set<TaskID> { state.withLock { $0.cancelled } }

  func perform(_ attempt: TaskAttempt) async throws -> [UInt8] {
    let id = attempt.task.id
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let (watchers, isLate, endsAtOnce) = state.withLock { state in
          state.begun.append(attempt)
          state.running[id] = continuation
          let count = state.begun.count
          defer { state.watchers.removeAll { $0.count <= count } }
          let watchers = state.watchers.filter { $0.count <= count }.map(\.continuation)
          return (watchers, state.cancelled.contains(id), state.endsAtOnce)
        }
        for watcher in watchers { watcher.resume() }
        if endsAtOnce { end(id) }
        if isLate, stopsWhenCancelled { end(id, throwing: CancellationError()) }
      }
    } onCancel: {
      _ = state.withLock { $0.cancelled.insert(id) }
      if stopsWhenCancelled { end(id, throwing: CancellationError()) }
    }
  }

  /// Ends everything that runs, and from now on what begins.
  func endAll() {
    let running = state.withLock { state in
      state.endsAtOnce = true
      return Array(state.running.keys)
    }
    for id in running { end(id) }
  }

  func end(_ id: TaskID, result: [UInt8] = []) {
    state.withLock { $0.running.removeValue(forKey: id) }?.resume(returning: result)
  }

  func end(_ id: TaskID, throwing error: any Error) {
    state.withLock { $0.running.removeValue(forKey: id) }?.resume(throwing: error)
  }

  /// Returns when so many attempts were begun.
  func waitForAttempts(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        guard state.begun.count < count else { return true }
        state.watchers.append((count, continuation))
        return false
      }
      if isThere { continuation.resume() }
    }
  }
}
