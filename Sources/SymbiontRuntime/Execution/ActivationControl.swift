internal import Synchronization

/// How a running execution is told to stop.
///
/// It looks between effects; what is harder than a pause also ends an effect that is being performed outside.
package final class ActivationControl: Sendable {
  package enum Stop: Int, Sendable {
    /// It finishes the effect that it performs, and can go on later.
    case pause
    /// It ends at once, and can go on later; the outcome of an effect that it performs is unknown.
    case abort
    /// It was ended in the store already.
    case cancel
  }

  private struct State {
    var stop: Stop?
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  package init() {}

  var stopReason: Stop? { state.withLock { $0.stop } }

  /// Asks for a stop; a harder one replaces a softer one.
  package func stop(_ reason: Stop) {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      if reason.rawValue > state.stop?.rawValue ?? -1 { state.stop = reason }
      guard reason != .pause else { return nil }
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }

  /// Does some work, which is cancelled when a stop harder than a pause is asked for; nil then.
  ///
  /// It returns when the work has ended, in either case.
  package func unlessStopped<Made: Sendable>(_ work: @escaping @Sendable () async -> Made) async -> Made? {
    await withTaskGroup(of: Made?.self) { group in
      group.addTask { await work() }
      group.addTask {
        await self.untilStopped()
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first
    }
  }

  /// Returns when a stop harder than a pause is asked for, or the task is cancelled.
  private func untilStopped() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let resumeNow = state.withLock { state in
          if state.stop == .abort || state.stop == .cancel || Task.isCancelled { return true }
          state.waiter = continuation
          return false
        }
        if resumeNow { continuation.resume() }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        defer { state.waiter = nil }
        return state.waiter
      }
      waiter?.resume()
    }
  }
}
