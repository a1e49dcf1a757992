import Synchronization

/// Hands every event to everyone who listens.
final class EventBroadcast: Sendable {
  /// How many events wait for a slow reader.
  private static let bufferedEvents = 256

  private struct State {
    var readers: [Int: AsyncStream<ResourceEvent>.Continuation] = [:]
    var nextReader = 0
    var isFinished = false
  }

  private let state = Mutex(State())

  func stream() -> AsyncStream<ResourceEvent> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: ResourceEvent.self, bufferingPolicy: .bufferingNewest(Self.bufferedEvents))
    let number = state.withLock { state -> Int? in
      guard !state.isFinished else { return nil }
      state.nextReader += 1
      state.readers[state.nextReader] = continuation
      return state.nextReader
    }
    guard let number else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in self?.state.withLock { $0.readers[number] = nil } }
    return stream
  }

  func send(_ events: [ResourceEvent]) {
    let readers = state.withLock { Array($0.readers.values) }
    for event in events { for reader in readers { reader.yield(event) } }
  }

  func finish() {
    let readers = state.withLock { state in
      state.isFinished = true
      return Array(state.readers.values)
    }
    for reader in readers { reader.finish() }
  }
}
