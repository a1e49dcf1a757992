import SymbiontCore
import SymbiontSandbox
import Synchronization

/// A command that does not end when it is told to, but when the test lets it.
final class StubbornCommand: Sendable {
  private struct State {
    var isReleased = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())
  private let (starts, starting) = AsyncStream<Void>.makeStream()

  /// An agent that runs commands when it is asked for some, and fails.
  static func program(_ name: String) -> String {
    "agent \(name)(commands: int) { policy p { allow: [exec] } if commands > 0 { exec(\"true\"); } throw \"x\" }"
  }

  /// Where it runs.
  var sandbox: FakeSandbox {
    FakeSandbox { [self] _ throws(SandboxError) in
      starting.yield()
      await end()
      return CommandResult(exitCode: 0)
    }
  }

  /// Returns when it runs.
  func started() async {
    for await _ in starts { return }
  }

  /// Lets it end, now or as soon as it runs.
  func release() {
    let waiting = state.withLock { state in
      state.isReleased = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for one in waiting { one.resume() }
  }

  private func end() async {
    await withCheckedContinuation { continuation in
      let isReleased = state.withLock { state in
        if !state.isReleased { state.waiting.append(continuation) }
        return state.isReleased
      }
      if isReleased { continuation.resume() }
    }
  }
}
