import Dispatch
import Glibc
import Synchronization

/// Tells of the first SIGINT or SIGTERM; the second one ends the process at once.
final class SignalWatch: Sendable {
  /// `DispatchSourceSignal` is thread-safe but not marked so on this platform; a source is only set up here.
  private struct Source: @unchecked Sendable {
    let source: any DispatchSourceSignal
  }

  private let signals: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation
  private let isInterrupted = Mutex(false)
  private let sources = Mutex<[Source]>([])

  init() {
    (signals, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    let queue = DispatchQueue(label: "symbiont.signals")
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [weak self] in self?.interrupt() }
      source.activate()
      let owned = Source(source: source)
      sources.withLock { $0.append(owned) }
    }
  }

  /// Waits for the first signal.
  ///
  /// False when the task was cancelled instead.
  func wait() async -> Bool {
    for await _ in signals { return true }
    return false
  }

  private func interrupt() {
    let isSecond = isInterrupted.withLock { isInterrupted in
      defer { isInterrupted = true }
      return isInterrupted
    }
    if isSecond { _exit(ExitStatus.interrupted.rawValue) }
    continuation.yield()
  }
}
