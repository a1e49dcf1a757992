import Dispatch
import Glibc
import SymbiontSystem
import Synchronization

/// Collects what a command prints to one stream, up to a limit.
///
/// Reading happens when the kernel says that there is something to read. The memory used is never more than the limit
/// and one chunk.
final class OutputCollector: Sendable {
  /// What was collected.
  struct Output: Sendable {
    /// The bytes, in order.
    var bytes: [UInt8] = []
    /// Whether the command printed more than the limit; the bytes are dropped then.
    var isOverLimit = false
  }

  private struct State {
    var output = Output()
    var isClosed = false
  }

  private enum Progress {
    case more, empty, ended, overLimit
  }

  /// As much as a pipe holds by default, so one read empties it.
  private static let chunkBytes = 65_536

  private let stream: Stream
  private let queue = DispatchQueue(label: "symbiont.sandbox.output")
  private let watch: DescriptorWatch

  /// Begins to collect; throws when the descriptor cannot be watched.
  ///
  /// The `overflow` closure is called once if the limit is passed.
  init(
    _ descriptor: Descriptor, maximumBytes: Int, overflow: @escaping @Sendable () -> Void
  ) throws(SystemError) {
    let stream = Stream(descriptor, maximumBytes: maximumBytes, overflow: overflow)
    self.stream = stream
    watch = try DescriptorWatch(descriptor, for: .reading, on: queue) { stream.readAvailable() }
  }

  /// Reads what is still in the pipe and ends the collection.
  ///
  /// Called when every process of the command has ended, so nothing is awaited: a descriptor that the command passed to
  /// a neighbour cannot hold this up.
  func finish() async -> Output {
    await withCheckedContinuation { continuation in
      queue.async { [stream, watch] in
        _ = stream.readAvailable()
        watch.cancel()
        continuation.resume(returning: stream.output)
      }
    }
  }

  /// What was read of a stream, and where more comes from.
  private final class Stream: Sendable {
    private let descriptor: Descriptor
    private let maximumBytes: Int
    private let overflow: @Sendable () -> Void
    private let state = Mutex(State())

    init(_ descriptor: Descriptor, maximumBytes: Int, overflow: @escaping @Sendable () -> Void) {
      self.descriptor = descriptor
      self.maximumBytes = maximumBytes
      self.overflow = overflow
    }

    var output: Output { state.withLock { $0.output } }

    /// Reads all there is; whether more may come.
    func readAvailable() -> Bool {
      while true {
        switch state.withLock({ readChunk(into: &$0) }) {
        case .more: continue
        case .empty: return true
        case .ended: return false
        case .overLimit:
          overflow()
          return false
        }
      }
    }

    private func readChunk(into state: inout State) -> Progress {
      guard !state.isClosed else { return .ended }
      do throws(SystemError) {
        let count = try descriptor.read(upTo: OutputCollector.chunkBytes) {
          state.output.bytes.append(contentsOf: $0)
        }
        guard count > 0 else {
          state.isClosed = true
          return .ended
        }
      } catch {
        guard error.code != EAGAIN else { return .empty }
        state.isClosed = true
        return .ended
      }
      guard state.output.bytes.count > maximumBytes else { return .more }
      state.output = Output(bytes: [], isOverLimit: true)
      state.isClosed = true
      return .overLimit
    }
  }
}
