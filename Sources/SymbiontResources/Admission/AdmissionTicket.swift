import SymbiontCore
import Synchronization

/// What became of a request for resources, for the one who waits for it.
final class AdmissionTicket: Sendable {
  enum Outcome: Sendable {
    /// The command may run, with these limits.
    case granted(ResourceLimits)
    /// Its time was up before enough was free.
    case late
  }

  private struct State {
    var outcome: Outcome?
    var waiter: CheckedContinuation<Outcome, Never>?
  }

  private let state = Mutex(State())

  /// Settles it; false when it was settled before.
  func settle(_ outcome: Outcome) -> Bool {
    let (isFirst, waiter) = state.withLock { state -> (Bool, CheckedContinuation<Outcome, Never>?) in
      guard state.outcome == nil else { return (false, nil) }
      state.outcome = outcome
      defer { state.waiter = nil }
      return (true, state.waiter)
    }
    waiter?.resume(returning: outcome)
    return isFirst
  }

  /// Waits until it is settled; only one may wait.
  func outcome() async -> Outcome {
    await withCheckedContinuation { continuation in
      let outcome = state.withLock { state -> Outcome? in
        if state.outcome == nil { state.waiter = continuation }
        return state.outcome
      }
      if let outcome { continuation.resume(returning: outcome) }
    }
  }
}
