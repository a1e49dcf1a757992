import SymbiontLanguage
import SymbiontRuntime
import Synchronization

/// Counts the executions that have come to wait for their message, and tells when all have.
final class Census: Sendable {
  private struct State {
    var waiting = 0
    var expected = 0
    var continuation: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  /// The observer of a runtime.
  func see(_ event: ExecutionEvent) {
    guard case .waiting(.receive) = event.kind else { return }
    resume { $0.waiting += 1 }
  }

  /// Returns when so many more have come to wait since the last call returned.
  func untilWaiting(_ count: Int) async {
    await withCheckedContinuation { continuation in
      resume { state in
        state.expected = count
        state.continuation = continuation
      }
    }
  }

  private func resume(_ change: (inout State) -> Void) {
    let reached = state.withLock { state -> CheckedContinuation<Void, Never>? in
      change(&state)
      guard let continuation = state.continuation, state.waiting >= state.expected else { return nil }
      state.waiting -= state.expected
      state.continuation = nil
      return continuation
    }
    reached?.resume()
  }
}
