import SymbiontCore
import Synchronization

/// What has come for one open request, and who waits for it.
///
/// The credit of the protocol bounds what it holds.
final class GuestCall: Sendable {
  struct Chunk: Sendable {
    var stream: GuestStream
    var bytes: [UInt8]
  }

  /// What a request led to in the end.
  enum Outcome: Sendable {
    case done([UInt8])
    case ended(GuestEnding)
    case failed(GuestFailure)
    case lost(SandboxError)
  }

  struct State {
    var isStarted = false
    var processID: UInt32 = 0
    var file: GuestFileStatus?
    var chunks: ArraySlice<Chunk> = []
    var entries: [GuestFileEntry] = []
    var openStreams: Set<GuestStream>
    var outcome: Outcome?
    var isCancelled = false
    var isTimedOut = false
    fileprivate var generation: UInt64 = 0
    fileprivate var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Mutex<State>

  init(openStreams: Set<GuestStream>) {
    state = Mutex(State(openStreams: openStreams))
  }

  /// Changes the state and lets everybody who waits look again.
  func change(_ body: (inout State) -> Void) {
    let waiters = state.withLock { state in
      body(&state)
      state.generation &+= 1
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Looks at the state without waiting.
  func look<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
    state.withLock { body(&$0) }
  }

  /// Waits until the body finds what it looks for.
  func wait<Value: Sendable>(for body: (inout State) -> Value?) async -> Value {
    while true {
      let (value, generation) = state.withLock { (body(&$0), $0.generation) }
      if let value { return value }
      await withCheckedContinuation { continuation in
        let isStale = state.withLock { state in
          guard state.generation == generation else { return true }
          state.waiters.append(continuation)
          return false
        }
        if isStale { continuation.resume() }
      }
    }
  }
}
